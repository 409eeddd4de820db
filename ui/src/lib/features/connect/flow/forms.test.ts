import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackendError, setBackend } from '$lib/backend';
import { accounts } from '$lib/state/accounts.svelte';
import { account, answering, outcome, syncStatus } from '../answering.testing';
import { CODE_LIFE_MS, CodeSignIn } from './code-sign-in.svelte';
import { Draft } from './draft.svelte';
import { TokenSignIn } from './token-sign-in.svelte';

const ID = '6d1a0c9e-3b52-4f0e-9a77-0c1d2e3f4a5b';
const SECRET = 'aB3'.repeat(21) + 'x';
const CODE = 'def50200' + 'a1b2c3d4'.repeat(40);
const OURS = 'http://localhost:8000/auth/kommo/callback';
const FAR = 4_000_000_000;
const TOKEN =
  `${btoa('{"alg":"RS256"}')}.${btoa(`{"exp":${FAR},"account_id":32720107}`)}.sig`.replace(
    /=/g,
    ''
  );

let now = 1_800_000_000_000;
const clock = () => now;
const refuse =
  (code: BackendError['code'], detail = '') =>
  () => {
    throw new BackendError(code, detail);
  };

beforeEach(() => {
  now = 1_800_000_000_000;
});
afterEach(() => setBackend(null));

describe('signing in with a token', () => {
  it('sends the understood address and the cleaned token, then forgets what was typed', async () => {
    const kit = answering({ sign_in_long_lived: () => outcome(), sync_status: () => syncStatus() });
    const flow = new TokenSignIn(new Draft(), clock);
    flow.draft.address = 'https://solarhorizonte.kommo.com/leads/';
    flow.draft.token = ` Bearer ${TOKEN}\n`;
    expect((await flow.submit())?.name).toBe('Solar Horizonte');
    expect(kit.asked[0]).toEqual({
      command: 'sign_in_long_lived',
      request: { subdomain: 'solarhorizonte', token: TOKEN }
    });
    expect(accounts.currentId).toBe('a1');
    expect(flow.draft.token).toBe('');
  });

  it('asks nothing while a field is missing', async () => {
    const kit = answering();
    const flow = new TokenSignIn(new Draft(), clock);
    flow.draft.address = 'acme';
    expect(flow.missing).toEqual(['token']);
    expect(await flow.submit()).toBeNull();
    expect(kit.asked).toEqual([]);
  });

  it.each([
    ['subdomain_unknown', '', 'address'],
    ['token_refused', '', 'token'],
    ['wrong_account', '', 'token'],
    ['invalid_request', 'subdomain', 'address'],
    ['invalid_request', 'account_id', null],
    ['network_unreachable', '', null]
  ] as const)('shows %s (%s) at %s and loses nothing typed', async (code, detail, field) => {
    answering({ sign_in_long_lived: refuse(code, detail) });
    const flow = new TokenSignIn(new Draft(), clock);
    flow.draft.address = 'acme';
    flow.draft.token = TOKEN;
    expect(await flow.submit()).toBeNull();
    expect(flow.submission.field).toBe(field);
    expect(flow.submission.general === null).toBe(field !== null);
    expect(flow.draft.token).toBe(TOKEN);
    expect(flow.submission.busy).toBe(false);
  });

  it('takes an error back once its field is edited, and only then', async () => {
    answering({ sign_in_long_lived: refuse('token_refused') });
    const flow = new TokenSignIn(new Draft(), clock);
    flow.draft.address = 'acme';
    flow.draft.token = TOKEN;
    await flow.submit();
    flow.submission.edited('address');
    expect(flow.submission.at('token')?.code).toBe('token_refused');
    flow.submission.edited('token');
    expect(flow.submission.error).toBeNull();
  });

  it('gives an account its sign-in back', async () => {
    const kit = answering({ sign_in_long_lived: () => outcome(), sync_status: () => syncStatus() });
    const flow = new TokenSignIn(new Draft(), clock);
    flow.draft.begin(account({ connection: 'needs_sign_in' }));
    expect(flow.draft.address).toBe('solarhorizonte');
    flow.draft.token = TOKEN;
    await flow.submit();
    expect(kit.asked[0]?.request).toMatchObject({ account_id: 'a1' });
  });
});

describe('what was typed', () => {
  it('stays when one comes back, and goes with the account it was for', () => {
    const draft = new Draft();
    draft.begin(null);
    draft.address = 'acme';
    draft.clientSecret = SECRET;
    draft.begin(null);
    expect(draft.clientSecret).toBe(SECRET);
    draft.begin(account());
    expect(draft.clientSecret).toBe('');
    expect(draft.address).toBe('solarhorizonte');
  });
});

describe('signing in with a code', () => {
  function filled() {
    const flow = new CodeSignIn(new Draft(), clock, () => OURS);
    flow.draft.address = 'acme';
    flow.draft.clientId = ID;
    flow.draft.clientSecret = SECRET;
    flow.setCode(CODE);
    return flow;
  }

  it('proposes our redirect URL and sends exactly what stands in the field', async () => {
    const kit = answering({ sign_in_code: () => outcome(), sync_status: () => syncStatus() });
    const flow = filled();
    expect(flow.redirectText).toBe(OURS);
    flow.draft.redirect = 'https://acme.com.br/volta/';
    await flow.submit();
    expect(kit.asked[0]?.request).toEqual({
      subdomain: 'acme',
      client_id: ID,
      client_secret: SECRET,
      redirect_uri: 'https://acme.com.br/volta/',
      code: CODE
    });
  });

  it('counts the code’s twenty minutes down from when it appeared', () => {
    const flow = filled();
    now += 60_000;
    expect(flow.codeLeftMs).toBe(CODE_LIFE_MS - 60_000);
    flow.setCode(` ${CODE}`);
    expect(flow.codeLeftMs).toBe(CODE_LIFE_MS - 60_000);
    now += CODE_LIFE_MS;
    expect(flow.codeLeftMs).toBe(0);
    flow.setCode(`${CODE}ff`);
    expect(flow.codeLeftMs).toBe(CODE_LIFE_MS);
    flow.setCode('');
    expect(flow.codeLeftMs).toBeNull();
  });

  it.each([
    ['client_id_wrong', 'client_id'],
    ['client_secret_wrong', 'client_secret'],
    ['redirect_mismatch', 'redirect'],
    ['code_expired', 'code'],
    ['code_used', 'code'],
    ['code_invalid', 'code'],
    ['wrong_account', 'code']
  ] as const)('shows %s at %s', async (code, field) => {
    answering({ sign_in_code: refuse(code, 'x') });
    const flow = filled();
    await flow.submit();
    expect(flow.submission.field).toBe(field);
    expect(flow.draft.code).toBe(CODE);
  });

  it('names what is missing in the order of the page', () => {
    const flow = new CodeSignIn(new Draft(), clock, () => OURS);
    expect(flow.missing).toEqual(['address', 'client_id', 'client_secret', 'code']);
  });
});
