import {
  call,
  toBackendError,
  type BackendError,
  type OutboxSummary,
  type OutboxView,
  type WriteState
} from '$lib/backend';
import { accounts } from '$lib/state/accounts.svelte';
import { feeds } from '$lib/state/feeds';
import { sync } from '$lib/state/sync.svelte';
import { SvelteSet } from 'svelte/reactivity';
import { Paged } from '../list/paged.svelte';

const scope = () => (accounts.currentId ? { account_id: accounts.currentId } : {});

function list(states: WriteState[], size?: number): Paged<OutboxView> {
  return new Paged(async (page) => {
    const found = await call('outbox_list', { ...scope(), ...page, states });
    if (accounts.currentId) sync.patch(accounts.currentId, { outbox: found.summary });
    return found.rows;
  }, size);
}

/** Changes on their way to Kommo, and what a person can do about them. */
export class Outbox {
  readonly open = list(['waiting', 'sending']);
  readonly ended = list(['done', 'superseded', 'conflict', 'discarded'], 20);
  readonly stuck = list(['wedged']);
  /** Rows something is being done about. */
  readonly busy = new SvelteSet<number>();
  isPausing = $state(false);
  error = $state.raw<BackendError | null>(null);

  get summary(): OutboxSummary | null {
    return sync.status?.outbox ?? null;
  }

  clear() {
    for (const one of [this.open, this.ended, this.stuck]) one.clear();
    this.error = null;
  }

  /** Reads again what was read, when something changed or was missed. */
  follow(): () => void {
    const again = () => [this.open, this.ended, this.stuck].forEach((one) => one.soon());
    const stops = [
      feeds.outbox.subscribe(({ account_id }) => {
        if (account_id === accounts.currentId) again();
      }),
      feeds.resync.subscribe(again)
    ];
    return () => stops.forEach((stop) => stop());
  }

  async pause(isPaused: boolean): Promise<void> {
    this.isPausing = true;
    await this.#run(() => call('outbox_pause', { ...scope(), is_paused: isPaused }));
    this.isPausing = false;
  }

  /** Tries one again, or all that are held for the same cause. */
  retry(row: OutboxView, allAlike: boolean): Promise<boolean> {
    return this.#about(row.id, () =>
      call('outbox_retry', { ...scope(), id: row.id, all_alike: allAlike })
    );
  }

  /** Gives one up: Kommo keeps what it has. */
  discard(row: OutboxView): Promise<boolean> {
    return this.#about(row.id, () => call('outbox_discard', { ...scope(), id: row.id }));
  }

  async #about(id: number, work: () => Promise<OutboxSummary>): Promise<boolean> {
    this.busy.add(id);
    const done = await this.#run(work);
    await this.stuck.load();
    this.busy.delete(id);
    return done;
  }

  async #run(work: () => Promise<OutboxSummary>): Promise<boolean> {
    const accountId = accounts.currentId;
    this.error = null;
    try {
      const summary = await work();
      if (accountId) sync.patch(accountId, { outbox: summary });
      return true;
    } catch (thrown) {
      this.error = toBackendError(thrown);
      return false;
    }
  }
}
