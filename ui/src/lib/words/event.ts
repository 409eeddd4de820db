import type { EventView } from '$lib/backend';
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

function readable(kind: string, text: string, currency: string): string {
  const isAmount = plainKind(kind) === 'sale_field_changed' && /^-?\d+(\.\d+)?$/.test(text);
  return isAmount ? format.money(Number(text), currency, true) : text;
}

/** From what to what; nothing when there is nothing to show. */
export function eventChange(event: EventView, currency: string): string | null {
  const before = event.before ? readable(event.kind, event.before, currency) : null;
  const after = event.after ? readable(event.kind, event.after, currency) : null;
  if (before && after) return t('events.change', { before, after });
  if (before) return t('events.emptied', { before });
  return after;
}
