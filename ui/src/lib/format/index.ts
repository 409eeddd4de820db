// What screens use: formats in the language on the screen and the account's time zone. Every one is
// reactive in templates. The pure functions behind them take both as arguments.
import { locale } from '$lib/i18n';
import { clock } from './clock.svelte';
import {
  formatDate,
  formatDateTime,
  formatDay,
  formatTime,
  hourOf,
  isZone,
  zoneName
} from './dates';
import { formatFixed, formatMoney, formatNumber, formatPercent } from './numbers';
import { parseNumber } from './parse';
import { formatPhone, formatTypedPhone, isPhoneField, maskPhone } from './phones';
import {
  formatAgo,
  formatCountdown,
  formatDuration,
  formatRelative,
  formatRough
} from './relative';
import { zone } from './zone.svelte';

export { clock } from './clock.svelte';
export { isPhoneField, isZone };
export { zone } from './zone.svelte';

export const format = {
  number: (value: number, digits?: number) => formatNumber(value, locale.current, digits),
  fixed: (value: number, digits?: number) => formatFixed(value, locale.current, digits),
  percent: (ratio: number, digits?: number) => formatPercent(ratio, locale.current, digits),
  money: (value: number, currency?: string, short?: boolean) =>
    formatMoney(value, locale.current, currency, short),
  date: (ms: number) => formatDate(ms, locale.current, zone.current),
  time: (ms: number, seconds?: boolean) => formatTime(ms, locale.current, zone.current, seconds),
  dateTime: (ms: number, seconds?: boolean) =>
    formatDateTime(ms, locale.current, zone.current, seconds),
  day: (ms: number) => formatDay(ms, locale.current, zone.current),
  /** A time zone's name; the account's own times are all in it. */
  zone: (name: string) => zoneName(name, locale.current),
  hour: (ms: number) => hourOf(ms, zone.current),
  /** How long ago something happened, against the ticking clock; never in the future. */
  ago: (ms: number) => formatAgo(ms, clock.now, locale.current),
  /** Of something planned, or overdue. */
  relative: (ms: number) => formatRelative(ms, clock.now, locale.current),
  /** A guess of what remains; `duration` is for what was measured. */
  rough: (ms: number) => formatRough(ms, locale.current),
  /** What ticks down to an end. */
  countdown: (ms: number) => formatCountdown(ms, locale.current),
  duration: (ms: number) => formatDuration(ms, locale.current),
  /** What somebody typed, as a number; null when it is none. */
  parse: (text: string) => parseNumber(text, locale.current),
  /** A number as it is typed: the language's decimal mark, no separators. */
  typed: (value: number) => String(value).replace('.', locale.current === 'en' ? '.' : ','),
  phone: formatPhone,
  typedPhone: formatTypedPhone,
  maskedPhone: maskPhone
};
