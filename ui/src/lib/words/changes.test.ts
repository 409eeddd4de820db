import { afterEach, describe, expect, it } from 'vitest';
import { locale, LOCALES } from '$lib/i18n';
import { causeWords, changedField } from './changes';

const CAUSES = [
  'gone',
  'refused_by_kommo',
  'no_right',
  'account_unpaid',
  'no_answer',
  'stage_missing',
  'field_missing',
  'option_missing',
  'user_missing',
  'loss_reason_missing'
];

afterEach(() => locale.use('pt-BR'));

describe('a change that was not accepted', () => {
  it.each(LOCALES)('tells each cause in words of its own in %s', (code) => {
    locale.use(code);
    const titles = CAUSES.map((cause) => causeWords(cause).title);
    expect(new Set([...titles, causeWords('new_to_us').title]).size).toBe(CAUSES.length + 1);
    for (const cause of CAUSES) expect(causeWords(cause).remedy).toMatch(/\.$/);
  });

  it('names what it sets, and leaves a field its own label', () => {
    locale.use('pt-BR');
    expect(changedField('price')).toBe('Valor');
    expect(changedField('Origem do Lead')).toBe('Origem do Lead');
  });
});
