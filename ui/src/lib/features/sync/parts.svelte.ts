import { Conflicts } from './conflict/conflicts.svelte';
import { Deliveries } from './delivery/deliveries.svelte';
import { Webhook } from './instant/webhook.svelte';
import { Outbox } from './outbox/outbox.svelte';

/** What the tabs beside the log show. It outlives a change of tabs. */
export class SyncParts {
  readonly outbox = new Outbox();
  readonly conflicts = new Conflicts();
  readonly deliveries = new Deliveries();
  readonly webhook = new Webhook();

  /** Another account is on the screen. */
  clear() {
    for (const one of [this.outbox, this.conflicts, this.deliveries, this.webhook]) one.clear();
  }

  follow(): () => void {
    const stops = [this.outbox, this.conflicts, this.deliveries].map((one) => one.follow());
    return () => stops.forEach((stop) => stop());
  }
}
