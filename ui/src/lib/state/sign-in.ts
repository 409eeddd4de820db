import type { AccountSummary, SyncStatus } from '$lib/backend';

/** Whether nothing can be asked of Kommo until a person signs in again. */
export function needsSignIn(
  account: Pick<AccountSummary, 'connection'> | null,
  status: Pick<SyncStatus, 'connection' | 'problem'> | null
): boolean {
  if (status?.problem?.hint === 'reconnect') return true;
  return (status?.connection ?? account?.connection) === 'needs_sign_in';
}
