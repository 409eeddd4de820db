import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackendError, setBackend } from '$lib/backend';
import { accounts } from '$lib/state/accounts.svelte';
import { app } from '$lib/state/app.svelte';
import { feeds } from '$lib/state/feeds';
import { account, answering, outcome, status, syncStatus } from '../answering.testing';
import { BrowserSignIn } from './browser-sign-in.svelte';
import { CODE_LIFE_MS, CodeSignIn } from './code-sign-in.svelte';
import { Demo } from './demo.svelte';
import { Draft } from './draft.svelte';
import { EnvImport } from './env-import.svelte';
import { readPort, ReturnAddress } from './listener.svelte';
import { TokenSignIn } from './token-sign-in.svelte';
import { Vault } from './vault.svelte';

const ID = '6d1a0c9e-3b52-4f0e-9a77-0c1d2e3f4a5b';
const SECRET = 'aB3'.repeat(21) + 'x';
const CODE = 'def50200' + 'a1b2c3d4'.repeat(40);
const OURS = 'http://localhost:8000/auth/kommo/callback';
const FAR = 4_000_000_000;
const TOKEN = `${btoa('{"alg":"RS256"}')}.${btoa(`{"exp":${FAR},"account_id":32720107}`)}.sig`.replace(/=/g, '');

let now = 1_800_000_000_000;
const clock = () => now;
const refuse = (code: BackendError['code'], detail = '') => () => {
  throw new BackendError(code, detail);
};
const settled = () => new Promise<void>((done) => queueMicrotask(() => queueMicrotask(done)));

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

describe('signing in through the browser', () => {
  const started = () => ({
    attempt_id: 't1',
    authorization_url: 'https://www.kommo.com/oauth?client_id=x&state=y',
    redirect_uri: OURS,
    expires_at_ms: now + 600_000
  });

  async function waiting(extra: Parameters<typeof answering>[0] = {}) {
    const kit = answering({
      sign_in_browser_start: started,
      sign_in_browser_cancel: () => null,
      account_list: () => outcome().accounts,
      sync_status: () => syncStatus(),
      ...extra
    });
    const flow = new BrowserSignIn(new Draft(), clock);
    const stop = flow.follow();
    flow.draft.clientId = ID;
    flow.draft.clientSecret = SECRET;
    await flow.start();
    return { kit, flow, stop };
  }

  it('opens the browser on the address the core names and waits', async () => {
    const { kit, flow, stop } = await waiting();
    expect(kit.opened).toEqual(['https://www.kommo.com/oauth?client_id=x&state=y']);
    expect(flow.phase).toBe('waiting');
    stop();
  });

  it('is done when the event says so', async () => {
    const { kit, flow, stop } = await waiting();
    kit.send({ type: 'sign_in_finished', attempt_id: 't1', result: { kind: 'done', account: account() } });
    await expect.poll(() => flow.phase).toBe('done');
    expect(accounts.currentId).toBe('a1');
    expect(flow.draft.clientSecret).toBe('');
    stop();
  });

  it('does not listen to another attempt', async () => {
    const { kit, flow, stop } = await waiting();
    kit.send({ type: 'sign_in_finished', attempt_id: 'old', result: { kind: 'done', account: account() } });
    await settled();
    expect(flow.phase).toBe('waiting');
    stop();
  });

  it('notices an end that came before the answer to its start', async () => {
    const { flow, stop } = await waiting({
      sign_in_browser_start: () => {
        feeds.signIn.publish({
          type: 'sign_in_finished',
          attempt_id: 't1',
          result: { kind: 'done', account: account() }
        });
        return started();
      }
    });
    await expect.poll(() => flow.phase).toBe('done');
    stop();
  });

  it.each([
    ['sign_in_refused', 'refused'],
    ['sign_in_expired', 'expired'],
    ['client_secret_wrong', 'form']
  ] as const)('after %s it is %s and what was typed stays', async (code, phase) => {
    const { kit, flow, stop } = await waiting();
    kit.send({
      type: 'sign_in_finished',
      attempt_id: 't1',
      result: { kind: 'failed', error: { code, detail: '', hint: null, retry_at: null } }
    });
    await settled();
    expect(flow.phase).toBe(phase);
    expect(flow.draft.clientSecret).toBe(SECRET);
    if (phase === 'form') expect(flow.submission.field).toBe('client_secret');
    flow.again();
    expect(flow.phase).toBe('form');
    stop();
  });

  it('runs out of time by itself', async () => {
    const { flow, stop } = await waiting();
    now += 600_000;
    expect(flow.phase).toBe('expired');
    stop();
  });

  it('can be cancelled even when the core has forgotten the attempt', async () => {
    const { kit, flow, stop } = await waiting({ sign_in_browser_cancel: refuse('internal') });
    await flow.cancel();
    expect(kit.asked.at(-1)).toEqual({
      command: 'sign_in_browser_cancel',
      request: { attempt_id: 't1' }
    });
    expect(flow.phase).toBe('form');
    stop();
  });

  it('finds out what happened while events did not arrive', async () => {
    const { flow, stop } = await waiting();
    feeds.resync.publish();
    await expect.poll(() => flow.phase).toBe('done');
    stop();
  });

  it('keeps waiting after a silence in which nothing happened', async () => {
    const { flow, stop } = await waiting({
      account_list: () => ({ accounts: [account({ is_demo: true })], current_id: 'a1' })
    });
    feeds.resync.publish();
    await settled();
    await settled();
    expect(flow.phase).toBe('waiting');
    stop();
  });
});

