import type { AccountSummary, SignInMethod } from '$lib/backend';

/** The three ways in, in the order they are offered. */
export const WAYS = ['token', 'code', 'browser'] as const;

export type Way = (typeof WAYS)[number];

/** The page of a way in (or another page of connecting), for the account that is being reconnected if any. */
export function connectPath(
  page: '' | Way | 'env' | 'ready' | 'unlock',
  account?: AccountSummary | null
): string {
  const query = account ? `?account=${encodeURIComponent(account.id)}` : '';
  return (page ? `/connect/${page}` : '/connect') + query;
}

/** The way an account was connected last time. */
export function wayOf(method: SignInMethod): Way | null {
  if (method === 'long_lived') return 'token';
  return method === 'oauth' ? 'code' : null;
}
