import { describe, expect, it } from 'vitest';
import { millisOf, quickDues } from './due';

const ZONE = 'America/Sao_Paulo';
const dues = (iso: string) =>
  quickDues(Date.parse(iso), ZONE).map((one) => `${one.label.slice(9)} ${one.at.toString()}`);

describe('the quick choices of a task', () => {
  it('are today, tomorrow and Monday where the account is', () => {
    expect(dues('2026-11-25T13:00:00Z')).toEqual([
      'today 2026-11-25T17:00:00',
      'tomorrow 2026-11-26T09:00:00',
      'monday 2026-11-30T09:00:00'
    ]);
  });

  it('leave out what has passed', () => {
    expect(dues('2026-11-25T21:00:00Z')[0]).toMatch(/^tomorrow/);
  });

  it('offer Monday once on a Sunday, and the next one on a Monday', () => {
    expect(dues('2026-11-29T13:00:00Z').map((one) => one.split(' ')[0])).toEqual([
      'today',
      'tomorrow'
    ]);
    expect(dues('2026-11-30T13:00:00Z').at(-1)).toBe('monday 2026-12-07T09:00:00');
  });

  it('are instants of the account’s zone', () => {
    const [today] = quickDues(Date.parse('2026-11-25T13:00:00Z'), ZONE);
    expect(millisOf(today!.at, ZONE)).toBe(Date.parse('2026-11-25T20:00:00Z'));
  });
});
