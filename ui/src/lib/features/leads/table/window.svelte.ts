/* eslint-disable svelte/prefer-svelte-reactivity -- these collections are private or rebuilt whole; a rune beside them tells who reads */
import { toBackendError, type BackendError, type LeadList, type LeadRow } from '$lib/backend';

export const BLOCK_ROWS = 100;
/** 4,000 rows: a few megabytes, and scrolling back finds them still here. */
const MOST_BLOCKS = 40;
/** One for what is on the screen, one for what comes next. */
const AT_ONCE = 2;

/** Reads `limit` rows from `offset` on, all of the same question. */
export type ReadRows = (offset: number, limit: number) => Promise<LeadList>;

const blockOf = (row: number) => Math.floor(row / BLOCK_ROWS);

/**
 * A table of any length of which only the blocks near the screen are here. A new question keeps the
 * old answer on the screen until the first block of the new one is here, so nothing ever flashes.
 */
export class LeadWindow {
  /** Rows in all; null until the first answer. */
  total = $state<number | null>(null);
  error = $state.raw<BackendError | null>(null);
  /** A new question was asked and the rows shown still answer the one before. */
  isAsking = $state(false);
  /** Raised whenever rows came or changed: whoever draws rows reads it. */
  #version = $state(0);
  #blocks = new Map<number, LeadRow[]>();
  #underWay = new Set<number>();
  #read: ReadRows | null = null;
  /** Answers of an earlier turn are thrown away. */
  #turn = 0;
  #first = 0;
  #last = 0;
  #downwards = true;

  row(index: number): LeadRow | undefined {
    void this.#version;
    return this.#blocks.get(blockOf(index))?.[index % BLOCK_ROWS];
  }

  /** Where a row is among those that are here; -1 when it is not. */
  indexOf(id: string): number {
    void this.#version;
    for (const [block, rows] of this.#blocks) {
      const place = rows.findIndex((row) => row.id === id);
      if (place >= 0) return block * BLOCK_ROWS + place;
    }
    return -1;
  }

  /** The rows of two places and all between them, read where they are not here. */
  async between(from: number, to: number): Promise<LeadRow[]> {
    const read = this.#read;
    const rows: LeadRow[] = [];
    for (let block = blockOf(from); read && block <= blockOf(to); block++) {
      const here = this.#blocks.get(block) ?? (await read(block * BLOCK_ROWS, BLOCK_ROWS)).rows;
      const first = block * BLOCK_ROWS;
      rows.push(...here.slice(Math.max(0, from - first), to - first + 1));
    }
    return rows;
  }

