export type ToastTone = 'info' | 'good' | 'warn' | 'bad';

export interface ToastInput {
  title: string;
  body?: string;
  tone?: ToastTone;
  /** Offers a way back (or on) while the toast is shown. */
  action?: { label: string; run: () => void };
  /** How long it stays; 10 s with an action, 5 s without. Zero stays until dismissed. */
  durationMs?: number;
  /**
   * Until when the action is good, in unix milliseconds: the toast counts down and goes at that moment, whoever is
   * on it.
   */
  untilMs?: number;
}

export interface Toast extends ToastInput {
  id: number;
  tone: ToastTone;
  durationMs: number;
}

/** At most this many at a time: the oldest makes room. */
const MOST = 4;

/** The messages in the corner. They wait while the pointer or the focus is on them. */
export class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;
  #timers: Record<number, ReturnType<typeof setTimeout>> = {};

  show(input: ToastInput): number {
    const id = this.#next++;
    const toast: Toast = {
      ...input,
      id,
      tone: input.tone ?? 'info',
      durationMs:
        input.untilMs !== undefined
          ? Math.max(1, input.untilMs - Date.now())
          : (input.durationMs ?? (input.action ? 10_000 : 5_000))
    };
    this.list.push(toast);
    while (this.list.length > MOST) this.dismiss(this.list[0]!.id);
    this.#arm(toast);
    return id;
  }

  dismiss(id: number) {
    clearTimeout(this.#timers[id]);
    delete this.#timers[id];
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** Nothing disappears while somebody reads. */
  pause() {
    for (const { id, untilMs } of this.list) {
      if (untilMs !== undefined) continue;
      clearTimeout(this.#timers[id]);
      delete this.#timers[id];
    }
  }

  resume() {
    for (const toast of this.list) this.#arm(toast);
  }

  #arm(toast: Toast) {
    if (toast.durationMs <= 0 || this.#timers[toast.id]) return;
    this.#timers[toast.id] = setTimeout(() => this.dismiss(toast.id), toast.durationMs);
  }
}

export const toasts = new Toasts();
