import { IntlMessageFormat } from 'intl-messageformat';
import { afterEach, describe, expect, it } from 'vitest';
import areas from './areas';
import { catalogue } from './catalogue';
import { locale, LOCALES, negotiate, t, translate } from '.';

const source = catalogue['pt-BR'];
const files = Object.keys(import.meta.glob('../../../messages/*/*.json'));

interface Element {
  type: number;
  value?: string;
  options?: Record<string, { value: Element[] }>;
}

/** Every `{name}` of a message with its kind (plain, number, plural ...), through all branches. */
function placeholders(elements: Element[], into = new Set<string>()): Set<string> {
  for (const element of elements) {
    if (element.type !== 0 && element.type !== 7) into.add(`${element.value}:${element.type}`);
    for (const option of Object.values(element.options ?? {})) placeholders(option.value, into);
  }
  return into;
}

function parse(code: string, message: string): Element[] {
  return new IntlMessageFormat(message, code, undefined, { ignoreTag: true }).getAst() as Element[];
}

describe('the catalogue', () => {
  it('has a typed line for every file of words', () => {
    const named = new Set(files.map((path) => /([^/]+)\.json$/.exec(path)?.[1]));
    expect([...named].sort()).toEqual(Object.keys(areas).sort());
    expect(files).toHaveLength(Object.keys(areas).length * LOCALES.length);
  });

  it.each(LOCALES)('has the same keys in %s as in pt-BR', (code) => {
    expect([...catalogue[code].keys()].sort()).toEqual([...source.keys()].sort());
  });

  it.each(LOCALES)('has no empty words and no broken message in %s', (code) => {
    for (const [key, message] of catalogue[code]) {
      expect(message.trim(), key).not.toBe('');
      expect(message, `${key} has stray space`).toBe(message.trim());
      expect(() => parse(code, message), key).not.toThrow();
    }
  });

  it.each(['en', 'es'] as const)('has the same placeholders in %s as in pt-BR', (code) => {
    for (const [key, message] of source) {
      const translated = catalogue[code].get(key) ?? '';
      const wanted = [...placeholders(parse('pt-BR', message))].sort();
      expect([...placeholders(parse(code, translated))].sort(), key).toEqual(wanted);
    }
  });

  it('writes no exclamation marks', () => {
    for (const code of LOCALES) {
      for (const [key, message] of catalogue[code])
        expect(message, `${code} ${key}`).not.toMatch(/[!¡]/);
    }
  });
});

describe('the language', () => {
  afterEach(() => locale.use('pt-BR'));

  it.each([
    [['pt-PT', 'en'], 'pt-BR'],
    [['es-419'], 'es'],
    [['fr', 'en-GB'], 'en'],
    [['fr'], 'pt-BR'],
    [[], 'pt-BR']
  ])('for %j is %s', (wanted, expected) => {
    expect(negotiate(wanted)).toBe(expected);
  });

  it('changes words at once', () => {
    locale.use('pt-BR');
    expect(t('nav.home')).toBe('Início');
    locale.use('en');
    expect(t('nav.home')).toBe('Home');
    expect(document.documentElement.lang).toBe('en');
  });

  it('counts with the grammar of the language', () => {
    expect(translate('pt-BR', 'leads.count', { count: 1 })).toBe('1 lead');
    expect(translate('pt-BR', 'leads.count', { count: 8214 })).toBe('8.214 leads');
    expect(translate('en', 'leads.count', { count: 8214 })).toBe('8,214 leads');
    expect(translate('es', 'leads.count', { count: 8214 })).toBe('8.214 leads');
  });
});
