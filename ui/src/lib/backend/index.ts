import type { Backend, RequestArgs, ResponseOf } from './backend';
import type { CommandName } from './contract.gen';
import { httpBackend } from './http';

export type { Backend, Link } from './backend';
export type * from './contract.gen';
export { BackendError, toBackendError, type ProblemCode } from './errors';

let current: Backend | null = null;

/** Finds the host this page runs in. */
export async function connectBackend(): Promise<Backend> {
  if (current) return current;
  if (import.meta.env.MODE === 'fake') {
    const { fakeBackend } = await import('./fake');
    current = fakeBackend();
  } else if ('__TAURI_INTERNALS__' in window) {
    const { tauriBackend } = await import('./tauri');
    current = tauriBackend();
  } else {
    current = httpBackend();
  }
  return current;
}

/** Puts another backend in place: tests give theirs. */
export function setBackend(backend: Backend | null): void {
  current = backend;
}

export function backend(): Backend {
  if (!current) throw new Error('connectBackend() has not finished yet');
  return current;
}

/** Runs a command of the core. Fails with a `BackendError`. */
export function call<C extends CommandName>(
  command: C,
  ...args: RequestArgs<C>
): Promise<ResponseOf<C>> {
  return backend().call(command, ...args);
}

/** Opens a web address in the system's browser. */
export function openExternal(url: string): Promise<void> {
  return backend().openExternal(url);
}
