import type { LocaleCode } from '$lib/i18n';

const cache = new Map<string, Intl.NumberFormat>();

/** Building an Intl formatter is dear and tables ask for thousands of cells. */
function formatter(locale: LocaleCode, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const id = locale + JSON.stringify(options);
  let found = cache.get(id);
  if (!found) {
    // Spanish writes 8214 without a separator by default; columns read better with one.
    found = new Intl.NumberFormat(locale, { useGrouping: true, ...options });
    cache.set(id, found);
  }
  return found;
}

/** `8.214`; at most `digits` decimals. */
export function formatNumber(value: number, locale: LocaleCode, digits = 0): string {
  return formatter(locale, { maximumFractionDigits: digits }).format(value);
}

/** `2,1`: always exactly `digits` decimals, so that a live number does not jump. */
export function formatFixed(value: number, locale: LocaleCode, digits = 1): string {
  return formatter(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits
  }).format(value);
}

/** `42 %` from 0.42. */
export function formatPercent(ratio: number, locale: LocaleCode, digits = 0): string {
  const number = formatNumber(ratio * 100, locale, digits);
  return locale === 'en' ? `${number}%` : `${number}\u00a0%`;
}

/** `R$ 1.234,56`; whole amounts lose their zeros when `short`. */
export function formatMoney(
  value: number,
  locale: LocaleCode,
  currency = 'BRL',
  short = false
): string {
  const digits = short && Number.isInteger(value) ? 0 : 2;
  return formatter(locale, {
    style: 'currency',
    currency,
    // Spanish would write "412.300 BRL"; the symbol is known where the account is.
    currencyDisplay: locale === 'es' ? 'narrowSymbol' : 'symbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits
  }).format(value);
}
