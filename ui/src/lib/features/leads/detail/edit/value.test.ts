import { CalendarDate, CalendarDateTime } from '@internationalized/date';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { zone } from '$lib/format';
import { locale } from '$lib/i18n';
import { dateOf, editorOf, readPrice, readText, secondsOf, typedText, valueAfter } from './value';

beforeEach(() => {
  locale.use('pt-BR');
  zone.use('America/Sao_Paulo');
});
afterEach(() => locale.use('pt-BR'));

describe('a price', () => {
  it.each([
    ['', 0],
    ['12500', 12_500],
    ['R$ 12.500', 12_500],
    ['12.500,00', 12_500]
  ])('of “%s” is %d whole units', (text, expected) => {
    expect(readPrice(text)).toBe(expected);
  });

  it.each(['12,50', 'doze', '-3', '9999999999999'])('cannot be “%s”', (text) => {
    expect(typeof readPrice(text)).toBe('string');
  });
});

describe('a field', () => {
  it('of a kind that only Kommo fills has no editor', () => {
    expect(['file', 'smart_address', 'chained_list', 'new_to_us'].map(editorOf)).toEqual(
      Array(4).fill(null)
    );
  });

  it('is emptied by leaving nothing in it', () => {
    expect(readText('line', '  ')).toEqual({ as: 'empty' });
  });

  it('of numbers is typed with the language’s mark and read back the same', () => {
    expect(typedText('money', '4250.5')).toBe('4250,5');
    expect(readText('money', '4250,5')).toEqual({ as: 'number', number: 4250.5 });
    expect(readText('number', 'muito')).toBe('Isto não é um número.');
  });

  it('of dates means the day and the hour where the account is', () => {
    expect(dateOf('1763866800', false)?.toString()).toBe('2025-11-23');
    expect(secondsOf(new CalendarDate(2025, 11, 23))).toBe(1_763_866_800);
    expect(secondsOf(new CalendarDateTime(2025, 11, 23, 14, 33))).toBe(1_763_919_180);
    expect(dateOf('amanhã', true)).toBeNull();
  });

  it('of options shows the labels of those chosen', () => {
    const field = {
      kommo_id: 7,
      entity: 'lead' as const,
      name: 'Origem',
      kind: 'multiselect',
      code: null,
      options: [
        { enum_id: 1, label: 'Site' },
        { enum_id: 2, label: 'Indicação' }
      ]
    };
    expect(valueAfter(field, { as: 'options', enum_ids: [2] })).toMatchObject({
      values: ['Indicação'],
      enum_ids: [2]
    });
  });
});
