import { ERROR_CODES, type ApiError, type ErrorCode, type Hint } from './contract.gen';

/** The core's codes, and two of our own for a host that cannot be reached or does not know us. */
export type ProblemCode = ErrorCode | 'host_unreachable' | 'host_refused';

/** The only error a backend call fails with. Its words are under `errors.<code>`. */
export class BackendError extends Error {
  override readonly name = 'BackendError';

  constructor(
    readonly code: ProblemCode,
    readonly detail = '',
    readonly hint: Hint | null = null,
    /** Unix milliseconds from which trying again can help. */
    readonly retryAtMs: number | null = null,
    options?: ErrorOptions
  ) {
    super(detail ? `${code}: ${detail}` : code, options);
  }
}

const codes = new Set<string>(ERROR_CODES);

function isApiError(value: unknown): value is ApiError {
  if (typeof value !== 'object' || value === null || !('code' in value)) return false;
  return typeof value.code === 'string' && codes.has(value.code);
}

/** The core's error shape as a `BackendError`. */
export function fromApiError(error: ApiError): BackendError {
  return new BackendError(error.code, error.detail, error.hint, error.retry_at);
}

/** Whatever a host rejected with, as a `BackendError`: what is not the contract's shape is `internal`. */
export function toBackendError(thrown: unknown): BackendError {
  if (thrown instanceof BackendError) return thrown;
  if (isApiError(thrown)) return fromApiError(thrown);
  if (typeof thrown === 'string') {
    try {
      const parsed: unknown = JSON.parse(thrown);
      if (isApiError(parsed)) return fromApiError(parsed);
    } catch {
      // Not JSON: a message of the host's own.
    }
  }
  return new BackendError('internal', '', 'retry', null, { cause: thrown });
}
