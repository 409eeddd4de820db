// The words, one file per area and language. pt-BR is the source: its shape is the type of the keys,
// so a new area is one import and one line here plus its file in each of the three languages.
import areasPt from './areas';
import type { LocaleCode } from './locales';

export type Messages = { readonly [key: string]: string | Messages };

type Leaves<T, Prefix extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${K}` : Leaves<T[K], `${Prefix}${K}.`>;
}[keyof T & string];

/** Every key of the catalogue, as `area.path.to.message`. */
export type MessageKey = Leaves<typeof areasPt>;

const files = import.meta.glob<Messages>('../../../messages/{en,es}/*.json', {
  eager: true,
  import: 'default'
});

function gather(locale: LocaleCode): Messages {
  const found: Record<string, Messages> = {};
  for (const [path, messages] of Object.entries(files)) {
    const [, folder, area] = /messages\/([^/]+)\/([^/]+)\.json$/.exec(path) ?? [];
    if (folder === locale && area) found[area] = messages;
  }
  return found;
}

function flatten(messages: Messages, prefix = '', into = new Map<string, string>()) {
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value === 'string') into.set(prefix + key, value);
    else flatten(value, `${prefix}${key}.`, into);
  }
  return into;
}

/** Each language's messages by full key. */
export const catalogue: Record<LocaleCode, ReadonlyMap<string, string>> = {
  'pt-BR': flatten(areasPt),
  en: flatten(gather('en')),
  es: flatten(gather('es'))
};
