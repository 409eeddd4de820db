import {
  call,
  toBackendError,
  type BackendError,
  type DeliveryDetail,
  type DeliveryList,
  type DeliveryState,
  type DeliveryView
} from '$lib/backend';
import { accounts } from '$lib/state/accounts.svelte';
import { feeds } from '$lib/state/feeds';
import { sync } from '$lib/state/sync.svelte';
import { Paged } from '../list/paged.svelte';

const scope = () => (accounts.currentId ? { account_id: accounts.currentId } : {});
/** The summary is asked for at most this often while the list is not on the screen. */
const REST_MS = 2000;

/** What webhooks delivered, and the one that is open beside the list. */
export class Deliveries {
  /** Only in this state; all without one. */
  state = $state<DeliveryState | null>(null);
  row = $state.raw<DeliveryView | null>(null);
  detail = $state.raw<DeliveryDetail | null>(null);
  error = $state.raw<BackendError | null>(null);
  isReplaying = $state(false);
  readonly list = new Paged<DeliveryView>(async (page) => {
    const found = await call('delivery_list', {
      ...scope(),
      ...page,
      ...(this.state ? { state: this.state } : {})
    });
    this.#count(found);
    return found.rows;
  });
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(state: DeliveryState | null) {
    this.state = state;
    void this.list.load();
  }

  clear() {
    this.list.clear();
    this.close();
  }

  /** Follows what arrives; while nobody has looked at the list, only how many there are. */
  follow(): () => void {
    const stops = [
      feeds.deliveries.subscribe(({ account_id }) => {
        if (account_id === accounts.currentId) this.#soon();
      }),
      feeds.resync.subscribe(() => this.list.soon())
    ];
    return () => {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      stops.forEach((stop) => stop());
    };
  }

  async open(row: DeliveryView): Promise<void> {
    const turn = ++this.#turn;
    if (row.id !== this.row?.id) this.detail = null;
    this.row = row;
    this.error = null;
    try {
      const detail = await call('delivery_get', { ...scope(), id: row.id });
      if (turn === this.#turn) this.detail = detail;
    } catch (thrown) {
      if (turn === this.#turn) this.error = toBackendError(thrown);
    }
  }

  close() {
    this.#turn++;
    this.row = null;
    this.detail = null;
    this.error = null;
  }

  /** Has it looked at once more. Twice does no harm: what is known changes nothing. */
  async replay(): Promise<boolean> {
    const { row } = this;
    if (!row) return false;
    this.isReplaying = true;
    this.error = null;
    try {
      const found = await call('delivery_replay', { ...scope(), id: row.id });
      this.#count(found);
      await this.list.load();
      const now = this.list.rows?.find((one) => one.id === row.id) ?? row;
      if (this.row?.id === row.id) await this.open(now);
      return true;
    } catch (thrown) {
      this.error = toBackendError(thrown);
      return false;
    } finally {
      this.isReplaying = false;
    }
  }

  #soon() {
    if (this.list.rows !== null) {
      this.list.soon();
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // Only numbers for a tile: whoever opens the list is told when it cannot be read.
      call('delivery_list', { ...scope(), limit: 1 }).then(
        (found) => this.#count(found),
        () => undefined
      );
    }, REST_MS);
  }

  #count({ summary }: DeliveryList) {
    if (accounts.currentId) sync.patch(accounts.currentId, { deliveries: summary });
  }
}
