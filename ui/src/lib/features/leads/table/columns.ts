import type { LeadColumn } from '$lib/backend';

export type ColumnId =
  | 'name'
  | 'contact'
  | 'stage'
  | 'price'
  | 'responsible'
  | 'tags'
  | 'next_task'
  | 'updated'
  | 'created'
  | 'number';

export interface Column {
  id: ColumnId;
  /** By what the core can order it. */
  sort?: LeadColumn;
  /** Which way a first click orders it. */
  descendingFirst?: boolean;
  /** How much of the spare width it takes, against the others. */
  share: number;
  /** The narrowest it gets, in pixels. */
  least: number;
  align?: 'end';
}

/** In the order they are drawn. */
export const COLUMNS: readonly Column[] = [
  { id: 'name', sort: 'name', share: 2, least: 176 },
  { id: 'contact', share: 1.4, least: 156 },
  { id: 'stage', sort: 'stage', share: 1.4, least: 160 },
  { id: 'price', sort: 'price', descendingFirst: true, share: 0.8, least: 112, align: 'end' },
  { id: 'responsible', sort: 'responsible', share: 1, least: 124 },
  { id: 'tags', share: 1.4, least: 132 },
  { id: 'next_task', sort: 'next_task', share: 0.5, least: 112 },
  { id: 'updated', sort: 'updated', descendingFirst: true, share: 0.4, least: 100 },
  { id: 'created', sort: 'created', descendingFirst: true, share: 0.4, least: 100 },
  { id: 'number', share: 0.3, least: 92, align: 'end' }
];

export const USUAL_COLUMNS: readonly ColumnId[] = [
  'name',
  'contact',
  'stage',
  'price',
  'responsible',
  'tags',
  'next_task',
  'updated'
];

/** The name is always there: it is what one opens a lead by. */
export const FIXED_COLUMN: ColumnId = 'name';

export function isColumnId(text: unknown): text is ColumnId {
  return COLUMNS.some((column) => column.id === text);
}

/** The columns of a choice, in the order they are drawn. */
export function columnsOf(chosen: readonly ColumnId[]): Column[] {
  return COLUMNS.filter((column) => column.id === FIXED_COLUMN || chosen.includes(column.id));
}

/** Space between two cells, in pixels. */
export const CELL_GAP = 12;

/** Of the column with the boxes, in pixels. */
export const MARK_WIDTH = 24;

/** The columns as grid tracks, and the width below which the table scrolls sideways. */
export function tracksOf(columns: readonly Column[]): { tracks: string; least: number } {
  return {
    tracks: [
      `${MARK_WIDTH}px`,
      ...columns.map(({ share, least }) => `minmax(${least}px, ${share}fr)`)
    ].join(' '),
    least: columns.reduce((sum, { least }) => sum + least + CELL_GAP, MARK_WIDTH + 2 * CELL_GAP)
  };
}
