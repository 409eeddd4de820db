import type { AccountSummary } from '$lib/backend';

/**
 * What was typed so far. It is shared by the three ways in and outlives their pages, so that changing one's
 * mind, going back or an error loses nothing. It lives in memory only and is emptied after signing in.
 */
export class Draft {
  address = $state('');
  token = $state('');
  clientId = $state('');
  clientSecret = $state('');
  redirect = $state('');
  code = $state('');
  /** When the code appeared in its field (unix milliseconds): it was made before that. */
  codeSeenAtMs = $state<number | null>(null);
  /** The account that gets its sign-in back; nothing for a new one. */
  account = $state.raw<AccountSummary | null>(null);

  /** Begins for a new account, or for one that needs its sign-in back. What was typed stays when it is the same. */
  begin(account: AccountSummary | null): void {
    if (this.account?.id !== account?.id) {
      this.clear();
      if (account) this.address = account.subdomain;
    }
    this.account = account;
  }

  clear(): void {
    this.address = '';
    this.clientId = '';
    this.redirect = '';
    this.account = null;
    this.forgetSecrets();
  }

  forgetSecrets(): void {
    this.token = '';
    this.clientSecret = '';
    this.code = '';
    this.codeSeenAtMs = null;
  }
}

export const draft = new Draft();
