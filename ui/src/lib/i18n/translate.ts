import { IntlMessageFormat, type Formatters, type PrimitiveType } from 'intl-messageformat';
import { catalogue, type MessageKey } from './catalogue';
import { locale } from './locale.svelte';
import type { LocaleCode } from './locales';

export type Values = Record<string, PrimitiveType>;

// Spanish writes 2462 without a separator by default; the formats of numbers do not, nor do the words.
const formatters: Formatters = {
  getNumberFormat: (locale, options) =>
    new Intl.NumberFormat(locale, { useGrouping: true, ...options }),
  getDateTimeFormat: (...args) => new Intl.DateTimeFormat(...args),
  getPluralRules: (...args) => new Intl.PluralRules(...args)
};

const compiled = new Map<string, IntlMessageFormat>();

/** The message of `key` in `code`, with `values` in their places. */
export function translate(code: LocaleCode, key: string, values?: Values): string | undefined {
  const source = catalogue[code].get(key) ?? catalogue['pt-BR'].get(key);
  if (source === undefined) return undefined;
  // Most messages are plain words.
  if (!source.includes('{') && !source.includes("'")) return source;
  const id = `${code}\n${key}`;
  let message = compiled.get(id);
  if (!message) {
    message = new IntlMessageFormat(source, code, undefined, { ignoreTag: true, formatters });
    compiled.set(id, message);
  }
  return String(message.format(values));
}

/** The words for `key` in the language on the screen; follows its changes in templates and deriveds. */
export function t(key: MessageKey, values?: Values): string {
  return translate(locale.current, key, values) ?? key;
}

/** For keys built from data (an error's code, a row's kind): nothing when there are no words for it. */
export function maybe(key: string, values?: Values): string | undefined {
  return translate(locale.current, key, values);
}
