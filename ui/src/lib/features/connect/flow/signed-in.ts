import type { AccountSummary, SignInOutcome } from '$lib/backend';
import { accounts } from '$lib/state/accounts.svelte';
import { sync } from '$lib/state/sync.svelte';
import type { Draft } from './draft.svelte';

/** Takes a finished sign-in into the program's state; nothing secret stays in the page. */
export async function takeOutcome(outcome: SignInOutcome, draft: Draft): Promise<AccountSummary> {
  accounts.apply(outcome.accounts);
  draft.clear();
  // The checklist shows the import at once; a failure here is repaired by the next event.
  await sync.load().catch(() => {});
  return outcome.account;
}