  /** Asks anew from the top. */
  async ask(read: ReadRows): Promise<void> {
    const turn = ++this.#turn;
    this.#underWay.clear();
    this.#read = read;
    this.isAsking = true;
    try {
      const list = await read(0, BLOCK_ROWS);
      if (turn !== this.#turn) return;
      this.#blocks = new Map([[0, list.rows]]);
      this.#first = this.#last = 0;
      this.#accept(list.total);
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.error = toBackendError(thrown);
    } finally {
      if (turn === this.#turn) this.isAsking = false;
    }
    this.#fill();
  }

  /** These rows are on the screen now: brings what is missing, then what comes next. */
  show(first: number, last: number): void {
    if (first !== this.#first) this.#downwards = first > this.#first;
    this.#first = first;
    this.#last = last;
    this.#fill();
  }

  /**
   * Reads what is on the screen again. With `keepOrder` the rows stay where they are and only their
   * contents change; the answer says whether that hides something. `moved` is by how many rows the
   * first row on the screen went down.
   */
  async reread(keepOrder: boolean): Promise<{ isHeld: boolean; moved: number }> {
    const nothing = { isHeld: false, moved: 0 };
    const read = this.#read;
    if (!read || this.isAsking) return nothing;
    const turn = ++this.#turn;
    this.#underWay.clear();
    const from = Math.max(0, blockOf(this.#first) - (this.#first % BLOCK_ROWS < 50 ? 1 : 0));
    const to = Math.max(blockOf(this.#last), from);
    const fresh = new Map<number, LeadRow[]>();
    let total = 0;
    try {
      for (let block = from; block <= to; block++) {
        const list = await read(block * BLOCK_ROWS, BLOCK_ROWS);
        if (turn !== this.#turn) return nothing;
        fresh.set(block, list.rows);
        total = list.total;
      }
    } catch (thrown) {
      if (turn === this.#turn) this.error = toBackendError(thrown);
      return nothing;
    }
    const isSame = total === this.total && this.#hasOrderOf(fresh);
    if (keepOrder && !isSame) {
      this.#renew(fresh);
      this.#fill();
      return { isHeld: true, moved: 0 };
    }
    const moved = this.#movedBy(fresh);
    if (isSame) for (const [block, rows] of fresh) this.#blocks.set(block, rows);
    else this.#blocks = fresh;
    this.#accept(total);
    this.#fill();
    return { isHeld: false, moved };
  }

  /** Forgets everything: another account is on the screen. */
  clear(): void {
    this.#turn++;
    this.#blocks.clear();
    this.#underWay.clear();
    this.#read = null;
    this.total = null;
    this.error = null;
    this.isAsking = false;
    this.#version++;
  }

  #accept(total: number): void {
    this.total = total;
    this.error = null;
    this.#version++;
  }

  #hasOrderOf(fresh: ReadonlyMap<number, LeadRow[]>): boolean {
    for (const [block, rows] of fresh) {
      const here = this.#blocks.get(block);
      if (!here || here.length !== rows.length) return false;
      if (rows.some((row, index) => row.id !== here[index]?.id)) return false;
    }
    return true;
  }

  /** New contents for rows that keep their place. */
  #renew(fresh: ReadonlyMap<number, LeadRow[]>): void {
    const byId = new Map([...fresh.values()].flat().map((row) => [row.id, row]));
    for (const [block, rows] of this.#blocks) {
      if (rows.some((row) => byId.has(row.id))) {
        this.#blocks.set(
          block,
          rows.map((row) => byId.get(row.id) ?? row)
        );
      }
    }
    this.#version++;
  }

  #movedBy(fresh: ReadonlyMap<number, LeadRow[]>): number {
    const anchor = this.#blocks.get(blockOf(this.#first))?.[this.#first % BLOCK_ROWS];
    if (!anchor || this.#first === 0) return 0;
    for (const [block, rows] of fresh) {
      const place = rows.findIndex((row) => row.id === anchor.id);
      if (place >= 0) return block * BLOCK_ROWS + place - this.#first;
    }
    return 0;
  }

  /** The blocks to have, most urgent first. */
  #wanted(): number[] {
    if (!this.total) return [];
    const end = blockOf(this.total - 1);
    const top = Math.min(blockOf(this.#first), end);
    const bottom = Math.min(blockOf(this.#last), end);
    const wanted: number[] = [];
    for (let block = top; block <= bottom; block++) wanted.push(block);
    const ahead = this.#downwards ? [bottom + 1, top - 1] : [top - 1, bottom + 1];
    return [...wanted, ...ahead.filter((block) => block >= 0 && block <= end)];
  }

  #fill(): void {
    const read = this.#read;
    if (!read || this.isAsking) return;
    for (const block of this.#wanted()) {
      const here = this.#blocks.get(block);
      if (here) {
        // The most recently wanted are dropped last.
        this.#blocks.delete(block);
        this.#blocks.set(block, here);
      } else if (this.#underWay.size < AT_ONCE && !this.#underWay.has(block)) {
        void this.#bring(block, read);
      }
    }
  }

  async #bring(block: number, read: ReadRows): Promise<void> {
    const turn = this.#turn;
    this.#underWay.add(block);
    try {
      const list = await read(block * BLOCK_ROWS, BLOCK_ROWS);
      if (turn !== this.#turn) return;
      this.#blocks.set(block, list.rows);
      for (const oldest of this.#blocks.keys()) {
        if (this.#blocks.size <= MOST_BLOCKS) break;
        this.#blocks.delete(oldest);
      }
      this.#accept(list.total);
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.#underWay.delete(block);
      this.error = toBackendError(thrown);
      // What failed is asked for again when the person moves on, not in a circle.
      return;
    }
    this.#underWay.delete(block);
    this.#fill();
  }
}
