// The words of a log row. The core names an operation and its facts; what a person reads is made here.
import type { LogDetail, LogDifference, LogRow } from '$lib/backend';
import { format } from '$lib/format';
import { locale, maybe, t, type Values } from '$lib/i18n';
import { codeWords, factWords, outgoingText } from './outgoing';

/** Facts that are amounts: only these are counted and written with separators. */
const AMOUNTS = new Set([
  'changes',
  'requests',
  'page',
  'items',
  'leads',
  'contacts',
  'seconds',
  'pipelines',
  'stages',
  'fields',
  'users',
  'checked',
  'deleted',
  'rows'
]);

const isNumber = (text: string) => /^-?\d+(\.\d+)?$/.test(text);

function values(row: LogRow): Values {
  const found: Values = {};
  for (const [key, text] of Object.entries(row.details)) {
    found[key] = AMOUNTS.has(key) && isNumber(text) ? Number(text) : text;
  }
  const { entity, method, seconds } = row.details;
  if (entity) found.entity = maybe(`sync.entity.${entity}`) ?? readable(entity);
  if (method && row.operation === 'signed_in') {
    found.method = maybe(`sync.method.${method}`) ?? readable(method);
  }
  if (seconds && isNumber(seconds)) found.duration = format.duration(Number(seconds) * 1000);
  return Object.assign(found, codeWords(row));
}

/** A code nobody gave words to, as a person can read it: `lead_moved_fast` is `Lead moved fast`. */
export function readable(code: string): string {
  const text = code.replace(/[_.\-/]+/g, ' ').trim();
  return text.charAt(0).toLocaleUpperCase(locale.current) + text.slice(1);
}

/** A message whose facts may be missing: nothing rather than a hole in the sentence. */
function filled(key: string, facts: Values): string | undefined {
  try {
    return maybe(key, facts);
  } catch {
    return undefined;
  }
}

/** A changed field by its label; a custom field already is one. */
export function fieldName(field: string): string {
  return maybe(`sync.field.${field}`) ?? field;
}

/** A value of a changed field, as it is read. */
export function fieldValue(field: string, value: string | null, currency: string): string {
  if (value === null || value === '') return t('sync.detail.empty_value');
  if (field === 'price' && isNumber(value)) return format.money(Number(value), currency);
  if (value === 'true') return t('ui.yes');
  if (value === 'false') return t('ui.no');
  return value;
}

const list = (parts: string[]) =>
  new Intl.ListFormat(locale.current, { type: 'conjunction' }).format(parts);

const lowered = (text: string) =>
  text.slice(1) === text.slice(1).toLocaleLowerCase(locale.current)
    ? text.charAt(0).toLocaleLowerCase(locale.current) + text.slice(1)
    : text;

/** Operations that tell which fields changed. */
export const CHANGES = /^((lead|contact|company|task|note)_changed|change_sent)$/;

/** What of it changed, when the row says so. */
function changed(row: LogRow, currency: string): string | undefined {
  const names = (row.details.fields ?? '').split(',').filter(Boolean);
  if (!CHANGES.test(row.operation) || names.length === 0) return undefined;
  const { before, after } = row.details;
  const [only] = names;
  if (names.length === 1 && only && (before || after)) {
    return t('sync.changed_value', {
      field: fieldName(only),
      before: fieldValue(only, before ?? null, currency),
      after: fieldValue(only, after ?? null, currency)
    });
  }
  if (isNumber(row.details.fields ?? '')) {
    return t('sync.changed_many', { count: Number(row.details.fields) });
  }
  if (names.length > 3) return t('sync.changed_many', { count: names.length });
  const labels = names.map((name) => fieldName(name.trim()));
  return t('sync.changed', {
    count: names.length,
    fields: list(labels.map((label, index) => (index > 0 ? lowered(label) : label)))
  });
}

/** What was done. */
export function operationText(row: LogRow, currency = 'BRL'): string {
  return (
    outgoingText(row, fieldName, (field, value) => fieldValue(field, value, currency)) ??
    changed(row, currency) ??
    filled(`sync.op.${row.operation}.title`, values(row)) ??
    readable(row.operation)
  );
}

/** What there is to add in a few words: amounts, what it was about, who did it. */
export function noteText(row: LogRow): string {
  const parts = [
    filled(`sync.op.${row.operation}.note`, values(row)),
    CHANGES.test(row.operation) ? undefined : row.details.text,
    row.actor === 'engine' ? undefined : maybe(`sync.actor.${row.actor}`)
  ];
  return parts.filter(Boolean).join(' · ');
}

/** What it is about: its name, else its kind and number; empty for the account as a whole. */
export function subjectText(row: LogRow): string {
  if (row.entity_name) return row.entity_name;
  if (row.entity_kommo_id === null) return '';
  const number = String(row.entity_kommo_id);
  return (
    maybe(`sync.subject.${row.entity_kind}`, { number }) ?? t('sync.subject.other', { number })
  );
}

/** The row's facts, labelled, for the panel. */
export function factLines(row: LogRow): { label: string; value: string }[] {
  const facts = values(row);
  return Object.entries(row.details)
    .filter(([key, value]) => value !== '' && !['before', 'after'].includes(key))
    .map(([key, value]) => ({
      label: maybe(`sync.detail_key.${key}`) ?? readable(key),
      value:
        factWords(row, key) ??
        (key === 'fields' && !isNumber(value)
          ? list(value.split(',').map(fieldName))
          : typeof facts[key] === 'number' && key !== 'status'
            ? format.number(facts[key])
            : String(facts[key]))
    }))
    .filter(({ value }) => value !== '');
}

export interface DifferenceLine {
  field: string;
  before: string;
  after: string;
  wasEmpty: boolean;
  isEmpty: boolean;
}

export function differenceLines(detail: LogDetail, currency: string): DifferenceLine[] {
  return detail.difference.map(({ field, before, after }: LogDifference) => ({
    field: fieldName(field),
    before: fieldValue(field, before, currency),
    after: fieldValue(field, after, currency),
    wasEmpty: !before,
    isEmpty: !after
  }));
}
