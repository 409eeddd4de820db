// The table's question as an address, so that any page can link to a filtered list:
//   /leads?q=marina&pipeline=7001&stage=7001:9101,7001:142&user=301,0&tag=501&open=1&task=0
//         &price=1000..5000&created=7d&updated=2025-11-01..2025-11-30&f1246490=800,801&sort=-price
// A field's condition: options `800,801`, numbers `10..20`, a period, `~part of a text`, `*` filled, `-` empty.
import type { LeadColumn, LeadSort, StageRef } from '$lib/backend';
import { noFilter, type FieldCondition, type LeadFilter, type Range } from './filter';
import { isPeriod } from './period';

/** What the table is asked for. */
export interface LeadQuestion {
  search: string;
  filter: LeadFilter;
  sort: LeadSort;
}

export const SORT_COLUMNS: readonly LeadColumn[] = [
  'name',
  'price',
  'stage',
  'responsible',
  'created',
  'updated',
  'next_task'
];

export const NEWEST_FIRST: LeadSort = { column: 'updated', descending: true };

export function everything(): LeadQuestion {
  return { search: '', filter: noFilter(), sort: NEWEST_FIRST };
}

const numbers = (text: string | null): number[] =>
  (text ?? '')
    .split(',')
    .filter((part) => /^\d+$/.test(part))
    .map(Number);

const flag = (text: string | null): boolean | null =>
  text === '1' ? true : text === '0' ? false : null;

function stages(text: string | null): StageRef[] {
  return (text ?? '').split(',').flatMap((part) => {
    const found = /^(\d+):(\d+)$/.exec(part);
    return found ? [{ pipeline_id: Number(found[1]), status_id: Number(found[2]) }] : [];
  });
}

const NUMBER = '-?\\d+(?:\\.\\d+)?';
const RANGE = new RegExp(`^(${NUMBER})?\\.\\.(${NUMBER})?$`);

function range(text: string | null): Range | null {
  const found = RANGE.exec(text ?? '');
  if (!found || (found[1] === undefined && found[2] === undefined)) return null;
  return {
    from: found[1] === undefined ? null : Number(found[1]),
    to: found[2] === undefined ? null : Number(found[2])
  };
}

const period = (text: string | null) => (text && isPeriod(text) ? text : null);

function condition(fieldId: number, text: string): FieldCondition | null {
  if (text === '*') return { fieldId, isFilled: true };
  if (text === '-') return { fieldId, isFilled: false };
  if (text.startsWith('~')) return text.length > 1 ? { fieldId, text: text.slice(1) } : null;
  if (isPeriod(text)) return { fieldId, period: text };
  const between = range(text);
  if (between) return { fieldId, range: between };
  const options = numbers(text);
  return options.length > 0 ? { fieldId, options } : null;
}

function sort(text: string | null): LeadSort {
  const descending = text?.startsWith('-') ?? false;
  const column = SORT_COLUMNS.find((one) => one === text?.replace(/^-/, ''));
  return column ? { column, descending } : NEWEST_FIRST;
}

/** Reads an address; what it does not understand it leaves out. */
export function fromAddress(query: URLSearchParams): LeadQuestion {
  const fields = [...query].flatMap(([key, text]) => {
    const id = /^f(\d+)$/.exec(key)?.[1];
    const found = id ? condition(Number(id), text) : null;
    return found ? [found] : [];
  });
  return {
    search: query.get('q') ?? '',
    filter: {
      stages: stages(query.get('stage')),
      pipelineIds: numbers(query.get('pipeline')),
      responsibleIds: numbers(query.get('user')),
      tagIds: numbers(query.get('tag')),
      isOpen: flag(query.get('open')),
      hasTask: flag(query.get('task')),
      price: range(query.get('price')),
      created: period(query.get('created')),
      updated: period(query.get('updated')),
      fields
    },
    sort: sort(query.get('sort'))
  };
}

const rangeText = (value: Range) => `${value.from ?? ''}..${value.to ?? ''}`;

function conditionText(value: FieldCondition): string | null {
  if (value.isFilled !== undefined) return value.isFilled ? '*' : '-';
  if (value.text) return `~${value.text}`;
  if (value.period) return value.period;
  if (value.range) return rangeText(value.range);
  return value.options?.length ? value.options.join(',') : null;
}

/** Writes the address; what is as usual is left out, so the plain table is plain `/leads`. */
export function toAddress({ search, filter, sort }: LeadQuestion): URLSearchParams {
  const query = new URLSearchParams();
  const put = (key: string, text: string | null) => {
    if (text) query.set(key, text);
  };
  const yesNo = (value: boolean | null) => (value === null ? null : value ? '1' : '0');
  put('q', search.trim());
  put('pipeline', filter.pipelineIds.join(','));
  put('stage', filter.stages.map((one) => `${one.pipeline_id}:${one.status_id}`).join(','));
  put('user', filter.responsibleIds.join(','));
  put('tag', filter.tagIds.join(','));
  put('open', yesNo(filter.isOpen));
  put('task', yesNo(filter.hasTask));
  put('price', filter.price && rangeText(filter.price));
  put('created', filter.created);
  put('updated', filter.updated);
  for (const one of filter.fields) put(`f${one.fieldId}`, conditionText(one));
  if (sort.column !== NEWEST_FIRST.column || sort.descending !== NEWEST_FIRST.descending) {
    put('sort', `${sort.descending ? '-' : ''}${sort.column}`);
  }
  return query;
}
