import type { LocaleCode } from '$lib/i18n';

const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(
  locale: LocaleCode,
  zone: string,
  options: Intl.DateTimeFormatOptions
): Intl.DateTimeFormat {
  const id = locale + zone + JSON.stringify(options);
  let found = cache.get(id);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...options });
    cache.set(id, found);
  }
  return found;
}

// English spells the month out: 03/04 means two days to two readers.
function dayOptions(locale: LocaleCode): Intl.DateTimeFormatOptions {
  return locale === 'en'
    ? { day: 'numeric', month: 'short', year: 'numeric' }
    : { day: '2-digit', month: '2-digit', year: 'numeric' };
}

/** `23/11/2025`; instants are unix milliseconds. */
export function formatDate(ms: number, locale: LocaleCode, zone: string): string {
  return formatter(locale, zone, dayOptions(locale)).format(ms);
}

/** `14:33`, or `14:33:07` with seconds. */
export function formatTime(ms: number, locale: LocaleCode, zone: string, seconds = false): string {
  return formatter(locale, zone, {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {})
  }).format(ms);
}

/** `23/11/2025 14:33`. */
export function formatDateTime(
  ms: number,
  locale: LocaleCode,
  zone: string,
  seconds = false
): string {
  return `${formatDate(ms, locale, zone)} ${formatTime(ms, locale, zone, seconds)}`;
}

/** `segunda-feira, 23 de novembro`, with the first letter as a sentence starts. */
export function formatDay(ms: number, locale: LocaleCode, zone: string): string {
  const text = formatter(locale, zone, { weekday: 'long', day: 'numeric', month: 'long' }).format(
    ms
  );
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}

/** The hour of the day (0-23) in `zone`. */
export function hourOf(ms: number, zone: string): number {
  return Number(formatter('en', zone, { hour: '2-digit' }).format(ms));
}

/** `2025-11-23`: equal for instants of the same day in `zone`. */
export function dayKey(ms: number, zone: string): string {
  const parts = formatter('en', zone, { year: 'numeric', month: '2-digit', day: '2-digit' });
  const value = (type: string) => parts.formatToParts(ms).find((part) => part.type === type)?.value;
  return `${value('year')}-${value('month')}-${value('day')}`;
}

/** `horário de Brasília`: a time zone as people call it, else by its city. */
export function zoneName(zone: string, locale: LocaleCode): string {
  const city = zone.split('/').at(-1)!.replaceAll('_', ' ');
  if (!isZone(zone)) return city;
  const parts = formatter(locale, zone, { timeZoneName: 'longGeneric' }).formatToParts(Date.now());
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? city;
  // Where the clocks are never changed, some systems still say which of two times it is.
  const plain = name.replace(/ (Padrão|Standard|estándar)(?= |$)/, '');
  return locale === 'en' || /^[A-Z]{2}/.test(plain)
    ? plain
    : plain.charAt(0).toLocaleLowerCase(locale) + plain.slice(1);
}

/** Whether this machine knows the time zone by that name. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
