import { isWebAddress, type Backend, type Link } from './backend';
import type { AppEvent } from './contract.gen';
import { BackendError, toBackendError } from './errors';
import { EventStreamParser } from './sse';

const STORED_KEY = 'cadencia.key';
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * The key the server put into the address it printed (`/?key=...` or `#key=...`): kept for this tab
 * and taken out of the address bar, so that it is neither bookmarked nor shared on a screen.
 */
export function takeKeyFromAddress(): void {
  const url = new URL(location.href);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const key = url.searchParams.get('key') ?? fragment.get('key');
  if (!key) return;
  sessionStorage.setItem(STORED_KEY, key);
  url.searchParams.delete('key');
  fragment.delete('key');
  url.hash = fragment.toString();
  history.replaceState(history.state, '', url);
}

async function refusal(response: Response): Promise<BackendError> {
  if (response.status === 401) return new BackendError('host_refused');
  try {
    return toBackendError(await response.json());
  } catch (cause) {
    return new BackendError('internal', '', 'retry', null, { cause });
  }
}

/** The loopback server: commands by POST, events as a stream read with the same key. */
export function httpBackend(base = ''): Backend {
  const headers = (): Record<string, string> => ({
    authorization: `Bearer ${sessionStorage.getItem(STORED_KEY) ?? ''}`
  });

  async function readEvents(
    handler: (event: AppEvent) => void,
    link: (state: Link) => void,
    signal: AbortSignal
  ): Promise<void> {
    const response = await fetch(`${base}/events`, {
      headers: { ...headers(), accept: 'text/event-stream' },
      signal
    });
    if (response.status === 401) throw new BackendError('host_refused');
    if (!response.ok || !response.body) throw new BackendError('host_unreachable');
    link('up');
    const parser = new EventStreamParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const { type, data } of parser.push(value)) {
        if (type === 'message') handler(JSON.parse(data) as AppEvent);
        else if (type === 'lagged') {
          // We read too slowly and missed some: as if the stream had been away for a moment.
          link('down');
          link('up');
        }
      }
    }
  }

  return {
    host: 'http',

    async call(command, ...[request]) {
      let response: Response;
      try {
        response = await fetch(`${base}/call/${command}`, {
          method: 'POST',
          headers: { ...headers(), 'content-type': 'application/json' },
          body: JSON.stringify(request ?? {})
        });
      } catch (cause) {
        throw new BackendError('host_unreachable', '', 'retry', null, { cause });
      }
      if (!response.ok) throw await refusal(response);
      return response.json();
    },

    subscribe(handler, link = () => {}) {
      const stop = new AbortController();
      let wait = FIRST_WAIT_MS;
      let timer: ReturnType<typeof setTimeout> | undefined;

      const attempt = async () => {
        try {
          await readEvents(
            handler,
            (state) => {
              wait = FIRST_WAIT_MS;
              link(state);
            },
            stop.signal
          );
        } catch (thrown) {
          if (stop.signal.aborted) return;
          if (thrown instanceof BackendError && thrown.code === 'host_refused') {
            link('refused');
            return;
          }
        }
        if (stop.signal.aborted) return;
        link('down');
        timer = setTimeout(() => void attempt(), wait);
        wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      };
      void attempt();

      return () => {
        stop.abort();
        clearTimeout(timer);
      };
    },

    async openExternal(url) {
      if (isWebAddress(url)) window.open(url, '_blank', 'noopener,noreferrer');
    }
  };
}
