// The words on the screen, from the catalogues the interface is built with: a journey breaks when a word is missing,
// not when it is put better.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';

const MESSAGES = resolve(import.meta.dirname, '../../../../ui/messages');

function catalogue(language) {
  const folder = join(MESSAGES, language);
  const areas = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return Object.fromEntries(
    areas.map((name) => [name.slice(0, -5), JSON.parse(readFileSync(join(folder, name), 'utf8'))])
  );
}

/** `say('leads.title')` in one language. Throws when there are no such words. */
export function wordsOf(language) {
  const all = catalogue(language);
  return (key, values) => {
    const source = key.split('.').reduce((place, part) => place?.[part], all);
    if (typeof source !== 'string') throw new Error(`no words for ${key} in ${language}`);
    if (!source.includes('{') && !source.includes("'")) return source;
    return String(
      new IntlMessageFormat(source, language, undefined, { ignoreTag: true }).format(values)
    );
  };
}
