import {
  BackendError,
  call,
  type AccountSummary,
  type EnvImportPreview,
  type EnvTarget
} from '$lib/backend';
import { readAddress } from '../reading/address';
import { readCode } from '../reading/integration';
import type { Reading } from '../reading/note';
import type { Draft } from './draft.svelte';
import { takeOutcome } from './signed-in';
import { Submission } from './submission.svelte';

/** No settings file of this kind is nearly as long; something else was dropped. */
const LARGEST_BYTES = 256 * 1024;

/** What the file lets us do: sign in, sign in with a code, or only fill the form of a way in. */
export type EnvWay = 'token' | 'code' | 'form';

const TARGETS: readonly EnvTarget[] = ['pipeline', 'stage', 'field', 'user'];

/** A settings file that was dropped on the window or chosen: what it holds, and signing in with it. */
export class EnvImport {
  readonly reading = new Submission([]);
  readonly submission = new Submission(['code'], { wrong_account: 'code' });
  preview = $state.raw<EnvImportPreview | null>(null);
  fileName = $state('');
  #text = '';

  constructor(
    readonly draft: Draft,
    private readonly now: () => number
  ) {}

  /** Reads a file. Its secrets go to the core and stay there. */
  async take(file: { name: string; size: number; text(): Promise<string> }): Promise<boolean> {
    const preview = await this.reading.run(async () => {
      if (file.size > LARGEST_BYTES) throw new BackendError('env_unreadable');
      const text = await file.text().catch((cause: unknown) => {
        throw new BackendError('env_unreadable', '', 'correct_input', null, { cause });
      });
      const found = await call('env_import_preview', { text });
      this.#text = text;
      return found;
    });
    if (!preview) return false;
    this.preview = preview;
    this.fileName = file.name;
    this.submission.error = null;
    return true;
  }

  get way(): EnvWay {
    const found = this.preview;
    if (!found?.subdomain || !readAddress(found.subdomain).value) return 'form';
    const end = found.token_expires_at_ms;
    if (found.has_long_lived_token && (end === null || end > this.now())) return 'token';
    return found.client_id && found.has_client_secret && found.redirect_uri ? 'code' : 'form';
  }

  get code(): Reading {
    return readCode(this.draft.code);
  }

  get isReady(): boolean {
    return this.way === 'token' || (this.way === 'code' && this.code.value !== null);
  }

  /** How many lines of mapping point to each kind of thing. */
  get mappingCounts(): { target: EnvTarget; count: number }[] {
    const mapping = this.preview?.mapping ?? [];
    return TARGETS.map((target) => ({
      target,
      count: mapping.filter((line) => line.target === target).length
    })).filter(({ count }) => count > 0);
  }

  async submit(): Promise<AccountSummary | null> {
    if (!this.isReady) return null;
    const code = this.way === 'code' ? this.code.value : null;
    return this.submission.run(async () => {
      const outcome = await this.#signIn(code);
      this.clear();
      return takeOutcome(outcome, this.draft);
    });
  }

  /** The core keeps the secrets for ten minutes: after that the same file is read once more. */
  async #signIn(code: string | null) {
    const request = () => ({
      draft_id: this.preview?.draft_id ?? '',
      ...(code ? { code } : {})
    });
    try {
      return await call('env_import_sign_in', request());
    } catch (thrown) {
      const forgotten =
        thrown instanceof BackendError &&
        (thrown.code === 'sign_in_expired' ||
          (thrown.code === 'invalid_request' && thrown.detail === 'draft_id'));
      if (!forgotten) throw thrown;
      this.preview = await call('env_import_preview', { text: this.#text });
      return await call('env_import_sign_in', request());
    }
  }

  /** Takes what the file holds into the forms, without its secrets: those stay in the core. */
  fillForms(): void {
    const found = this.preview;
    if (!found) return;
    if (found.subdomain) this.draft.address = found.subdomain;
    if (found.client_id) this.draft.clientId = found.client_id;
    if (found.redirect_uri) this.draft.redirect = found.redirect_uri;
  }

  clear(): void {
    this.preview = null;
    this.fileName = '';
    this.#text = '';
    this.reading.error = null;
    this.submission.error = null;
  }
}
