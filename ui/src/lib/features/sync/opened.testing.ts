import { render } from '@testing-library/svelte';
import { setBackend, type CommandName } from '$lib/backend';
import { fakeBackend, type FakeBackend } from '$lib/backend/fake';
import type { Scene } from '$lib/backend/fake';
import { applyEvent } from '$lib/backend/events';
import { locale } from '$lib/i18n';
import { start } from '$lib/state/start';
import SyncPage from './SyncPage.svelte';
import type { SyncTab } from './tabs';

export interface Opened {
  core: FakeBackend;
  container: HTMLElement;
  /** What a command was asked with last. */
  asked: (command: CommandName) => unknown;
}

interface Options {
  ontab?: (tab: SyncTab) => void;
  /** Before the page is drawn. */
  prepare?: (core: FakeBackend) => void;
}

/** The page on one of its tabs, over the fake core; events of the core arrive, its clock stands still. */
export async function opened(
  tab: SyncTab,
  scene: Scene = 'usual',
  { ontab, prepare }: Options = {}
): Promise<Opened> {
  const core = fakeBackend(scene);
  setBackend({
    ...core,
    subscribe: (handler, link) => {
      core.subscribe(handler, link)();
      return () => {};
    },
    call: async (command, ...request) => {
      const answer = await core.call(command, ...request);
      if (/^(outbox|conflict|webhook)_(?!list|get)/.test(command)) {
        applyEvent({
          type: 'sync_changed',
          status: await core.call('sync_status', {})
        });
      }
      return answer;
    }
  });
  (await start())();
  locale.use('pt-BR');
  prepare?.(core);
  const { container } = render(SyncPage, { leadKommoId: null, tab, ...(ontab ? { ontab } : {}) });
  const asked = (command: CommandName) =>
    core.calls.filter((call) => call.command === command).at(-1)?.request;
  return { core, container, asked };
}
