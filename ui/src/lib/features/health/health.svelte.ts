import { call, type AppStatus, type HealthReport, type SyncStatus } from '$lib/backend';
import { feeds } from '$lib/state/feeds';
import { Loader } from '$lib/state/loader.svelte';
import { linesOf, tally, type Line, type Tally } from './lines';

/** What the probes' answers depend on: when it changes, they are asked again. */
function situation(accountId: string, sync: SyncStatus | null, app: AppStatus | null): string {
  return JSON.stringify([
    accountId,
    sync?.connection,
    sync?.import.state,
    sync?.polling.last_at_ms !== null && sync?.polling.last_at_ms !== undefined,
    app?.listener
  ]);
}

/** "Saúde da integração" of one account: asked when something changed, never on a timer. */
export class Health {
  readonly report: Loader<HealthReport>;
  #accountId = '';
  #situation = '';
  #again = false;
  #sync = $state.raw<SyncStatus | null>(null);

  constructor() {
    this.report = new Loader(() => call('health_check', { account_id: this.#accountId }));
  }

  get lines(): Line[] {
    return linesOf(this.report.value, this.#sync);
  }

  get tally(): Tally {
    return tally(this.lines);
  }

  /** Takes what is known now, and asks the probes again when that is a different situation. */
  watch(accountId: string, sync: SyncStatus | null, app: AppStatus | null): void {
    if (accountId !== this.#accountId) {
      this.#accountId = accountId;
      this.report.clear();
    }
    this.#sync = sync;
    const now = situation(accountId, sync, app);
    if (now === this.#situation) return;
    this.#situation = now;
    void this.check();
  }

  /** Asks the probes again when pipelines, fields or people arrive, or events were missed. */
  follow(): () => void {
    const stops = [
      feeds.structure.subscribe(({ account_id: account }) => {
        if (account === this.#accountId) void this.check();
      }),
      feeds.resync.subscribe(() => void this.check())
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** Asks the probes. What changes while they answer makes them be asked once more, not once each. */
  async check(): Promise<void> {
    if (!this.#accountId) return;
    if (this.report.loading) {
      this.#again = true;
      return;
    }
    do {
      this.#again = false;
      await this.report.load();
    } while (this.#again);
  }
}
