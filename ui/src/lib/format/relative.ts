import type { LocaleCode } from '$lib/i18n';
import { formatFixed, formatNumber } from './numbers';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS: [unit: Intl.RelativeTimeFormatUnit, size: number, until: number][] = [
  ['second', SECOND, MINUTE],
  ['minute', MINUTE, HOUR],
  ['hour', HOUR, DAY],
  ['day', DAY, 30 * DAY],
  ['month', 30 * DAY, 365 * DAY],
  ['year', 365 * DAY, Infinity]
];

const cache = new Map<LocaleCode, Intl.RelativeTimeFormat>();
// Intl has no "há 8 s" for every language: the letters are ours, the grammar around them too.
const SHORT: Partial<Record<Intl.RelativeTimeFormatUnit, string>> = {
  second: 's',
  minute: 'min',
  hour: 'h'
};
const AROUND: Record<LocaleCode, { past: string; future: string; now: string }> = {
  'pt-BR': { past: 'há #', future: 'em #', now: 'agora' },
  en: { past: '# ago', future: 'in #', now: 'now' },
  es: { past: 'hace #', future: 'en #', now: 'ahora' }
};

/** `há 8 s`, `em 6 min`, `há 2 h`, `há 3 dias`; `agora` within two seconds. */
export function formatRelative(ms: number, now: number, locale: LocaleCode): string {
  const distance = ms - now;
  const size = Math.abs(distance);
  if (size < 2 * SECOND) return AROUND[locale].now;
  const [unit, step] = STEPS.find(([, , until]) => size < until) ?? STEPS[0]!;
  const count = Math.floor(size / step);
  const short = SHORT[unit];
  if (short) {
    const frame = distance < 0 ? AROUND[locale].past : AROUND[locale].future;
    return frame.replace('#', `${count}\u00a0${short}`);
  }
  let words = cache.get(locale);
  if (!words) {
    words = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'long' });
    cache.set(locale, words);
  }
  return words.format(distance < 0 ? -count : count, unit);
}

/** Of something that has happened: a clock that runs ahead of this computer's makes it `agora`, never `em 23 h`. */
export function formatAgo(ms: number, now: number, locale: LocaleCode): string {
  return formatRelative(Math.min(ms, now), now, locale);
}

/** A remaining time that is only guessed: `33 s`, `6 min`, `2 h 05 min`. */
export function formatRough(ms: number, locale: LocaleCode): string {
  if (ms < MINUTE) return `${Math.max(1, Math.round(ms / SECOND))}\u00a0s`;
  if (ms < HOUR) return `${Math.round(ms / MINUTE)}\u00a0min`;
  return formatDuration(ms, locale);
}

/** What counts down, in whole seconds: `58 s`, `19 min 58 s`. */
export function formatCountdown(ms: number, locale: LocaleCode): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND));
  return seconds < 60 ? `${seconds}\u00a0s` : formatDuration(seconds * SECOND, locale);
}

/** How long something took or will take: `11 ms`, `10,2 s`, `3 min 05 s`, `2 h 05 min`. */
export function formatDuration(ms: number, locale: LocaleCode): string {
  const space = '\u00a0';
  if (ms < SECOND) return `${formatNumber(Math.max(0, Math.round(ms)), locale)}${space}ms`;
  if (ms < MINUTE) return `${formatFixed(ms / SECOND, locale)}${space}s`;
  const pad = (value: number) => String(value).padStart(2, '0');
  if (ms < HOUR) {
    const seconds = Math.round(ms / SECOND);
    return `${Math.floor(seconds / 60)}${space}min${space}${pad(seconds % 60)}${space}s`;
  }
  const minutes = Math.round(ms / MINUTE);
  return `${formatNumber(Math.floor(minutes / 60), locale)}${space}h${space}${pad(minutes % 60)}${space}min`;
}
