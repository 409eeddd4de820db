import { call, type AccountSummary } from '$lib/backend';
import { accounts } from '$lib/state/accounts.svelte';
import { sync } from '$lib/state/sync.svelte';
import { Submission } from './submission.svelte';

/** Starts the demo account. It needs no key, so it works while the data is locked. */
export class Demo {
  readonly submission = new Submission([]);

  async start(): Promise<AccountSummary | null> {
    return this.submission.run(async () => {
      const outcome = await call('demo_start');
      accounts.apply(outcome.accounts);
      await sync.load().catch(() => {});
      return outcome.account;
    });
  }
}

export const demo = new Demo();
