import { describe, expect, it } from 'vitest';
import { needsSignIn } from './sign-in';

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
