import { call, type MappingView, type Overview, type PipelineView } from '$lib/backend';
import { feeds } from '$lib/state/feeds';
import { Loader } from '$lib/state/loader.svelte';

/** Changes of leads come in bursts: the numbers are read at most this often. */
const REST_MS = 1500;

/** What the first page shows of one account. */
export class Home {
  readonly overview = new Loader<Overview>(() => call('overview_get', this.#scope));
  readonly mapping = new Loader<MappingView>(() => call('mapping_get', this.#scope));
  /** The pipeline on the screen; without a choice the main one. */
  chosen = $state<number | null>(null);
  #accountId: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  get #scope() {
    return this.#accountId ? { account_id: this.#accountId } : {};
  }

  get pipelines(): PipelineView[] {
    return this.mapping.value?.pipelines.filter((one) => !one.is_archived) ?? [];
  }

  get pipeline(): PipelineView | null {
    const { pipelines } = this;
    return (
      pipelines.find((one) => one.kommo_id === this.chosen) ??
      pipelines.find((one) => one.is_main) ??
      pipelines[0] ??
      null
    );
  }

  userName(id: number | null): string | null {
    if (id === null) return null;
    return this.mapping.value?.users.find((user) => user.kommo_id === id)?.name ?? null;
  }

  open(accountId: string) {
    if (accountId !== this.#accountId) {
      this.overview.clear();
      this.mapping.clear();
      this.chosen = null;
    }
    this.#accountId = accountId;
    this.load();
  }

  load() {
    void this.overview.load();
    void this.mapping.load();
  }

  /** Reads again when leads or the structure change, or events were missed. */
  follow(): () => void {
    const mine = ({ account_id: id }: { account_id: string }) => {
      if (id === this.#accountId) this.#soon();
    };
    const stops = [
      feeds.leads.subscribe(mine),
      feeds.structure.subscribe(mine),
      feeds.resync.subscribe(() => this.load())
    ];
    return () => {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      stops.forEach((stop) => stop());
    };
  }

  #soon() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.load();
    }, REST_MS);
  }
}
