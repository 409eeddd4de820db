import { call, toBackendError, type BackendError, type LeadDetail } from '$lib/backend';

/** The lead in the drawer. Moving on to the next one shows nothing of the one before. */
export class OpenLead {
  id = $state<string | null>(null);
  error = $state.raw<BackendError | null>(null);
  #detail = $state.raw<LeadDetail | null>(null);
  #turn = 0;

  /** Null while it is being read. */
  get detail(): LeadDetail | null {
    return this.#detail;
  }

  /** Opens a lead by our id or by Kommo's number. */
  open(id: string): void {
    if (id === this.id) return;
    this.id = id;
    this.#detail = null;
    this.error = null;
    void this.read();
  }

  close(): void {
    this.#turn++;
    this.id = null;
    this.#detail = null;
    this.error = null;
  }

  /** The core says that leads changed; an empty list means many. */
  leadsChanged(ids: readonly string[]): void {
    const own = this.#detail?.row.id ?? this.id;
    if (own && (ids.length === 0 || ids.includes(own))) void this.read();
  }

  /** Reads it (again); what is shown stays until the answer is here. */
  async read(): Promise<void> {
    const id = this.id;
    if (!id) return;
    const turn = ++this.#turn;
    try {
      const detail = await call('lead_get', { lead_id: id });
      if (turn !== this.#turn) return;
      this.#detail = detail;
      this.error = null;
    } catch (thrown) {
      if (turn === this.#turn) this.error = toBackendError(thrown);
    }
  }
}
