import type { MessageKey, Values } from '$lib/i18n';

/** What is said under a field while it is being filled. */
export interface Note {
  /** `hint` is neutral: what was typed is only unfinished, or there is something worth knowing. */
  tone: 'good' | 'hint' | 'warn' | 'bad';
  key: MessageKey;
  values?: Values;
  /** An instant (unix milliseconds) that the sentence names as `{date}`. */
  atMs?: number;
}

/** How a field was understood: the value to send, or nothing while it cannot be sent. */
export interface Reading<T = string> {
  value: T | null;
  note: Note | null;
}

export const EMPTY: Reading<never> = { value: null, note: null };

/** The kinds of things people copy from the same Kommo page, and mistake for one another. */
export type Pasted = 'token' | 'code' | 'id' | 'secret' | 'address';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What a pasted text looks like, by the shapes Kommo gives them (Kommo docs: oauth-20, private-integration). */
export function kindOf(text: string): Pasted | null {
  if (/^https?:\/\//i.test(text)) return 'address';
  if (UUID.test(text)) return 'id';
  if (/^def50/i.test(text)) return 'code';
  if (/^eyJ[\w-]{4,}/.test(text)) return 'token';
  if (/^[0-9a-z]{64}$/i.test(text)) return 'secret';
  return null;
}

/** Pasted text without what copying adds: spaces, line breaks, quotes, invisible characters. */
export function cleaned(text: string): string {
  return text
    .replace(/\s|\u200b|\u200c|\u200d|\u2060|\ufeff/g, '')
    .replace(/^["'“”‘’`]+|["'“”‘’`]+$/g, '');
}
