// What a delivery of Kommo reads like.
import type { DeliveryState, DeliveryView } from '$lib/backend';
import { format } from '$lib/format';
import { maybe, t } from '$lib/i18n';
import type { Tone } from '$lib/ui/types';

export const STATES: readonly DeliveryState[] = ['done', 'waiting', 'ignored', 'unreadable'];

export const STATE_TONES: Record<DeliveryState, Tone> = {
  waiting: 'info',
  done: 'good',
  ignored: 'neutral',
  unreadable: 'bad'
};

/** One thing a delivery tells. */
export const kindText = (kind: string): string =>
  maybe(`webhook.kind.${kind}`) ?? t('webhook.kind.other');

/** All it tells, each once. */
export function kindsText(kinds: readonly string[]): string {
  if (kinds.length === 0) return t('webhook.kind.none');
  const words = [...new Set(kinds.map(kindText))];
  return words.map((text, index) => (index === 0 ? text : lowered(text))).join(', ');
}

const lowered = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** What it changed here. */
export function effectText(row: Pick<DeliveryView, 'state' | 'changes' | 'messages'>): string {
  if (row.state !== 'done') return '';
  const parts = [
    row.changes > 0 ? t('webhook.changes', { count: row.changes }) : '',
    row.messages > 0 ? t('webhook.messages', { count: row.messages }) : ''
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : t('webhook.no_effect');
}

/** Why it was left alone, or could not be read. */
export function reasonText(row: Pick<DeliveryView, 'state' | 'reason'>): string | null {
  if (row.reason) {
    const words = maybe(`webhook.reason.${row.reason}`) ?? maybe(`errors.${row.reason}.title`);
    if (words) return words;
  }
  return row.state === 'ignored' || row.state === 'unreadable'
    ? t(`webhook.reason.${row.state}`)
    : null;
}

/** The hour of today, with the day before it for anything older. */
export function hourText(ms: number, now: number): string {
  return format.date(ms) === format.date(now) ? format.time(ms, true) : format.dateTime(ms);
}

/** Its size, as one reads it. */
export function sizeText(bytes: number | null): string {
  if (bytes === null) return t('webhook.aged_out');
  return bytes < 1024
    ? t('webhook.bytes', { count: bytes })
    : t('webhook.kilobytes', { size: format.number(bytes / 1024, 1) });
}
