import { call, toBackendError, type BackendError, type LogDetail, type LogRow } from '$lib/backend';

/** The row in the panel: what the list knows of it at once, the rest when it is read. */
export class OpenRow {
  row = $state.raw<LogRow | null>(null);
  detail = $state.raw<LogDetail | null>(null);
  error = $state.raw<BackendError | null>(null);
  #turn = 0;

  async open(row: LogRow): Promise<void> {
    const turn = ++this.#turn;
    if (row.id !== this.row?.id) this.detail = null;
    this.row = row;
    this.error = null;
    try {
      const detail = await call('log_get', { log_id: row.id });
      if (turn === this.#turn) this.detail = detail;
    } catch (thrown) {
      if (turn === this.#turn) this.error = toBackendError(thrown);
    }
  }

  close(): void {
    this.#turn++;
    this.row = null;
    this.detail = null;
    this.error = null;
  }
}