describe('the return address', () => {
  it('is the listener’s, and the port’s while the listener is closed', () => {
    answering();
    const address = new ReturnAddress();
    expect(address.url).toBe(OURS);
    app.apply(status({ listener: { port: 8123, url: null, is_port_taken: true } }));
    expect(address.url).toBe('http://localhost:8123/auth/kommo/callback');
    expect(address.suggestion).toBe(8124);
  });

  it('moves to another port and says whether that one is free', async () => {
    let taken = true;
    const kit = answering({
      preferences_set: () => ({ ...status().preferences, listener_port: 8001 }),
      app_status: () =>
        status({ listener: { port: 8001, url: taken ? null : 'http://localhost:8001', is_port_taken: taken } })
    });
    const address = new ReturnAddress();
    expect(await address.usePort(8001)).toBe(false);
    taken = false;
    expect(await address.usePort(8001)).toBe(true);
    expect(kit.asked[0]).toEqual({ command: 'preferences_set', request: { listener_port: 8001 } });
    expect(address.url).toBe('http://localhost:8001/auth/kommo/callback');
  });

  it.each([
    ['8001', 8001],
    [' 1024 ', 1024],
    ['80', null],
    ['65536', null],
    ['80a0', null],
    ['', null]
  ])('reads the port %j as %j', (text, port) => expect(readPort(text)).toBe(port));
});

