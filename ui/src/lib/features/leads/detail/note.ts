import type { NoteView } from '$lib/backend';
import { maybe } from '$lib/i18n';

/** What kind of note it is; null for a plain one, which needs no name. */
export function noteKind({ kind }: Pick<NoteView, 'kind'>): string | null {
  return maybe(`leads.detail.note_kind.${kind}`) ?? null;
}
