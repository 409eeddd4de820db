import {
  call,
  toBackendError,
  type BackendError,
  type ChangesPromised,
  type LeadDetail
} from '$lib/backend';
import { toasts } from '$lib/ui/toasts.svelte';
import { errorWords } from '$lib/words/problem';
import { Acceptance } from './acceptance.svelte';
import type { Patch } from './edit/patch';

/** The lead in the drawer. Moving on to the next one shows nothing of the one before. */
export class OpenLead {
  id = $state<string | null>(null);
  error = $state.raw<BackendError | null>(null);
  /** The change one came for; null once it was shown. */
  pointed = $state<number | null>(null);
  /** Asks before an incoming lead is written to. */
  readonly acceptance = new Acceptance();
  #stored = $state.raw<LeadDetail | null>(null);
  /** Changes the core has not answered yet. */
  #patches = $state.raw<readonly Patch[]>([]);
  #shown = $derived(
    this.#stored && this.#patches.reduce((detail, patch) => patch(detail), this.#stored)
  );
  #turn = 0;
  #reading: Promise<void> = Promise.resolve();

  /** Null while it is being read. */
  get detail(): LeadDetail | null {
    return this.#shown;
  }

  /** Opens a lead by our id or by Kommo's number, at a change when one is named. */
  open(id: string, change: number | null = null): void {
    if (id === this.id) {
      this.pointed = change ?? this.pointed;
      return;
    }
    this.#forget();
    this.id = id;
    this.pointed = change;
    void this.read();
  }

  close(): void {
    this.#turn++;
    this.#forget();
  }

  /** The core says that leads changed; an empty list means many. */
  leadsChanged(ids: readonly string[]): void {
    const own = this.#stored?.row.id ?? this.id;
    if (own && (ids.length === 0 || ids.includes(own))) void this.read();
  }

  /** Reads it (again); what is shown stays until the answer is here. */
  read(): Promise<void> {
    const id = this.id;
    if (!id) return Promise.resolve();
    this.#reading = this.#read(id, ++this.#turn);
    return this.#reading;
  }

  /**
   * Shows a change at once and sends it. When it is refused the change is taken back, and whoever asked is told;
   * when the person has moved on to another lead meanwhile, the corner tells.
   */
  async change(patches: readonly Patch[], send: () => Promise<ChangesPromised>): Promise<void> {
    const id = this.id;
    this.#patches = [...this.#patches, ...patches];
    try {
      await send();
      await this.#settled(id);
    } catch (thrown) {
      if (this.id === id) throw thrown;
      const { title, body } = errorWords(toBackendError(thrown));
      toasts.show({ tone: 'bad', title, body });
    } finally {
      this.#patches = this.#patches.filter((patch) => !patches.includes(patch));
    }
  }

  /** Sends a wedged change again. */
  retry(outboxId: number): Promise<void> {
    return this.#settle(() => call('outbox_retry', { id: outboxId, all_alike: false }));
  }

  /** Gives a change up: the value that stands in Kommo counts. */
  discard(outboxId: number): Promise<void> {
    return this.#settle(() => call('outbox_discard', { id: outboxId }));
  }

  async #settle(run: () => Promise<unknown>): Promise<void> {
    const id = this.id;
    try {
      await run();
    } catch (thrown) {
      const { title, body } = errorWords(toBackendError(thrown));
      toasts.show({ tone: 'bad', title, body });
    }
    await this.#settled(id);
  }

  /** Reads again and waits for the newest reading: an event may have begun another one. */
  async #settled(id: string | null): Promise<void> {
    if (this.id !== id) return;
    void this.read();
    for (let reading; reading !== this.#reading;) {
      reading = this.#reading;
      await reading;
    }
  }

  async #read(id: string, turn: number): Promise<void> {
    try {
      const detail = await call('lead_get', { lead_id: id });
      if (turn !== this.#turn) return;
      this.#stored = detail;
      this.error = null;
    } catch (thrown) {
      if (turn === this.#turn) this.error = toBackendError(thrown);
    }
  }

  #forget(): void {
    this.acceptance.answer(false);
    this.id = null;
    this.#stored = null;
    this.#patches = [];
    this.pointed = null;
    this.error = null;
  }
}
