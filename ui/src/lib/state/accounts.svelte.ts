import { call, type AccountList, type AccountSummary } from '$lib/backend';
import { zone } from '$lib/format';

/** The connected accounts and the one on the screen. */
class Accounts {
  list = $state.raw<AccountSummary[]>([]);
  currentId = $state<string | null>(null);

  get current(): AccountSummary | null {
    return this.list.find((account) => account.id === this.currentId) ?? null;
  }

  /** ISO 4217 currency of the account on the screen. */
  get currency(): string {
    return this.current?.currency ?? 'BRL';
  }

  apply(accounts: AccountList) {
    this.list = accounts.accounts;
    this.currentId = accounts.current_id;
    zone.use(this.current?.time_zone);
  }

  async select(accountId: string) {
    if (accountId === this.currentId) return;
    this.apply(await call('account_select', { account_id: accountId }));
  }

  async signOut(accountId: string) {
    this.apply(await call('account_sign_out', { account_id: accountId }));
  }

  /** Deletes what this computer knows of the account. */
  async forget(accountId: string) {
    this.apply(await call('account_forget', { account_id: accountId }));
  }
}

export const accounts = new Accounts();
