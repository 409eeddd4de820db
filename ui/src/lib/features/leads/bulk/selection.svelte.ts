import type { BulkLeads, LeadRow } from '$lib/backend';
import { SvelteSet } from 'svelte/reactivity';

/** Reads the rows from one place to another, both included. */
export type ReadBetween = (from: number, to: number) => Promise<LeadRow[]>;

/** So many are read to take one out of "all"; with more, the choice starts anew. */
const MOST_READ = 10_000;

/** The leads marked in the table: one by one, or all that match. */
export class LeadSelection {
  #ids = new SvelteSet<string>();
  /** Everything that matches the question, read or not. */
  isAll = $state(false);
  #anchor = -1;

  get hasAny(): boolean {
    return this.isAll || this.#ids.size > 0;
  }

  has(id: string): boolean {
    return this.isAll || this.#ids.has(id);
  }

  /** How many, of `total` that match. */
  count(total: number): number {
    return this.isAll ? total : this.#ids.size;
  }

  /** Marks a row or takes the mark off; with `reach`, all rows from the last marked one on. */
  async toggle(
    lead: LeadRow,
    index: number,
    reach: boolean,
    total: number,
    read: ReadBetween
  ): Promise<void> {
    const anchor = this.#anchor;
    this.#anchor = index;
    if (this.isAll) {
      const isFew = total <= MOST_READ;
      const rows = isFew ? await read(0, total - 1) : [];
      this.isAll = false;
      for (const row of rows) this.#ids.add(row.id);
      if (isFew) this.#ids.delete(lead.id);
      return;
    }
    if (reach && anchor >= 0 && anchor !== index) {
      const rows = await read(Math.min(anchor, index), Math.max(anchor, index));
      for (const row of rows) this.#ids.add(row.id);
    } else if (this.#ids.has(lead.id)) this.#ids.delete(lead.id);
    else this.#ids.add(lead.id);
  }

  all(): void {
    this.#ids.clear();
    this.isAll = true;
  }

  clear(): void {
    this.#ids.clear();
    this.isAll = false;
    this.#anchor = -1;
  }

  /** Which leads a change is for; `matching` is the question that "all" answers. */
  leads(matching: Extract<BulkLeads, { by: 'matching' }>): BulkLeads {
    return this.isAll ? matching : { by: 'ids', lead_ids: [...this.#ids] };
  }
}
