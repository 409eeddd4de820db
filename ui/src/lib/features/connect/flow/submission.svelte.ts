import { toBackendError, type BackendError, type ProblemCode } from '$lib/backend';
import { NAMED, PLACES, type SignInField } from '../reading/places';

/** One form's sending: busy or not, what went wrong and at which field it is mended. */
export class Submission {
  busy = $state(false);
  error = $state.raw<BackendError | null>(null);
  /** Counts failures, so that the same error twice is announced twice. */
  failures = $state(0);
  #fields: readonly SignInField[];
  #places: Partial<Record<ProblemCode, SignInField>>;

  constructor(
    fields: readonly SignInField[],
    extra: Partial<Record<ProblemCode, SignInField>> = {}
  ) {
    this.#fields = fields;
    this.#places = { ...PLACES, ...extra };
  }

  /** The field the error belongs to; nothing when it belongs to the whole form. */
  get field(): SignInField | null {
    if (!this.error) return null;
    const place =
      this.error.code === 'invalid_request'
        ? NAMED[this.error.detail]
        : this.#places[this.error.code];
    return place && this.#fields.includes(place) ? place : null;
  }

  /** The error to show beside `field`. */
  at(field: SignInField): BackendError | null {
    return this.field === field ? this.error : null;
  }

  /** The error that no field can mend. */
  get general(): BackendError | null {
    return this.field ? null : this.error;
  }

  /** What was wrong with `field` is being mended: the error no longer speaks of what is in it. */
  edited(field: SignInField): void {
    if (this.field === field) this.error = null;
  }

  /** Runs `work` unless it is running; its failure stays readable in `error`. */
  async run<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.busy) return null;
    this.busy = true;
    this.error = null;
    try {
      return await work();
    } catch (thrown) {
      this.error = toBackendError(thrown);
      this.failures++;
      return null;
    } finally {
      this.busy = false;
    }
  }
}
