import { toBackendError } from '$lib/backend';
import { errorWords } from '$lib/words/problem';

/**
 * What a person is typing into one field. It is theirs until they save or drop it: a lead that is read again
 * meanwhile does not touch it.
 */
export class Draft<T> {
  isOpen = $state(false);
  value = $state.raw() as T;
  /** Why it was not accepted. */
  error = $state<string | null>(null);
  #base = $state.raw() as T;
  #isSame: (a: T, b: T) => boolean;

  constructor(empty: T, isSame: (a: T, b: T) => boolean = (a, b) => a === b) {
    this.value = empty;
    this.#base = empty;
    this.#isSame = isSame;
  }

  open(current: T): void {
    if (this.isOpen) return;
    this.value = current;
    this.#base = current;
    this.error = null;
    this.isOpen = true;
  }

  drop(): void {
    this.isOpen = false;
    this.error = null;
  }

  get isTouched(): boolean {
    return !this.#isSame(this.value, this.#base);
  }

  /** Whether the value changed elsewhere since the person began. */
  hasMoved(current: T): boolean {
    return this.isOpen && !this.#isSame(current, this.#base);
  }

  /** Closes and sends; when that is refused it opens again with what was typed and says why. */
  async send(run: () => Promise<void>): Promise<void> {
    if (!this.isTouched) return this.drop();
    this.drop();
    try {
      await run();
    } catch (thrown) {
      const { title, body } = errorWords(toBackendError(thrown));
      this.error = `${title}. ${body}`;
      this.isOpen = true;
    }
  }
}
