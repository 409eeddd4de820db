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
