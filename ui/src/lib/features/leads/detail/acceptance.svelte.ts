import type { CardChange } from '$lib/backend';

/** Links are made beside the lead: Kommo leaves it where it is. */
const ACCEPTS_NOTHING = new Set<CardChange['of']>(['link', 'unlink']);

/** Kommo accepts an incoming lead that is written to. Whoever would do so is asked, once per lead. */
export class Acceptance {
  /** What waits for the answer. */
  asked = $state.raw<CardChange | null>(null);
  // Asked about, never drawn.
  #agreed: string[] = [];
  #answer: ((agrees: boolean) => void) | null = null;

  /** True when the change may go on. */
  async ask(leadId: string, change: CardChange): Promise<boolean> {
    if (ACCEPTS_NOTHING.has(change.of) || this.#agreed.includes(leadId)) return true;
    this.answer(false);
    this.asked = change;
    const agrees = await new Promise<boolean>((resolve) => (this.#answer = resolve));
    if (agrees) this.#agreed.push(leadId);
    return agrees;
  }

  answer(agrees: boolean): void {
    this.asked = null;
    this.#answer?.(agrees);
    this.#answer = null;
  }
}
