import type { OutboxView } from '$lib/backend';
import { format } from '$lib/format';
import { maybe, t } from '$lib/i18n';

export interface CauseWords {
  /** What happened. */
  title: string;
  /** What it means for the lead, and what to do. */
  remedy: string;
}

/** Why a change was not accepted, in the person's words; something for codes nobody gave words to. */
export function causeWords(code: string | null): CauseWords {
  return {
    title: maybe(`changes.cause.${code}.title`) ?? t('changes.cause.unknown.title'),
    remedy: maybe(`changes.cause.${code}.remedy`) ?? t('changes.cause.unknown.remedy')
  };
}

/** The name of what a change sets: ours for what every card has, else the field's own label. */
export function changedField(field: string): string {
  return maybe(`changes.field.${field}`) ?? field;
}

export interface ChangeWords {
  /** What is changed. */
  label: string;
  /** From what; nothing when there is no "from". */
  before: string | null;
  after: string;
}

const isNumber = (text: string) => /^-?\d+(\.\d+)?$/.test(text);

/** A value as it is read; an empty one by a word. */
export function valueText(field: string | null, value: string | null, currency: string): string {
  if (value === null || value === '') return t('outbox.empty_value');
  if (field === 'price' && isNumber(value)) return format.money(Number(value), currency);
  if (value === 'true') return t('ui.yes');
  if (value === 'false') return t('ui.no');
  return value;
}

type Change = Pick<OutboxView, 'kind' | 'field' | 'before' | 'after'>;

/** What is changed, from what to what. */
export function changeWords(change: Change, currency: string): ChangeWords {
  const { kind, field, before, after } = change;
  if (kind === 'tag' || kind === 'link') {
    const way = after ? 'added' : 'removed';
    return { label: t(`outbox.kind.${kind}_${way}`), before: null, after: after || before || '' };
  }
  if (kind !== 'edit') {
    const label = maybe(`outbox.kind.${kind}`) ?? t('outbox.kind.other');
    return { label, before: null, after: after ?? '' };
  }
  return {
    label: field ? changedField(field) : t('outbox.kind.other'),
    before: valueText(field, before, currency),
    after: valueText(field, after, currency)
  };
}

/** The whole change as one line. */
export function changeLine(change: Change, currency: string): string {
  const { label, before, after } = changeWords(change, currency);
  if (!after) return label;
  return before === null
    ? t('outbox.line', { label, after })
    : t('outbox.line_from', { label, before, after });
}
