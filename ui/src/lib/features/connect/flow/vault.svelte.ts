import type { AppStatus } from '$lib/backend';
import { accounts } from '$lib/state/accounts.svelte';
import { app } from '$lib/state/app.svelte';
import { sync } from '$lib/state/sync.svelte';
import { SHORTEST, strengthOf, type Strength } from '../reading/strength';
import { Submission } from './submission.svelte';

/** Opens the data: with a passphrase, a new one, or by asking the keyring again. */
export class Vault {
  readonly submission = new Submission([]);
  passphrase = $state('');
  repeat = $state('');

  get strength(): Strength | null {
    return this.passphrase === '' ? null : strengthOf(this.passphrase);
  }

  /** The second typing differs; quiet while it is only unfinished. */
  get differs(): boolean {
    return this.repeat !== '' && !this.passphrase.startsWith(this.repeat);
  }

  get canCreate(): boolean {
    return [...this.passphrase].length >= SHORTEST && this.passphrase === this.repeat;
  }

  async unlock(): Promise<boolean> {
    if (this.passphrase === '') return false;
    return this.#open(() => app.unlock(this.passphrase, false));
  }

  async create(): Promise<boolean> {
    if (!this.canCreate) return false;
    return this.#open(() => app.unlock(this.passphrase, true));
  }

  /** Asks the system's keyring again. */
  async retry(): Promise<boolean> {
    // Nothing is typed here: with an empty passphrase the core asks the keyring itself.
    return this.#open(() => app.unlock('', false));
  }

  /** What was typed is wrong no more once it changes. */
  edited(): void {
    this.submission.error = null;
  }

  async #open(work: () => Promise<AppStatus>): Promise<boolean> {
    const status = await this.submission.run(async () => {
      const status = await work();
      accounts.apply(status.accounts);
      if (status.vault === 'open') await sync.load().catch(() => {});
      return status;
    });
    if (status?.vault !== 'open') return false;
    this.passphrase = '';
    this.repeat = '';
    return true;
  }
}
