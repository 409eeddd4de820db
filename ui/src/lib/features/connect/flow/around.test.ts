import { afterEach, describe, expect, it } from 'vitest';
import { BackendError, setBackend } from '$lib/backend';
import { accounts } from '$lib/state/accounts.svelte';
import { app } from '$lib/state/app.svelte';
import { answering, outcome, status, syncStatus } from '../answering.testing';
import { Demo } from './demo.svelte';
import { Draft } from './draft.svelte';
import { EnvImport } from './env-import.svelte';
import { readPort, ReturnAddress } from './listener.svelte';
import { Vault } from './vault.svelte';

const ID = '6d1a0c9e-3b52-4f0e-9a77-0c1d2e3f4a5b';
const CODE = 'def50200' + 'a1b2c3d4'.repeat(40);
const OURS = 'http://localhost:8000/auth/kommo/callback';

const refuse =
  (code: BackendError['code'], detail = '') =>
  () => {
    throw new BackendError(code, detail);
  };

afterEach(() => setBackend(null));

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
        status({
          listener: {
            port: 8001,
            url: taken ? null : 'http://localhost:8001',
            is_port_taken: taken
          }
        })
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
    const env = new EnvImport(new Draft(), () => 1_800_000_000_000);
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
    const env = new EnvImport(new Draft(), () => 1_800_000_000_000);
    await env.take(file());
    expect(env.way).toBe('code');
    expect(env.isReady).toBe(false);
    env.draft.code = CODE;
    expect(env.isReady).toBe(true);
  });

  it('that does not bring enough fills the forms with what it has', async () => {
    answering({ env_import_preview: () => preview({ has_client_secret: false }) });
    const env = new EnvImport(new Draft(), () => 1_800_000_000_000);
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
    const env = new EnvImport(new Draft(), () => 1_800_000_000_000);
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
    const env = new EnvImport(new Draft(), () => 1_800_000_000_000);
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
    const kit = answering({ vault_unlock: () => status({ vault: 'keyring_locked' }) });
    const vault = new Vault();
    expect(await vault.retry()).toBe(false);
    kit.answers = { vault_unlock: () => status(), sync_status: () => syncStatus() };
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
    const kit = answering({
      demo_start: () => outcome({ is_demo: true }),
      sync_status: () => syncStatus()
    });
    const demo = new Demo();
    await Promise.all([demo.start(), demo.start()]);
    expect(kit.asked.filter(({ command }) => command === 'demo_start')).toHaveLength(1);
  });
});
