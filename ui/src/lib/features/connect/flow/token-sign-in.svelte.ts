import { call, type AccountSummary } from '$lib/backend';
import { readAddress } from '../reading/address';
import type { Reading } from '../reading/note';
import type { SignInField } from '../reading/places';
import { readToken } from '../reading/token';
import type { Draft } from './draft.svelte';
import { takeOutcome } from './signed-in';
import { Submission } from './submission.svelte';

/** The first way in: the account's address and a long-lived token. */
export class TokenSignIn {
  readonly submission = new Submission(['address', 'token'], { wrong_account: 'token' });

  constructor(
    readonly draft: Draft,
    private readonly now: () => number
  ) {}

  get address(): Reading {
    return readAddress(this.draft.address);
  }

  get token(): Reading {
    return readToken(this.draft.token, this.now(), this.draft.account?.kommo_id);
  }

  /** The fields that still have to be filled or mended, in the order of the page. */
  get missing(): SignInField[] {
    const missing: SignInField[] = [];
    if (!this.address.value) missing.push('address');
    if (!this.token.value) missing.push('token');
    return missing;
  }

  /** Signs in. Returns the account, or nothing when a field is missing or Kommo refused. */
  async submit(): Promise<AccountSummary | null> {
    const subdomain = this.address.value;
    const token = this.token.value;
    if (!subdomain || !token) return null;
    const accountId = this.draft.account?.id;
    return this.submission.run(async () => {
      const outcome = await call('sign_in_long_lived', {
        subdomain,
        token,
        ...(accountId ? { account_id: accountId } : {})
      });
      return takeOutcome(outcome, this.draft);
    });
  }
}
