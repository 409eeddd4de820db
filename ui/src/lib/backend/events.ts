// Every event of the core passes here, in one switch that does not compile when one is left out.
import { accounts } from '$lib/state/accounts.svelte';
import { app } from '$lib/state/app.svelte';
import { feeds } from '$lib/state/feeds';
import { notices } from '$lib/state/notices';
import { preferences } from '$lib/state/preferences.svelte';
import { sync } from '$lib/state/sync.svelte';
import type { AppEvent } from './contract.gen';

function unknown(event: never): void {
  // A newer core than this page: the program was updated while the page stayed open.
  console.warn('event of an unknown type', (event as AppEvent).type);
}

export function applyEvent(event: AppEvent): void {
  switch (event.type) {
    case 'app_changed':
      app.apply(event.status);
      accounts.apply(event.status.accounts);
      preferences.apply(event.status.preferences);
      return;
    case 'preferences_changed':
      preferences.apply(event.preferences);
      return;
    case 'accounts_changed':
      accounts.apply(event.accounts);
      return;
    case 'sync_changed':
      sync.apply(event.status);
      return;
    case 'leads_changed':
      feeds.leads.publish(event);
      return;
    case 'structure_changed':
      feeds.structure.publish(event);
      return;
    case 'log_appended':
      feeds.log.publish(event);
      return;
    case 'outbox_changed':
      sync.patch(event.account_id, { outbox: event.summary });
      feeds.outbox.publish(event);
      return;
    case 'deliveries_changed':
      feeds.deliveries.publish(event);
      return;
    case 'sign_in_finished':
      feeds.signIn.publish(event);
      return;
    case 'notice':
      notices.show(event.notice);
      return;
    default:
      unknown(event);
  }
}
