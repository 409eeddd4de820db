import { describe, expect, it } from 'vitest';
import { parseNumber } from './parse';

describe('a number as people type it', () => {
  it.each([
    ['4250', 4250],
    ['4.250', 4250],
    ['R$ 4.250,50', 4250.5],
    ['4250.5', 4250.5],
    ['4250,5', 4250.5],
    ['1.234.567', 1_234_567],
    ['1,234,567.5', 1_234_567.5],
    ['0.125', 0.125],
    ['0,125', 0.125],
    ['2,125', 2.125],
    ['-3,5', -3.5],
    [',5', 0.5],
    ['12 abc', null],
    ['abc', null],
    ['1.2.3', null],
    ['', null]
  ])('%s is %s in Portuguese', (text, expected) => {
    expect(parseNumber(text, 'pt-BR')).toBe(expected);
  });

  it('follows the language where a mark could mean both', () => {
    expect(parseNumber('4,250', 'en')).toBe(4250);
    expect(parseNumber('4.250', 'en')).toBe(4.25);
    expect(parseNumber('4.250', 'es')).toBe(4250);
  });
});
