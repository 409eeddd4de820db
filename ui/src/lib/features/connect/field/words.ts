import type { BackendError } from '$lib/backend';
import { format } from '$lib/format';
import { locale, maybe, t } from '$lib/i18n';
import type { Note } from '../reading/note';

export interface ProblemWords {
  title: string;
  body: string;
  action: string;
}

/** What happened, what it means, what to do. */
export function problemWords(error: BackendError): ProblemWords {
  const part = (name: string) => maybe(`errors.${error.code}.${name}`, { detail: error.detail });
  return {
    title: part('title') ?? t('errors.internal.title'),
    body: part('body') ?? '',
    action: part('action') ?? ''
  };
}

/** The same as one paragraph, for under a field. */
export function problemSentence(error: BackendError): string {
  const { title, body, action } = problemWords(error);
  return [`${title}.`, body, action].filter(Boolean).join(' ');
}

/** A note's sentence; `values` adds what only the form knows. */
export function noteSentence(note: Note, values: Record<string, string> = {}): string {
  const date = note.atMs === undefined ? {} : { date: format.date(note.atMs) };
  return t(note.key, { ...values, ...note.values, ...date });
}

/** "a, b e c" in the language on the screen. */
export function listOf(items: string[]): string {
  return new Intl.ListFormat(locale.current, { type: 'conjunction' }).format(items);
}
