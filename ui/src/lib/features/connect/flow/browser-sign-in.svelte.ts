import {
  call,
  openExternal,
  toBackendError,
  BackendError,
  type AccountList,
  type SignInBrowserStarted,
  type SignInResult
} from '$lib/backend';
import { accounts } from '$lib/state/accounts.svelte';
import { app } from '$lib/state/app.svelte';
import { feeds } from '$lib/state/feeds';
import { sync } from '$lib/state/sync.svelte';
import { readIntegrationId, readSecretKey } from '../reading/integration';
import type { Reading } from '../reading/note';
import type { SignInField } from '../reading/places';
import type { Draft } from './draft.svelte';
import { Submission } from './submission.svelte';

/** `form` fills in, `waiting` for the browser, `refused` in Kommo, `expired` after ten minutes, `done`. */
export type BrowserPhase = 'form' | 'waiting' | 'refused' | 'expired' | 'done';

/** The third way in: the person allows the access in the browser and the browser comes back to us. */
export class BrowserSignIn {
  readonly submission = new Submission(['client_id', 'client_secret', 'redirect']);
  started = $state.raw<SignInBrowserStarted | null>(null);
  /** The system's browser could not be opened: the address has to be opened by hand. */
  browserFailed = $state(false);
  #phase = $state<BrowserPhase>('form');
  /** Attempts that ended before the answer to their start was here. */
  #early: { attempt: string; result: SignInResult }[] = [];
  #knownBefore: string[] = [];

  constructor(
    readonly draft: Draft,
    private readonly now: () => number
  ) {}

  get phase(): BrowserPhase {
    return this.#phase === 'waiting' && this.leftMs === 0 ? 'expired' : this.#phase;
  }

  get clientId(): Reading {
    return readIntegrationId(this.draft.clientId);
  }

  get secret(): Reading {
    return readSecretKey(this.draft.clientSecret);
  }

  get missing(): SignInField[] {
    const missing: SignInField[] = [];
    if (!this.clientId.value) missing.push('client_id');
    if (!this.secret.value) missing.push('client_secret');
    return missing;
  }

  /** Milliseconds until the attempt is void. */
  get leftMs(): number {
    return this.started ? Math.max(0, this.started.expires_at_ms - this.now()) : 0;
  }

  /** Follows the end of attempts until the returned function is called. */
  follow(): () => void {
    const stops = [
      feeds.signIn.subscribe(({ attempt_id: attempt, result }) => {
        if (attempt === this.started?.attempt_id) void this.#end(result);
        else this.#early.push({ attempt, result });
      }),
      feeds.resync.subscribe(() => void this.#afterSilence())
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** Opens the browser on Kommo's page and waits. */
  async start(): Promise<void> {
    const clientId = this.clientId.value;
    const secret = this.secret.value;
    if (!clientId || !secret) return;
    const accountId = this.draft.account?.id;
    this.#knownBefore = accounts.list.map((account) => account.id);
    const started = await this.submission.run(() =>
      call('sign_in_browser_start', {
        client_id: clientId,
        client_secret: secret,
        ...(accountId ? { account_id: accountId } : {})
      })
    );
    if (!started) {
      // Then the page offers another port, which it knows from the program's state.
      if (this.submission.error?.code === 'port_taken')
        await call('app_status').then(
          (status) => app.apply(status),
          () => {}
        );
      return;
    }
    this.started = started;
    this.#phase = 'waiting';
    const early = this.#early.find(({ attempt }) => attempt === started.attempt_id);
    this.#early = [];
    if (early) await this.#end(early.result);
    else await this.openBrowser();
  }

  /** Opens Kommo's page (again). */
  async openBrowser(): Promise<void> {
    if (!this.started) return;
    try {
      await openExternal(this.started.authorization_url);
      this.browserFailed = false;
    } catch {
      this.browserFailed = true;
    }
  }

  /** Stops waiting; what was typed stays. */
  async cancel(): Promise<void> {
    const attempt = this.started;
    this.#phase = 'form';
    this.started = null;
    if (!attempt) return;
    // An attempt that the core no longer knows is as good as cancelled.
    await call('sign_in_browser_cancel', { attempt_id: attempt.attempt_id }).catch(() => {});
  }

  /** Back to the filled form after a refusal or a lapse. */
  again(): void {
    this.#phase = 'form';
    this.started = null;
    this.submission.error = null;
  }

  async #end(result: SignInResult): Promise<void> {
    this.started = null;
    if (result.kind === 'failed') {
      const { code, detail, hint, retry_at: retryAt } = result.error;
      if (code === 'sign_in_refused') this.#phase = 'refused';
      else if (code === 'sign_in_expired') this.#phase = 'expired';
      else {
        this.#phase = 'form';
        this.submission.error = new BackendError(code, detail, hint, retryAt);
        this.submission.failures++;
      }
      return;
    }
    try {
      await this.#finish(await call('account_list'));
    } catch (thrown) {
      this.#phase = 'form';
      this.submission.error = toBackendError(thrown);
    }
  }

  async #finish(list: AccountList): Promise<void> {
    accounts.apply(list);
    this.draft.clear();
    await sync.load().catch(() => {});
    this.#phase = 'done';
  }

  /** Events were missed while waiting: an account that is there now and was not before tells the end. */
  async #afterSilence(): Promise<void> {
    if (this.#phase !== 'waiting') return;
    const wanted = this.draft.account?.id;
    const list = await call('account_list').catch(() => null);
    const arrived = list?.accounts.some((account) =>
      wanted
        ? account.id === wanted && account.connection !== 'needs_sign_in'
        : !account.is_demo && !this.#knownBefore.includes(account.id)
    );
    if (list && arrived && this.#phase === 'waiting') {
      this.started = null;
      await this.#finish(list);
    }
  }
}
