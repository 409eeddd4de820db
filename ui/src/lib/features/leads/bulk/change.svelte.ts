import {
  call,
  toBackendError,
  type BulkLeads,
  type BulkPreview,
  type BackendError,
  type CardChange,
  type ChangesPromised
} from '$lib/backend';
import { t } from '$lib/i18n';
import { toasts } from '$lib/ui/toasts.svelte';
import { errorWords } from '$lib/words/problem';

export type BulkKind = 'stage' | 'responsible' | 'tag_add' | 'tag_remove';

export interface Wanted {
  kind: BulkKind;
  change: CardChange;
  leads: BulkLeads;
}

function failed(thrown: unknown): void {
  const { title, body } = errorWords(toBackendError(thrown));
  toasts.show({ tone: 'bad', title, body });
}

/** Takes back what was promised together, and tells how much of it was still here. */
async function takeBack(batchId: string): Promise<void> {
  try {
    const { taken_back, too_late } = await call('batch_take_back', { batch_id: batchId });
    const undone = t('bulk.undone', { count: taken_back });
    toasts.show({
      tone: too_late > 0 ? 'warn' : 'good',
      title: too_late > 0 ? `${undone}, ${t('bulk.too_late', { count: too_late })}` : undone
    });
  } catch (thrown) {
    failed(thrown);
  }
}

/** Says that changes were promised, with the way back for as long as there is one. */
export function tellPromised(title: string, body: string, promised: ChangesPromised): void {
  const until = promised.undo_until_ms;
  toasts.show({
    tone: 'good',
    title,
    body,
    ...(until !== null && until > Date.now()
      ? {
          untilMs: until,
          action: { label: t('ui.undo'), run: () => void takeBack(promised.batch_id) }
        }
      : {})
  });
}

/** A change to many leads, from what it would do to what it did. */
export class BulkChange {
  wanted = $state.raw<Wanted | null>(null);
  preview = $state.raw<BulkPreview | null>(null);
  error = $state.raw<BackendError | null>(null);
  isApplying = $state(false);
  #turn = 0;

  /** Asks what the change would do: nothing is changed before somebody has seen that. */
  async ask(wanted: Wanted): Promise<void> {
    const turn = ++this.#turn;
    this.wanted = wanted;
    this.preview = null;
    this.error = null;
    try {
      const preview = await call('lead_bulk_preview', {
        leads: wanted.leads,
        change: wanted.change
      });
      if (turn === this.#turn) this.preview = preview;
    } catch (thrown) {
      if (turn === this.#turn) this.error = toBackendError(thrown);
    }
  }

  drop(): void {
    this.#turn++;
    this.wanted = null;
  }

  /** True when it was promised. */
  async apply(): Promise<boolean> {
    const wanted = this.wanted;
    if (!wanted) return false;
    this.isApplying = true;
    this.error = null;
    try {
      const { leads, change } = wanted;
      const promised = await call('lead_bulk_apply', { leads, change });
      tellPromised(t('bulk.done', { count: promised.changes }), t('bulk.done_body'), promised);
      this.drop();
      return true;
    } catch (thrown) {
      this.error = toBackendError(thrown);
      return false;
    } finally {
      this.isApplying = false;
    }
  }
}
