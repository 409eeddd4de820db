/* eslint-disable svelte/prefer-svelte-reactivity -- these collections are private or rebuilt whole; a rune beside them tells who reads */
import { call, type BulkLeads, type LeadRow } from '$lib/backend';
import { zone } from '$lib/format';
import { LeadSelection } from './bulk/selection.svelte';
import { everything, type LeadQuestion } from './filter/address';
import { conditionCount, noFilter, toLeadFilters, type LeadFilter } from './filter/filter';
import { Structure } from './structure.svelte';
import type { Column } from './table/columns';
import { LeadWindow, type ReadRows } from './table/window.svelte';
import { LeadViews, spelled } from './view/views.svelte';

/** Changes come in bursts; one reading serves a burst. */
const REST_MS = 400;

/** The lead table of the account on the screen: what is asked, what is shown, what has changed since. */
export class LeadBrowser {
  question = $state.raw<LeadQuestion>(everything());
  /** The row the keyboard is on. */
  active = $state(-1);
  /** Leads that changed and wait for the person to look away; `many` when nobody counted. */
  changes = $state<number | 'many'>(0);
  readonly window = new LeadWindow();
  readonly views = new LeadViews();
  readonly structure = new Structure();
  readonly selection = new LeadSelection();
  /** Called when the rows on the screen moved down by so many rows. */
  onmoved: (rows: number) => void = () => {};
  #accountId: string | null = null;
  #asked = '';
  #changed = new Set<string>();
  #hasMany = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRereading = false;
  /** Rows must not move: the pointer is on them. */
  #isPointed = false;

  get isNarrowed(): boolean {
    return this.question.search.trim() !== '' || conditionCount(this.question.filter) > 0;
  }

  /** Shows another account, or the same one with the question of an address. */
  open(accountId: string, question: LeadQuestion): void {
    if (accountId !== this.#accountId) {
      this.#accountId = accountId;
      this.window.clear();
      this.selection.clear();
      this.views.open(accountId);
      this.structure.open(accountId);
    } else if (spelled(question) === spelled(this.question)) {
      return;
    }
    this.question = question;
    this.ask();
  }

  ask(): void {
    this.active = -1;
    this.#forgetChanges();
    // Marks belong to what was found: another order keeps them, another question does not.
    const asked = JSON.stringify([this.question.search.trim(), this.question.filter]);
    if (asked !== this.#asked) this.selection.clear();
    this.#asked = asked;
    void this.window.ask(this.#reader());
  }

  /** Marks a row, or with `reach` all from the last marked one to it. */
  async mark(index: number, reach: boolean): Promise<void> {
    const lead = this.window.row(index);
    if (!lead) return;
    const read = (from: number, to: number): Promise<LeadRow[]> => this.window.between(from, to);
    await this.selection.toggle(lead, index, reach, this.window.total ?? 0, read);
  }

  /** The question that "all leads found" answers. */
  matching(): Extract<BulkLeads, { by: 'matching' }> {
    const { search, filter } = this.question;
    const filters = toLeadFilters(filter, Date.now(), zone.current);
    return {
      by: 'matching',
      search: search.trim() || null,
      filters: filters ?? {
        stages: [],
        pipeline_ids: [],
        responsible_ids: [],
        tag_ids: [],
        fields: []
      }
    };
  }

  search(text: string): void {
    this.#set({ search: text });
  }

  filter(patch: Partial<LeadFilter>): void {
    this.#set({ filter: { ...this.question.filter, ...patch } });
  }

  /** Lets everything through again; the order stays. */
  clearFilters(): void {
    this.#set({ search: '', filter: noFilter() });
  }

  /** Orders by a column; by the same one again, the other way round. */
  sortBy(column: Column): void {
    if (!column.sort) return;
    const { sort } = this.question;
    const descending =
      sort.column === column.sort ? !sort.descending : (column.descendingFirst ?? false);
    this.#set({ sort: { column: column.sort, descending } });
  }

  showView(id: string): void {
    const question = this.views.question(id);
    if (!question) return;
    const saved = this.views.saved.find((view) => view.id === id);
    if (saved) this.views.show(saved.columns);
    this.question = question;
    this.ask();
  }

  /** The core says that leads changed; an empty list means many. */
  leadsChanged(ids: readonly string[]): void {
    if (ids.length === 0) this.#hasMany = true;
    for (const id of ids) this.#changed.add(id);
    this.#timer ??= setTimeout(() => void this.reread(), REST_MS);
  }

  /** Whether the pointer is on the rows: they stand still until it leaves. */
  point(isPointed: boolean): void {
    this.#isPointed = isPointed;
    if (!isPointed && this.changes !== 0) void this.update();
  }

  /** Shows what has changed, whatever moves. */
  async update(): Promise<void> {
    await this.reread(false);
  }

  async reread(keepOrder = this.#isPointed): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isRereading) {
      this.#timer = setTimeout(() => void this.reread(), REST_MS);
      return;
    }
    this.#isRereading = true;
    const activeId = this.active >= 0 ? this.window.row(this.active)?.id : undefined;
    try {
      const { isHeld, moved } = await this.window.reread(keepOrder);
      if (isHeld) {
        this.changes = this.#hasMany ? 'many' : Math.max(1, this.#changed.size);
        return;
      }
      this.#forgetChanges();
      const place = activeId ? this.window.indexOf(activeId) : -1;
      if (place >= 0) this.active = place;
      if (moved !== 0) this.onmoved(moved);
    } finally {
      this.#isRereading = false;
    }
  }

  /** Ends what is still planned: the page is left. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #set(patch: Partial<LeadQuestion>): void {
    const question = { ...this.question, ...patch };
    const isSame = spelled(question) === spelled(this.question);
    this.question = question;
    if (!isSame) this.ask();
  }

  #forgetChanges(): void {
    this.changes = 0;
    this.#changed.clear();
    this.#hasMany = false;
  }

  /** One question, so that all blocks answer the same one: "the last seven days" does not move on between them. */
  #reader(): ReadRows {
    const { search, filter, sort } = this.question;
    const filters = toLeadFilters(filter, Date.now(), zone.current);
    const accountId = this.#accountId;
    return (offset, limit) =>
      call('lead_list', {
        ...(accountId ? { account_id: accountId } : {}),
        ...(search.trim() ? { search: search.trim() } : {}),
        ...(filters ? { filters } : {}),
        sort,
        offset,
        limit
      });
  }
}
