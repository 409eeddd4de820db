import { connectBackend, toBackendError } from '$lib/backend';
import { negotiate } from '$lib/i18n';
import { applyEvent } from '$lib/backend/events';
import { accounts } from './accounts.svelte';
import { app } from './app.svelte';
import { feeds } from './feeds';
import { preferences } from './preferences.svelte';
import { sync } from './sync.svelte';

async function readAll(): Promise<void> {
  try {
    const backend = await connectBackend();
    // Notifications come worded from the core: until a person chooses, it speaks what this page does.
    const status = await backend.call('app_status', { language: negotiate(navigator.languages) });
    app.apply(status);
    preferences.apply(status.preferences);
    accounts.apply(status.accounts);
    if (status.vault === 'open') await sync.load();
  } catch (thrown) {
    app.fail(toBackendError(thrown));
  }
}

/** Connects to the core, reads what every page needs and follows its events. Returns the way to stop. */
export async function start(): Promise<() => void> {
  const backend = await connectBackend();
  let wasDown = false;
  const stop = backend.subscribe(applyEvent, (link) => {
    app.link = link;
    if (link === 'up' && wasDown) void readAll().then(() => feeds.resync.publish());
    wasDown = link !== 'up';
  });
  await readAll();
  return stop;
}

/** Tries again after a start that failed. */
export async function retryStart(): Promise<void> {
  app.phase = 'starting';
  await readAll();
}
