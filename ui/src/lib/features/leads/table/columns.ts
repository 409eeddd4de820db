import type { LeadColumn } from '$lib/backend';

export type ColumnId =
  | 'name'
  | 'contact'
  | 'phone'
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
  /** As a grid track. */
  track: string;
  /** The narrowest it gets, in pixels. */
  least: number;
  align?: 'end';
}

/** In the order they are drawn. */
export const COLUMNS: readonly Column[] = [
  { id: 'name', sort: 'name', track: 'minmax(168px, 2fr)', least: 168 },
  { id: 'contact', track: 'minmax(132px, 1.4fr)', least: 132 },
  { id: 'phone', track: '148px', least: 148 },
  { id: 'stage', sort: 'stage', track: 'minmax(148px, 1.4fr)', least: 148 },
  {
    id: 'price',
    sort: 'price',
    descendingFirst: true,
    track: 'minmax(104px, 0.7fr)',
    least: 104,
    align: 'end'
  },
  { id: 'responsible', sort: 'responsible', track: 'minmax(124px, 1fr)', least: 124 },
  { id: 'tags', track: 'minmax(140px, 1.5fr)', least: 140 },
  { id: 'next_task', sort: 'next_task', track: '116px', least: 116 },
  { id: 'updated', sort: 'updated', descendingFirst: true, track: '108px', least: 108 },
  { id: 'created', sort: 'created', descendingFirst: true, track: '108px', least: 108 },
  { id: 'number', track: '96px', least: 96, align: 'end' }
];

export const USUAL_COLUMNS: readonly ColumnId[] = [
  'name',
  'contact',
  'phone',
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
