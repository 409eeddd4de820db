import type { ProblemCode } from '$lib/backend';

/** The fields of the sign-in forms. */
export type SignInField = 'address' | 'token' | 'client_id' | 'client_secret' | 'redirect' | 'code';

/** The field where an error is shown, because that is where it is mended. */
export const PLACES: Partial<Record<ProblemCode, SignInField>> = {
  invalid_subdomain: 'address',
  subdomain_unknown: 'address',
  token_malformed: 'token',
  token_expired: 'token',
  token_refused: 'token',
  client_id_wrong: 'client_id',
  client_secret_wrong: 'client_secret',
  redirect_mismatch: 'redirect',
  code_expired: 'code',
  code_used: 'code',
  code_invalid: 'code'
};

/** The names that `invalid_request` uses in its detail. */
export const NAMED: Record<string, SignInField> = {
  subdomain: 'address',
  token: 'token',
  client_id: 'client_id',
  client_secret: 'client_secret',
  redirect_uri: 'redirect',
  code: 'code'
};
