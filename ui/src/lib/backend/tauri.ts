import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { isWebAddress, type Backend } from './backend';
import type { AppEvent } from './contract.gen';
import { toBackendError } from './errors';

/** The desktop shell: one Tauri command for all of ours, one Tauri event for all of theirs. */
export function tauriBackend(): Backend {
  return {
    host: 'tauri',

    async call(command, ...[request]) {
      try {
        return await invoke('call', { command, request: request ?? {} });
      } catch (thrown) {
        throw toBackendError(thrown);
      }
    },

    subscribe(handler, link) {
      let open = true;
      const listening = listen<AppEvent>('app_event', ({ payload }) => {
        if (open) handler(payload);
      });
      listening.then(
        () => open && link?.('up'),
        () => open && link?.('refused')
      );
      return () => {
        open = false;
        void listening.then((stop) => stop());
      };
    },

    async openExternal(url) {
      if (!isWebAddress(url)) return;
      try {
        await invoke('open_external', { url });
      } catch (thrown) {
        throw toBackendError(thrown);
      }
    }
  };
}
