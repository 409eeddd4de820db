import type { AppEvent, CommandName, Commands } from './contract.gen';

/** What a command takes; commands whose request may be empty can be called without one. */
export type RequestOf<C extends CommandName> = Commands[C]['request'];
export type ResponseOf<C extends CommandName> = Commands[C]['response'];

type IsEmpty<T> = Record<never, never> extends T ? true : false;
export type RequestArgs<C extends CommandName> =
  IsEmpty<RequestOf<C>> extends true ? [request?: RequestOf<C>] : [request: RequestOf<C>];

/** Whether events arrive: `down` while the host does not answer, `refused` when it will not. */
export type Link = 'up' | 'down' | 'refused';

/** The one door to the core. Two hosts stand behind it: the desktop shell and the loopback server. */
export interface Backend {
  readonly host: 'tauri' | 'http';

  /** Runs a command. Fails with a `BackendError` and nothing else. */
  call<C extends CommandName>(command: C, ...args: RequestArgs<C>): Promise<ResponseOf<C>>;

  /**
   * Hands over every event until the returned function is called. `link` hears when events stop
   * arriving and when they do again: whatever was missed has to be read anew then.
   */
  subscribe(handler: (event: AppEvent) => void, link?: (state: Link) => void): () => void;

  /** Opens a web address in the system's browser. */
  openExternal(url: string): Promise<void>;
}

/** Only web addresses leave the window; anything else would run a program. */
export function isWebAddress(url: string): boolean {
  try {
    const { protocol, hostname } = new URL(url);
    return (
      protocol === 'https:' ||
      (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    );
  } catch {
    return false;
  }
}
