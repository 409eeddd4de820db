import { goto } from '$app/navigation';
import { t } from '$lib/i18n';
import { accounts } from '$lib/state/accounts.svelte';
import { feeds } from '$lib/state/feeds';
import { sync } from '$lib/state/sync.svelte';
import { toasts } from '$lib/ui';

/** Says so when Kommo does not accept a change; what was held before is on the first page and the rail. */
export function followHeld(): () => void {
  let known: { accountId: string; wedged: number } | null = null;
  const first = sync.status;
  if (first) known = { accountId: first.account_id, wedged: first.outbox.wedged };
  return feeds.outbox.subscribe(({ account_id: accountId, summary: { wedged } }) => {
    if (accountId !== accounts.currentId) return;
    // What is known of another account, or of none, is no news.
    const before = known?.accountId === accountId ? known.wedged : wedged;
    known = { accountId, wedged };
    if (wedged <= before) return;
    toasts.show({
      tone: 'bad',
      title: t('frame.held.title', { count: wedged - before }),
      body: t('frame.held.body'),
      action: { label: t('frame.held.see'), run: () => void goto('/sync?tab=stuck') }
    });
  });
}
