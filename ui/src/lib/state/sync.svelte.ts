import { call, type SyncStatus } from '$lib/backend';
import { accounts } from './accounts.svelte';
import { needsSignIn } from './sign-in';

/** How each account's mirror stands: connection, import, polling, rate, counts. */
class Sync {
  #byAccount = $state.raw<Record<string, SyncStatus>>({});

  /** Of the account on the screen. */
  get status(): SyncStatus | null {
    return (accounts.currentId && this.#byAccount[accounts.currentId]) || null;
  }

  /** Nothing can be asked of Kommo for the account on the screen until a person signs in again. */
  get needsSignIn(): boolean {
    return needsSignIn(accounts.current, this.status);
  }

  apply(status: SyncStatus) {
    this.#byAccount = { ...this.#byAccount, [status.account_id]: status };
  }

  /** Takes part of a state that came by itself: what was sent, what was delivered. */
  patch(accountId: string, part: Pick<SyncStatus, 'outbox'> | Pick<SyncStatus, 'deliveries'>) {
    const known = this.#byAccount[accountId];
    if (known) this.apply({ ...known, ...part });
  }

  async load() {
    if (!accounts.currentId) return;
    this.apply(await call('sync_status', { account_id: accounts.currentId }));
  }

  async pollNow() {
    await call('sync_poll_now', {});
  }

  /** Begins the import, or goes on where it stopped. */
  async startImport() {
    this.apply(await call('import_start', {}));
  }

  async cancelImport() {
    this.apply(await call('import_cancel', {}));
  }
}

export const sync = new Sync();
