import { describe, expect, it } from 'vitest';
import { gapMs, importAction } from './standing';

describe('the gap', () => {
  const polling = (complete_until_ms: number | null) => ({ interval_s: 30, complete_until_ms });

  it('is none while polls are on time, or one is late', () => {
    expect(gapMs(polling(1_000_000), 1_000_000)).toBe(0);
    expect(gapMs(polling(1_000_000), 1_060_000)).toBe(0);
  });

  it('is all the time since everything was here when polls stopped', () => {
    expect(gapMs(polling(1_000_000), 1_061_000)).toBe(61_000);
  });

  it('is unknown before the first import ended', () => {
    expect(gapMs(polling(null), 1_000_000)).toBeNull();
  });

  it('is none for a clock that runs behind Kommo’s', () => {
    expect(gapMs(polling(1_000_000), 900_000)).toBe(0);
  });
});

describe('the import', () => {
  it.each([
    ['never', 'start'],
    ['running', 'cancel'],
    ['waiting', 'cancel'],
    ['cancelled', 'resume'],
    ['finished', 'again']
  ] as const)('when %s offers to %s', (state, action) => {
    expect(importAction({ state })).toBe(action);
  });
});