describe('a settings file', () => {
  const preview = (change = {}) => ({
    draft_id: 'd1',
    subdomain: 'acme',
    client_id: ID,
    redirect_uri: OURS,
    has_client_secret: true,
    has_long_lived_token: false,
    token_expires_at_ms: null,
    mapping: [
      { key: 'KOMMO_STAGE_A', target: 'stage' as const, kommo_id: 1 },
      { key: 'KOMMO_STAGE_B', target: 'stage' as const, kommo_id: 2 },
      { key: 'KOMMO_USER_DEFAULT', target: 'user' as const, kommo_id: 3 }
    ],
    problems: [],
    ...change
  });
  const file = (text = 'KOMMO_SUBDOMAIN=acme', size = text.length) => ({
    name: '.env',
    size,
    text: async () => text
  });

  it('with a token signs in at once', async () => {
    const kit = answering({
      env_import_preview: () => preview({ has_long_lived_token: true }),
      env_import_sign_in: () => outcome(),
      sync_status: () => syncStatus()
    });
    const env = new EnvImport(new Draft());
    expect(await env.take(file())).toBe(true);
    expect(env.way).toBe('token');
    expect(env.mappingCounts).toEqual([
      { target: 'stage', count: 2 },
      { target: 'user', count: 1 }
    ]);
    expect(await env.submit()).not.toBeNull();
    expect(kit.asked[1]).toEqual({ command: 'env_import_sign_in', request: { draft_id: 'd1' } });
    expect(env.preview).toBeNull();
  });

  it('without one asks for the code', async () => {
    answering({ env_import_preview: () => preview() });
    const env = new EnvImport(new Draft());
    await env.take(file());
    expect(env.way).toBe('code');
    expect(env.isReady).toBe(false);
    env.draft.code = CODE;
    expect(env.isReady).toBe(true);
  });

  it('that does not bring enough fills the forms with what it has', async () => {
    answering({ env_import_preview: () => preview({ has_client_secret: false }) });
    const env = new EnvImport(new Draft());
    await env.take(file());
    expect(env.way).toBe('form');
    env.fillForms();
    expect(env.draft.address).toBe('acme');
    expect(env.draft.clientId).toBe(ID);
    expect(env.draft.clientSecret).toBe('');
  });

  it('is read again when the core has forgotten it', async () => {
    let known = false;
    const kit = answering({
      env_import_preview: () => preview({ has_long_lived_token: true }),
      env_import_sign_in: () => {
        if (known) return outcome();
        known = true;
        throw new BackendError('invalid_request', 'draft_id');
      },
      sync_status: () => syncStatus()
    });
    const env = new EnvImport(new Draft());
    await env.take(file());
    expect(await env.submit()).not.toBeNull();
    expect(kit.asked.map(({ command }) => command)).toEqual([
      'env_import_preview',
      'env_import_sign_in',
      'env_import_preview',
      'env_import_sign_in',
      'sync_status'
    ]);
  });

  it('that is something else is refused without being read, and the one before stays', async () => {
    const kit = answering({ env_import_preview: () => preview() });
    const env = new EnvImport(new Draft());
    await env.take(file());
    expect(await env.take(file('x', 10_000_000))).toBe(false);
    expect(env.reading.error?.code).toBe('env_unreadable');
    expect(env.preview?.subdomain).toBe('acme');
    expect(kit.asked).toHaveLength(1);
  });
});

describe('opening the data', () => {
  it('with the passphrase forgets it afterwards', async () => {
    const kit = answering({ vault_unlock: () => status(), sync_status: () => syncStatus() });
    const vault = new Vault();
    vault.passphrase = 'telha azul';
    expect(await vault.unlock()).toBe(true);
    expect(kit.asked[0]).toEqual({
      command: 'vault_unlock',
      request: { passphrase: 'telha azul' }
    });
    expect(vault.passphrase).toBe('');
  });

  it('with a wrong one keeps it, so that it can be mended', async () => {
    answering({ vault_unlock: refuse('wrong_passphrase') });
    const vault = new Vault();
    vault.passphrase = 'telha azul';
    expect(await vault.unlock()).toBe(false);
    expect(vault.passphrase).toBe('telha azul');
    expect(vault.submission.error?.code).toBe('wrong_passphrase');
    vault.edited();
    expect(vault.submission.error).toBeNull();
  });

  it('needs a new passphrase typed twice', async () => {
    const kit = answering();
    const vault = new Vault();
    vault.passphrase = 'telha azul';
    vault.repeat = 'telha';
    expect(vault.differs).toBe(false);
    expect(await vault.create()).toBe(false);
    vault.repeat = 'telha x';
    expect(vault.differs).toBe(true);
    expect(kit.asked).toEqual([]);
    vault.repeat = 'telha azul';
    expect(vault.canCreate).toBe(true);
  });

  it('asks the keyring again, which may still be locked', async () => {
    const kit = answering({ app_status: () => status({ vault: 'keyring_locked' }) });
    const vault = new Vault();
    expect(await vault.retry()).toBe(false);
    kit.answers = { app_status: () => status() };
    expect(await vault.retry()).toBe(true);
    expect(app.isOpen).toBe(true);
  });
});

describe('the demo account', () => {
  it('starts while the data is locked', async () => {
    answering({ demo_start: () => outcome({ is_demo: true }), sync_status: () => syncStatus() });
    app.apply(status({ vault: 'key_missing' }));
    const demo = new Demo();
    expect((await demo.start())?.is_demo).toBe(true);
    expect(accounts.current?.is_demo).toBe(true);
  });

  it('is started once however often one clicks', async () => {
    const kit = answering({ demo_start: () => outcome({ is_demo: true }), sync_status: () => syncStatus() });
    const demo = new Demo();
    await Promise.all([demo.start(), demo.start()]);
    expect(kit.asked.filter(({ command }) => command === 'demo_start')).toHaveLength(1);
  });
});
