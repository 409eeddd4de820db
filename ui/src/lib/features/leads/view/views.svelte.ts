/* eslint-disable svelte/prefer-svelte-reactivity -- these collections are private or rebuilt whole; a rune beside them tells who reads */
import { fromAddress, toAddress, type LeadQuestion } from '../filter/address';
import { USUAL_COLUMNS, type ColumnId } from '../table/columns';
import { readStored, writeStored, type SavedView } from './stored';

/** Views everybody has; their names are words of ours. */
export const OWN_VIEWS = [
  { id: 'all', query: '' },
  { id: 'open', query: 'open=1' },
  { id: 'without_task', query: 'open=1&task=0' },
  { id: 'new', query: 'created=7d' }
] as const;

export type OwnViewId = (typeof OWN_VIEWS)[number]['id'];

/** The query in its one spelling, so that two of them can be compared. */
export function spelled(question: LeadQuestion): string {
  return toAddress(question).toString();
}

/** The columns and the saved views of one account's table. */
export class LeadViews {
  columns = $state.raw<ColumnId[]>([...USUAL_COLUMNS]);
  saved = $state.raw<SavedView[]>([]);
  #accountId: string | null = null;

  open(accountId: string): void {
    this.#accountId = accountId;
    const stored = readStored(accountId);
    this.columns = stored.columns;
    this.saved = stored.views;
  }

  /** The view a question is exactly, if it is one. */
  viewOf(question: LeadQuestion): string | null {
    const query = spelled(question);
    return (
      OWN_VIEWS.find((view) => view.query === query)?.id ??
      this.saved.find((view) => view.query === query)?.id ??
      null
    );
  }

  /** The question of a view. */
  question(id: string): LeadQuestion | null {
    const view = OWN_VIEWS.find((one) => one.id === id) ?? this.saved.find((one) => one.id === id);
    return view ? fromAddress(new URLSearchParams(view.query)) : null;
  }

  show(columns: readonly ColumnId[]): void {
    this.columns = [...columns];
    this.#write();
  }

  toggle(column: ColumnId): void {
    this.show(
      this.columns.includes(column)
        ? this.columns.filter((one) => one !== column)
        : [...this.columns, column]
    );
  }

  save(name: string, question: LeadQuestion): SavedView {
    const numbers = this.saved.map((view) => Number(view.id.slice(1)) || 0);
    const view: SavedView = {
      id: `v${Math.max(0, ...numbers) + 1}`,
      name: name.trim(),
      query: spelled(question),
      columns: [...this.columns]
    };
    this.saved = [...this.saved, view];
    this.#write();
    return view;
  }

  update(id: string, question: LeadQuestion): void {
    const query = spelled(question);
    this.#change(id, (view) => ({ ...view, query, columns: [...this.columns] }));
  }

  rename(id: string, name: string): void {
    this.#change(id, (view) => ({ ...view, name: name.trim() || view.name }));
  }

  /** Returns the way back. */
  remove(id: string): () => void {
    const before = this.saved;
    this.saved = before.filter((view) => view.id !== id);
    this.#write();
    return () => {
      const lost = before.find((view) => view.id === id);
      if (!lost || this.saved.some((view) => view.id === id)) return;
      const place = before.indexOf(lost);
      this.saved = [...this.saved.slice(0, place), lost, ...this.saved.slice(place)];
      this.#write();
    };
  }

  #change(id: string, change: (view: SavedView) => SavedView): void {
    this.saved = this.saved.map((view) => (view.id === id ? change(view) : view));
    this.#write();
  }

  #write(): void {
    if (!this.#accountId) return;
    writeStored(this.#accountId, { columns: this.columns, views: this.saved });
  }
}
