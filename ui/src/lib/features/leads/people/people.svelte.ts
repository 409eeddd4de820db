import { call, toBackendError, type BackendError, type ContactRow } from '$lib/backend';

/** More than fit a list at once: whoever wants others types more. */
const MOST = 20;

/** People of the account, by what is typed. What was found stays until the next answer is here. */
export class PeopleSearch {
  rows = $state.raw<readonly ContactRow[]>([]);
  hasMore = $state(false);
  error = $state.raw<BackendError | null>(null);
  /** What the rows answer; null until something was found out. */
  answered = $state<string | null>(null);
  #turn = 0;

  async search(typed: string): Promise<void> {
    const turn = ++this.#turn;
    const search = typed.trim();
    if (search === '') {
      this.rows = [];
      this.hasMore = false;
      this.error = null;
      this.answered = null;
      return;
    }
    try {
      const found = await call('contact_search', { search, limit: MOST });
      if (turn !== this.#turn) return;
      this.rows = found.rows;
      this.hasMore = found.has_more;
      this.error = null;
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.rows = [];
      this.hasMore = false;
      this.error = toBackendError(thrown);
    }
    this.answered = search;
  }
}
