import { toBackendError, type BackendError } from '$lib/backend';

/** Something read from the core: its value, whether it is being read, why it could not be. */
export class Loader<T> {
  value = $state.raw<T | null>(null);
  error = $state.raw<BackendError | null>(null);
  loading = $state(false);
  #fetch: () => Promise<T>;
  #turn = 0;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  /** Reads it (again). What is shown stays until the answer is here; a later call wins over an earlier. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    this.loading = true;
    try {
      const value = await this.#fetch();
      if (turn !== this.#turn) return;
      this.value = value;
      this.error = null;
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.error = toBackendError(thrown);
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  /** Forgets the value: another account is on the screen. */
  clear() {
    this.#turn++;
    this.value = null;
    this.error = null;
    this.loading = false;
  }
}
