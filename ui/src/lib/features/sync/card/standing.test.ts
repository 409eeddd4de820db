import { describe, expect, it } from 'vitest';
import { gapMs, importAction, needsSignIn } from './standing';

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

describe('signing in again', () => {
  const away = { connection: 'needs_sign_in' } as const;
  const here = { connection: 'connected' } as const;

  it('is what the status says, and the account before there is one', () => {
    expect(needsSignIn(away, null)).toBe(true);
    expect(needsSignIn(away, { ...here, problem: null })).toBe(false);
    expect(needsSignIn(here, { ...away, problem: null })).toBe(true);
    expect(needsSignIn(null, null)).toBe(false);
  });

  it('is what mends a problem that says so', () => {
    const problem = {
      code: 'token_refused',
      detail: '',
      hint: 'reconnect',
      retry_at: null
    } as const;
    expect(needsSignIn(here, { ...here, problem })).toBe(true);
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
