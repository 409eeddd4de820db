import type { AppEvent } from '$lib/backend';

type Of<T extends AppEvent['type']> = Extract<AppEvent, { type: T }>;

/** One kind of event, for whoever keeps a list of its own. */
export class Feed<T> {
  #handlers = new Set<(value: T) => void>();

  /** Calls `handler` until the returned function is called: fits `$effect(() => feeds.log.subscribe(...))`. */
  subscribe(handler: (value: T) => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  publish(value: T): void {
    for (const handler of [...this.#handlers]) handler(value);
  }
}

export const feeds = {
  /** Leads changed in the mirror. */
  leads: new Feed<Of<'leads_changed'>>(),
  /** Pipelines, stages, users, fields or tags changed. */
  structure: new Feed<Of<'structure_changed'>>(),
  /** New rows in the sync log. */
  log: new Feed<Of<'log_appended'>>(),
  /** Changes on their way to Kommo: new ones, sent ones, wedged ones. */
  outbox: new Feed<Of<'outbox_changed'>>(),
  /** Webhooks delivered something, or a delivery was handled. */
  deliveries: new Feed<Of<'deliveries_changed'>>(),
  /** A sign-in through the browser ended. */
  signIn: new Feed<Of<'sign_in_finished'>>(),
  /** Events were missed (the host was away): everything shown has to be read again. */
  resync: new Feed<void>()
};
