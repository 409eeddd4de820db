import {
  call,
  toBackendError,
  type BackendError,
  type WebhookTest,
  type WebhookView
} from '$lib/backend';
import { accounts } from '$lib/state/accounts.svelte';
import { Loader } from '$lib/state/loader.svelte';

const scope = () => (accounts.currentId ? { account_id: accounts.currentId } : {});

type Work = 'save' | 'off' | 'check' | 'test';

/** How Kommo tells of changes at once: the address, the subscription, and whether the way is open. */
export class Webhook {
  readonly loader = new Loader<WebhookView>(() => call('webhook_get', scope()));
  /** What is being done. */
  working = $state<Work | null>(null);
  error = $state.raw<BackendError | null>(null);
  /** How the last test went; nothing once the address changed. */
  result = $state.raw<WebhookTest | null>(null);

  get view(): WebhookView | null {
    return this.loader.value;
  }

  clear() {
    this.loader.clear();
    this.error = null;
    this.result = null;
  }

  save(url: string): Promise<boolean> {
    return this.#set('save', url);
  }

  /** Back to asking Kommo alone. */
  off(): Promise<boolean> {
    return this.#set('off', undefined);
  }

  check(): Promise<boolean> {
    return this.#run('check', async () => {
      this.loader.value = await call('webhook_check', scope());
    });
  }

  test(): Promise<boolean> {
    this.result = null;
    return this.#run('test', async () => {
      this.result = await call('webhook_test', scope());
    });
  }

  #set(work: Work, url: string | undefined): Promise<boolean> {
    return this.#run(work, async () => {
      const asked = url === undefined ? scope() : { ...scope(), public_url: url };
      this.loader.value = await call('webhook_set', asked);
      this.result = null;
    });
  }

  async #run(work: Work, run: () => Promise<void>): Promise<boolean> {
    if (this.working) return false;
    this.working = work;
    this.error = null;
    try {
      await run();
      return true;
    } catch (thrown) {
      this.error = toBackendError(thrown);
      return false;
    } finally {
      this.working = null;
    }
  }
}
