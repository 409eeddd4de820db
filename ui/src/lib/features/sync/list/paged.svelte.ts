import type { BackendError } from '$lib/backend';
import { Loader } from '$lib/state/loader.svelte';

/** As many rows as the core hands over at once. */
const MOST = 500;
/** Changes come in bursts: a list is read again at most this often. */
const REST_MS = 400;

export interface PageRequest {
  before_id?: number;
  limit: number;
}

/**
 * A list, newest first, read as far as somebody looked. When something changes it is read again as far: rows of an
 * outbox change their state in place, so new ones on top would not be enough.
 */
export class Paged<R extends { id: number }> {
  /** There are older ones. */
  hasMore = $state(false);
  readonly #size: number;
  readonly #read: (page: PageRequest) => Promise<R[]>;
  readonly #loader: Loader<R[]>;
  #wanted: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(read: (page: PageRequest) => Promise<R[]>, size = 100) {
    this.#read = read;
    this.#size = size;
    this.#wanted = size;
    this.#loader = new Loader(() => this.#readAll());
  }

  /** Nothing until it was read. */
  get rows(): R[] | null {
    return this.#loader.value;
  }

  get error(): BackendError | null {
    return this.#loader.error;
  }

  get loading(): boolean {
    return this.#loader.loading;
  }

  load(): Promise<void> {
    this.#cancel();
    return this.#loader.load();
  }

  /** Reads further back. */
  async older(): Promise<void> {
    if (!this.hasMore || this.loading) return;
    this.#wanted += this.#size;
    await this.load();
  }

  /** Reads again shortly, when somebody has read it before. */
  soon(): void {
    if (this.rows === null && this.error === null) return;
    this.#timer ??= setTimeout(() => void this.load(), REST_MS);
  }

  clear(): void {
    this.#cancel();
    this.#wanted = this.#size;
    this.hasMore = false;
    this.#loader.clear();
  }

  #cancel() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #readAll(): Promise<R[]> {
    const rows: R[] = [];
    let before: number | undefined;
    for (;;) {
      const limit = Math.min(MOST, this.#wanted - rows.length);
      const page = await this.#read({
        limit,
        ...(before === undefined ? {} : { before_id: before })
      });
      rows.push(...page);
      before = page.at(-1)?.id;
      const isLast = page.length < limit || before === undefined;
      if (isLast || rows.length >= this.#wanted) {
        this.hasMore = !isLast;
        return rows;
      }
    }
  }
}
