import type { FieldInput, FieldValueView, FieldView } from '$lib/backend';
import { format, zone } from '$lib/format';
import { t } from '$lib/i18n';
import {
  CalendarDate,
  CalendarDateTime,
  fromAbsolute,
  toCalendarDate,
  toCalendarDateTime,
  toZoned
} from '@internationalized/date';

/** How a custom field is filled in; null for kinds that only Kommo itself can fill. */
export type Editor =
  'line' | 'long' | 'url' | 'number' | 'money' | 'flag' | 'one' | 'many' | 'day' | 'moment' | null;

const EDITORS: Record<string, Editor> = {
  text: 'line',
  textarea: 'long',
  url: 'url',
  numeric: 'number',
  monetary: 'money',
  checkbox: 'flag',
  select: 'one',
  radiobutton: 'one',
  multiselect: 'many',
  date: 'day',
  birthday: 'day',
  date_time: 'moment'
};

export function editorOf(kind: string): Editor {
  return EDITORS[kind] ?? null;
}

export type TypedDate = CalendarDate | CalendarDateTime | null;

/** Kommo's seconds as a day, or a day and a time, where the account is. */
export function dateOf(value: string | undefined, withTime: boolean): TypedDate {
  if (!value || !/^-?\d+$/.test(value)) return null;
  const moment = fromAbsolute(Number(value) * 1000, zone.current);
  return withTime ? toCalendarDateTime(moment) : toCalendarDate(moment);
}

export function secondsOf(date: CalendarDate | CalendarDateTime): number {
  return Math.floor(toZoned(date, zone.current).toDate().getTime() / 1000);
}

/** What stands in a text field when one begins to type. */
export function typedText(editor: Editor, value: string | undefined): string {
  if (!value) return '';
  const isNumber = (editor === 'number' || editor === 'money') && Number.isFinite(Number(value));
  return isNumber ? format.typed(Number(value)) : value;
}

/** What was typed as a value for the core; words when it cannot be one. */
export function readText(editor: Editor, text: string): FieldInput | string {
  const clean = text.trim();
  if (clean === '') return { as: 'empty' };
  if (editor === 'number' || editor === 'money') {
    const number = format.parse(clean);
    return number === null ? t('edit.invalid.number') : { as: 'number', number };
  }
  if (editor === 'url' && /\s/.test(clean)) return t('edit.invalid.url');
  return { as: 'text', text: clean };
}

/** The price of a lead: Kommo keeps whole units. Words when it cannot be one. */
export function readPrice(text: string): number | string {
  if (text.trim() === '') return 0;
  const amount = format.parse(text);
  if (amount === null || amount < 0) return t('edit.invalid.number');
  if (!Number.isInteger(amount)) return t('edit.invalid.whole');
  return amount > 1e12 ? t('edit.invalid.too_much') : amount;
}

/** How a field reads once it holds `input`: what is shown before the core has answered. */
export function valueAfter(field: FieldView, input: FieldInput): FieldValueView {
  const base = { field_id: field.kommo_id, name: field.name, kind: field.kind, enum_ids: [] };
  switch (input.as) {
    case 'empty':
      return { ...base, values: [] };
    case 'text':
      return { ...base, values: [input.text] };
    case 'number':
      return { ...base, values: [String(input.number)] };
    case 'yes_no':
      return { ...base, values: [String(input.value)] };
    case 'moment':
      return { ...base, values: [String(input.unix_s)] };
    case 'texts':
      return { ...base, values: input.items.map((item) => item.text) };
    case 'options': {
      const chosen = field.options.filter((option) => input.enum_ids.includes(option.enum_id));
      return {
        ...base,
        values: chosen.map((option) => option.label),
        enum_ids: input.enum_ids
      };
    }
  }
}
