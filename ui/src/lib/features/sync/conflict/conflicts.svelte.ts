import {
  call,
  toBackendError,
  type BackendError,
  type ConflictList,
  type ConflictView
} from '$lib/backend';
import { accounts } from '$lib/state/accounts.svelte';
import { feeds } from '$lib/state/feeds';
import { sync } from '$lib/state/sync.svelte';
import { SvelteSet } from 'svelte/reactivity';
import { Paged } from '../list/paged.svelte';

const scope = () => (accounts.currentId ? { account_id: accounts.currentId } : {});

/** Values that lost, and what a person decides about them. */
export class Conflicts {
  /** Also those that are decided. */
  withEnded = $state(false);
  readonly busy = new SvelteSet<number>();
  error = $state.raw<BackendError | null>(null);
  readonly list = new Paged<ConflictView>(async (page) => {
    const found = await call('conflict_list', {
      ...scope(),
      ...page,
      with_ended: this.withEnded
    });
    this.#count(found);
    return found.rows;
  });

  show(withEnded: boolean) {
    this.withEnded = withEnded;
    void this.list.load();
  }

  clear() {
    this.list.clear();
    this.error = null;
  }

  follow(): () => void {
    const stops = [
      feeds.outbox.subscribe(({ account_id }) => {
        if (account_id === accounts.currentId) this.list.soon();
      }),
      feeds.resync.subscribe(() => this.list.soon())
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** Asks for the lost value again. */
  undo(row: ConflictView): Promise<boolean> {
    return this.#end(row, () => call('conflict_undo', { ...scope(), id: row.id }));
  }

  /** Leaves it as it is. */
  dismiss(row: ConflictView): Promise<boolean> {
    return this.#end(row, () => call('conflict_dismiss', { ...scope(), id: row.id }));
  }

  async #end(row: ConflictView, work: () => Promise<ConflictList>): Promise<boolean> {
    this.busy.add(row.id);
    this.error = null;
    let done = true;
    try {
      this.#count(await work());
    } catch (thrown) {
      this.error = toBackendError(thrown);
      done = false;
    }
    await this.list.load();
    this.busy.delete(row.id);
    return done;
  }

  #count({ open }: ConflictList) {
    const known = sync.status;
    if (known) sync.patch(known.account_id, { outbox: { ...known.outbox, conflicts: open } });
  }
}
