import { isColumnId, USUAL_COLUMNS, type ColumnId } from '../table/columns';

/** A question with a name. */
export interface SavedView {
  id: string;
  name: string;
  /** The question as an address's query, in its shortest form. */
  query: string;
  /** The columns it was saved with. */
  columns: ColumnId[];
}

/** What this computer remembers of one account's table. */
export interface StoredTable {
  columns: ColumnId[];
  views: SavedView[];
}

const keyOf = (accountId: string) => `cadencia.leads.${accountId}`;

function columns(value: unknown): ColumnId[] {
  return Array.isArray(value) ? value.filter(isColumnId) : [...USUAL_COLUMNS];
}

function view(value: unknown): SavedView[] {
  if (typeof value !== 'object' || value === null) return [];
  const { id, name, query, columns: chosen } = value as Record<string, unknown>;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof query !== 'string') return [];
  return [{ id, name, query, columns: columns(chosen) }];
}

/** Reads what is remembered; what another version wrote and we do not understand is left out. */
export function readStored(accountId: string): StoredTable {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyOf(accountId)) ?? 'null');
    const found = (stored ?? {}) as Record<string, unknown>;
    return {
      columns: columns(found.columns),
      views: Array.isArray(found.views) ? found.views.flatMap(view) : []
    };
  } catch {
    return { columns: [...USUAL_COLUMNS], views: [] };
  }
}

export function writeStored(accountId: string, table: StoredTable): void {
  try {
    localStorage.setItem(keyOf(accountId), JSON.stringify(table));
  } catch {
    // Without storage the table is as usual next time; nothing else is lost.
  }
}
