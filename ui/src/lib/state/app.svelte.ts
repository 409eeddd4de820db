import type { AppStatus, BackendError, Link } from '$lib/backend';
import { call } from '$lib/backend';

/** The program itself: whether it is open, and what it says of itself. */
class App {
  phase = $state<'starting' | 'ready' | 'failed'>('starting');
  status = $state.raw<AppStatus | null>(null);
  /** Why it did not start. */
  error = $state.raw<BackendError | null>(null);
  /** Whether the host answers. */
  link = $state<Link>('up');

  /** The data can be read: anything else needs the person first. */
  get isOpen(): boolean {
    return this.status?.vault === 'open';
  }

  apply(status: AppStatus) {
    this.status = status;
    this.phase = 'ready';
    this.error = null;
  }

  fail(error: BackendError) {
    this.error = error;
    if (!this.status) this.phase = 'failed';
  }

  async unlock(passphrase: string, create: boolean): Promise<AppStatus> {
    const status = await call(create ? 'vault_create' : 'vault_unlock', { passphrase });
    this.apply(status);
    return status;
  }
}

export const app = new App();
