import type { EventView, NoteView } from '$lib/backend';
import { format } from '$lib/format';
import { maybe, t } from '$lib/i18n';

/** Kommo puts the field's number into some kinds: `custom_field_1246490_value_changed`. */
function plainKind(kind: string): string {
  return kind.replace(/^custom_field_\d+_/, 'custom_field_');
}

/** What happened, in a few words; something for kinds nobody gave words to. */
export function eventTitle(kind: string): string {
  return maybe(`events.kind.${plainKind(kind)}`) ?? t('events.unknown');
}

function value(kind: string, text: string, currency: string): string {
  if (plainKind(kind) === 'sale_field_changed' && /^-?\d+(\.\d+)?$/.test(text)) {
    return format.money(Number(text), currency, true);
  }
  return text;
}

/** From what to what; null when there is nothing to show. */
export function eventChange(event: EventView, currency: string): string | null {
  const before = event.before ? value(event.kind, event.before, currency) : null;
  const after = event.after ? value(event.kind, event.after, currency) : null;
  if (before && after) return t('events.change', { before, after });
  if (before) return t('events.emptied', { before });
  return after;
}

/** What kind of note it is; null for a plain one, which needs no name. */
export function noteKind({ kind }: Pick<NoteView, 'kind'>): string | null {
  return maybe(`leads.detail.note_kind.${kind}`) ?? null;
}
