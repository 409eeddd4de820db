import { call, type AccountSummary } from '$lib/backend';
import { readAddress } from '../reading/address';
import { readCode, readIntegrationId, readRedirect, readSecretKey } from '../reading/integration';
import type { Reading } from '../reading/note';
import type { SignInField } from '../reading/places';
import type { Draft } from './draft.svelte';
import { takeOutcome } from './signed-in';
import { Submission } from './submission.svelte';

/** How long Kommo honours an authorization code (Kommo docs: oauth-20). */
export const CODE_LIFE_MS = 20 * 60_000;

const FIELDS: readonly SignInField[] = [
  'address',
  'redirect',
  'client_id',
  'client_secret',
  'code'
];

/** The second way in: a private integration's keys and the code that Kommo shows beside them. */
export class CodeSignIn {
  readonly submission = new Submission(FIELDS, { wrong_account: 'code' });

  constructor(
    readonly draft: Draft,
    private readonly now: () => number,
    /** The redirect URL that we propose. */
    readonly ourRedirect: () => string
  ) {}

  get address(): Reading {
    return readAddress(this.draft.address);
  }

  /** The redirect URL in the field: ours until another one is typed. */
  get redirectText(): string {
    return this.draft.redirect || this.ourRedirect();
  }

  get redirect(): Reading {
    return readRedirect(this.redirectText, this.ourRedirect());
  }

  get clientId(): Reading {
    return readIntegrationId(this.draft.clientId);
  }

  get secret(): Reading {
    return readSecretKey(this.draft.clientSecret);
  }

  get code(): Reading {
    return readCode(this.draft.code);
  }

  /** A code was typed or pasted: from now on it is at most 20 minutes good. */
  setCode(code: string): void {
    if (!code.trim()) this.draft.codeSeenAtMs = null;
    else if (code.trim() !== this.draft.code.trim()) this.draft.codeSeenAtMs = this.now();
    this.draft.code = code;
  }

  /** Milliseconds that the code is good for at most; nothing without a code. */
  get codeLeftMs(): number | null {
    if (!this.code.value || this.draft.codeSeenAtMs === null) return null;
    return Math.max(0, this.draft.codeSeenAtMs + CODE_LIFE_MS - this.now());
  }

  get missing(): SignInField[] {
    const readings: Partial<Record<SignInField, Reading>> = {
      address: this.address,
      redirect: this.redirect,
      client_id: this.clientId,
      client_secret: this.secret,
      code: this.code
    };
    return FIELDS.filter((field) => !readings[field]?.value);
  }

  async submit(): Promise<AccountSummary | null> {
    const subdomain = this.address.value;
    const redirect = this.redirect.value;
    const clientId = this.clientId.value;
    const secret = this.secret.value;
    const code = this.code.value;
    if (!subdomain || !redirect || !clientId || !secret || !code) return null;
    const accountId = this.draft.account?.id;
    return this.submission.run(async () => {
      const outcome = await call('sign_in_code', {
        subdomain,
        client_id: clientId,
        client_secret: secret,
        redirect_uri: redirect,
        code,
        ...(accountId ? { account_id: accountId } : {})
      });
      return takeOutcome(outcome, this.draft);
    });
  }
}
