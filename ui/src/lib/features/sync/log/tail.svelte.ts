/* eslint-disable svelte/prefer-svelte-reactivity -- these collections are private or rebuilt whole; a rune beside them tells who reads */
import {
  toBackendError,
  type BackendError,
  type LogDirection,
  type LogList,
  type LogListRequest,
  type LogOutcome,
  type LogRow
} from '$lib/backend';
import { wordedAs } from './worded';

/** Which rows are looked at. */
export interface LogQuestion {
  search: string;
  directions: LogDirection[];
  outcomes: LogOutcome[];
  /** Kommo's number of the one lead that is looked at. */
  leadKommoId: number | null;
}

export const EVERY_ROW: LogQuestion = {
  search: '',
  directions: [],
  outcomes: [],
  leadKommoId: null
};

export type ReadLog = (request: LogListRequest) => Promise<LogList>;

const PAGE_ROWS = 100;

/** Newest first, each row once. */
function merge(newer: readonly LogRow[], older: readonly LogRow[]): LogRow[] {
  const top = older[0]?.id ?? -Infinity;
  const known = new Set(older.map((row) => row.id));
  const fresh = newer.filter((row) => !known.has(row.id));
  if (fresh.every((row) => row.id > top)) return [...fresh, ...older];
  return [...fresh, ...older].sort((a, b) => b.id - a.id);
}

/**
 * The log, newest first, growing at the top while it is live and at the bottom while one scrolls.
 * What arrives while it is held waits beside the list, so nothing moves under the pointer.
 */
export class LogTail {
  rows = $state.raw<LogRow[]>([]);
  /** Rows that match in all, with those that wait. */
  total = $state(0);
  isLoading = $state(true);
  isLoadingOlder = $state(false);
  /** The list stands still: the pointer or the focus is on it. */
  isHeld = $state(false);
  error = $state.raw<BackendError | null>(null);
  question = $state.raw<LogQuestion>(EVERY_ROW);
  #held = $state.raw<LogRow[]>([]);
  #hasAll = $state(false);
  #read: ReadLog;
  #turn = 0;
  #headIsRead = false;
  #headAgain = false;

  constructor(read: ReadLog) {
    this.#read = read;
  }

  /** New rows that wait to be shown. */
  get heldCount(): number {
    return this.#held.length;
  }

  /** The oldest row is here. */
  get hasAll(): boolean {
    return this.#hasAll;
  }

  /** The question as the core takes it. */
  get request(): LogListRequest {
    const { search, directions, outcomes, leadKommoId } = this.question;
    const worded = wordedAs(search);
    return {
      directions: [...directions],
      outcomes: [...outcomes],
      ...(search.trim() ? { search: search.trim() } : {}),
      ...(worded ? { worded } : {}),
      ...(leadKommoId === null ? {} : { lead_kommo_id: leadKommoId })
    };
  }

  /** Asks anew; the rows shown stay until the answer is here. */
  async ask(question: LogQuestion = this.question): Promise<void> {
    const turn = ++this.#turn;
    this.question = question;
    this.isLoading = true;
    this.isLoadingOlder = false;
    try {
      const list = await this.#read({ ...this.request, limit: PAGE_ROWS });
      if (turn !== this.#turn) return;
      this.rows = list.rows;
      this.total = list.total;
      this.#held = [];
      this.#hasAll = list.rows.length < PAGE_ROWS;
      this.error = null;
    } catch (thrown) {
      if (turn === this.#turn) this.error = toBackendError(thrown);
    } finally {
      if (turn === this.#turn) this.isLoading = false;
    }
  }

  /** Brings the rows before the last one. */
  async older(): Promise<void> {
    const last = this.rows.at(-1);
    if (!last || this.#hasAll || this.isLoading || this.isLoadingOlder) return;
    const turn = this.#turn;
    this.isLoadingOlder = true;
    try {
      const list = await this.#read({ ...this.request, before_id: last.id, limit: PAGE_ROWS });
      if (turn !== this.#turn) return;
      this.rows = [...this.rows, ...list.rows.filter((row) => row.id < last.id)];
      this.#hasAll = list.rows.length < PAGE_ROWS;
      this.error = null;
    } catch (thrown) {
      if (turn === this.#turn) this.error = toBackendError(thrown);
    } finally {
      if (turn === this.#turn) this.isLoadingOlder = false;
    }
  }

  /** Rows that just happened. Those the core left out, and those only it can match, are read. */
  append(rows: readonly LogRow[], skipped: number): void {
    if (this.question.search.trim() || skipped > 0) {
      void this.#readHead();
      return;
    }
    this.#take(rows.filter((row) => this.#matches(row)));
  }

  hold(): void {
    this.isHeld = true;
  }

  /** The list runs again, with what waited at its top. */
  release(): void {
    this.isHeld = false;
    if (this.#held.length > 0) this.rows = merge(this.#held, this.rows);
    this.#held = [];
  }

  clear(): void {
    this.#turn++;
    this.rows = [];
    this.#held = [];
    this.total = 0;
    this.#hasAll = false;
    this.isLoading = true;
    this.error = null;
  }

  #matches(row: LogRow): boolean {
    const { directions, outcomes, leadKommoId } = this.question;
    return (
      (directions.length === 0 || directions.includes(row.direction)) &&
      (outcomes.length === 0 || outcomes.includes(row.outcome)) &&
      (leadKommoId === null || (row.entity_kind === 'lead' && row.entity_kommo_id === leadKommoId))
    );
  }

  #take(rows: readonly LogRow[]): void {
    const known = new Set([...this.rows, ...this.#held].map((row) => row.id));
    const fresh = rows.filter((row) => !known.has(row.id));
    if (fresh.length === 0) return;
    this.total += fresh.length;
    if (this.isHeld) this.#held = merge(fresh, this.#held);
    else this.rows = merge(fresh, this.rows);
  }

  /** Reads the newest rows; at most one such reading at a time, and one more after it. */
  async #readHead(): Promise<void> {
    if (this.#headIsRead) {
      this.#headAgain = true;
      return;
    }
    this.#headIsRead = true;
    const turn = this.#turn;
    try {
      const list = await this.#read({ ...this.request, limit: PAGE_ROWS });
      if (turn !== this.#turn) return;
      const newest = Math.max(this.rows[0]?.id ?? -Infinity, this.#held[0]?.id ?? -Infinity);
      const oldest = list.rows.at(-1)?.id ?? -Infinity;
      if (oldest > newest && list.rows.length === PAGE_ROWS && !this.isHeld) {
        // More happened than one page: what lies between is not here, so the list starts anew.
        this.rows = list.rows;
        this.#held = [];
        this.#hasAll = false;
      } else {
        this.#take(list.rows.filter((row) => row.id > newest));
      }
      this.total = list.total;
    } catch (thrown) {
      if (turn === this.#turn) this.error = toBackendError(thrown);
    } finally {
      this.#headIsRead = false;
      if (this.#headAgain) {
        this.#headAgain = false;
        void this.#readHead();
      }
    }
  }
}
