import { cleanup, configure, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError, setBackend } from '$lib/backend';
import { locale } from '$lib/i18n';
import { violations } from '../../../../test/axe';
import { account, answering, outcome, status, syncStatus } from '../answering.testing';
import { BrowserSignIn } from '../flow/browser-sign-in.svelte';
import { Draft } from '../flow/draft.svelte';
import { EnvImport } from '../flow/env-import.svelte';
import { ReturnAddress } from '../flow/listener.svelte';
import { Submission } from '../flow/submission.svelte';
import { app } from '$lib/state/app.svelte';
import BrowserPage from './BrowserPage.svelte';
import CodePage from './CodePage.svelte';
import EnvPage from './EnvPage.svelte';
import TokenPage from './TokenPage.svelte';
import Welcome from './Welcome.svelte';

// Whole pages under axe take seconds on a busy machine; a wait still ends as soon as it can.
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 20_000 });

const ID = '6d1a0c9e-3b52-4f0e-9a77-0c1d2e3f4a5b';
const SECRET = 'aB3'.repeat(21) + 'x';
const CODE = 'def50200' + 'a1b2c3d4'.repeat(40);
const NOW = Date.UTC(2026, 10, 24, 12);
const END = Date.UTC(2027, 2, 12, 15);
const encoded = (value: object) => btoa(JSON.stringify(value)).replace(/=+$/, '');
const TOKEN = `${encoded({ alg: 'RS256' })}.${encoded({ exp: END / 1000, account_id: 32720107 })}.c2ln`;
const now = () => NOW;

const refuse =
  (code: BackendError['code'], detail = '') =>
  () => {
    throw new BackendError(code, detail);
  };
const user = userEvent.setup();
const field = (name: RegExp) =>
  screen.getByLabelText<HTMLInputElement>(name, { selector: 'input' });
const button = (name: RegExp) => screen.getByRole('button', { name });

async function fill(name: RegExp, text: string) {
  await user.click(field(name));
  await user.paste(text);
}

beforeEach(() => locale.use('pt-BR'));
afterEach(() => {
  cleanup();
  setBackend(null);
});

describe('the page of the token', () => {
  function show(draft = new Draft()) {
    const onsignedin = vi.fn();
    return { draft, onsignedin, ...render(TokenPage, { draft, now, onsignedin }) };
  }

  it('says what it understood and until when the token is good', async () => {
    answering();
    const { container } = show();
    await fill(/^Endereço da sua conta/, 'https://solarhorizonte.kommo.com/leads/');
    expect(screen.getByText('Sua conta: solarhorizonte.kommo.com')).toBeTruthy();
    expect(screen.getByText('Falta o token.')).toBeTruthy();
    await fill(/^Token de longa/, TOKEN);
    expect(screen.getByText('Token lido. Vale até 12/03/2027.')).toBeTruthy();
    expect(button(/^Conectar$/)).toHaveProperty('disabled', false);
    expect(await violations(container)).toEqual([]);
  });

  it('hides the token until asked', async () => {
    answering();
    show();
    await fill(/^Token de longa/, TOKEN);
    expect(field(/^Token de longa/).type).toBe('password');
    await user.click(button(/^Mostrar$/));
    expect(field(/^Token de longa/).type).toBe('text');
  });

  it('takes the person to the field that Kommo refused, with everything still typed', async () => {
    answering({ sign_in_long_lived: refuse('subdomain_unknown') });
    const { draft, onsignedin, container } = show();
    await fill(/^Endereço da sua conta/, 'acme');
    await fill(/^Token de longa/, TOKEN);
    await user.click(button(/^Conectar$/));
    const address = field(/^Endereço da sua conta/);
    expect(address.getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(address);
    expect(screen.getByText(/^O Kommo não conhece esta conta\./)).toBeTruthy();
    expect(draft.token).toBe(TOKEN);
    expect(onsignedin).not.toHaveBeenCalled();
    expect(await violations(container)).toEqual([]);
    await user.type(address, 's');
    expect(screen.queryByText(/^O Kommo não conhece esta conta\./)).toBeNull();
  });

  it('signs in with Enter', async () => {
    const kit = answering({ sign_in_long_lived: () => outcome(), sync_status: () => syncStatus() });
    const { onsignedin } = show();
    await fill(/^Endereço da sua conta/, 'acme');
    await fill(/^Token de longa/, TOKEN);
    await user.keyboard('{Enter}');
    await expect.poll(() => onsignedin.mock.calls.length, { timeout: 20_000 }).toBe(1);
    expect(kit.asked[0]?.command).toBe('sign_in_long_lived');
  });

  it('names the account that gets its sign-in back', () => {
    answering();
    const draft = new Draft();
    draft.begin(account({ connection: 'needs_sign_in' }));
    show(draft);
    expect(screen.getByText('Conta Solar Horizonte')).toBeTruthy();
    expect(field(/^Endereço da sua conta/).value).toBe('solarhorizonte');
    expect(button(/^Entrar de novo$/)).toBeTruthy();
  });
});

describe('the page of the code', () => {
  it('shows what was sent as redirect URL when Kommo expects another', async () => {
    const ours = 'http://localhost:8000/auth/kommo/callback';
    answering({ sign_in_code: refuse('redirect_mismatch', ours) });
    const { container } = render(CodePage, {
      draft: new Draft(),
      now,
      ourRedirect: ours,
      onsignedin: vi.fn()
    });
    await fill(/^Endereço da sua conta/, 'acme');
    await fill(/^ID da integração/, ID);
    await fill(/^Chave secreta/, SECRET);
    await fill(/^Código de autorização/, CODE);
    expect(screen.getByText(/^Este código vale por mais 20\smin\s00\ss\.$/)).toBeTruthy();
    await user.click(button(/^Conectar$/));
    const redirect = field(/^Endereço de retorno/);
    expect(redirect.value).toBe(ours);
    expect(redirect.getAttribute('aria-invalid')).toBe('true');
    expect(
      screen.getByText(new RegExp(`Nós enviamos ${ours.replaceAll('/', '\\/')}`))
    ).toBeTruthy();
    expect(await violations(container)).toEqual([]);
  });

  it('tells swapped keys apart', async () => {
    answering();
    render(CodePage, { draft: new Draft(), now, ourRedirect: 'x', onsignedin: vi.fn() });
    await fill(/^ID da integração/, SECRET);
    await fill(/^Chave secreta/, ID);
    expect(screen.getByText(/^Isto parece a chave secreta/)).toBeTruthy();
    expect(screen.getByText(/^Isto é o ID da integração/)).toBeTruthy();
  });
});

describe('the page of the browser', () => {
  async function show(extra: Parameters<typeof answering>[0] = {}) {
    const kit = answering({
      sign_in_browser_start: () => ({
        attempt_id: 't1',
        authorization_url: 'https://www.kommo.com/oauth?client_id=x',
        redirect_uri: 'http://localhost:8000/auth/kommo/callback',
        expires_at_ms: NOW + 583_000
      }),
      sign_in_browser_cancel: () => ({}),
      ...extra
    });
    const flow = new BrowserSignIn(new Draft(), now);
    const stop = flow.follow();
    const page = render(BrowserPage, {
      flow,
      returnAddress: new ReturnAddress(),
      waysHref: '/connect'
    });
    return { kit, flow, stop, ...page };
  }

  it('waits with a countdown, and a refusal is no accident', async () => {
    const { kit, stop, container } = await show();
    await fill(/^ID da integração/, ID);
    await fill(/^Chave secreta/, SECRET);
    await user.click(button(/^Abrir o Kommo$/));
    expect(await screen.findByText(/^Esta tentativa vale por mais 9\smin\s43\ss\.$/)).toBeTruthy();
    expect(await violations(container)).toEqual([]);
    kit.send({
      type: 'sign_in_finished',
      attempt_id: 't1',
      result: {
        kind: 'failed',
        error: { code: 'sign_in_refused', detail: '', hint: null, retry_at: null }
      }
    });
    expect(await screen.findByText('O acesso não foi permitido')).toBeTruthy();
    await user.click(button(/^Tentar de novo$/));
    expect(field(/^Chave secreta/).value).toBe(SECRET);
    stop();
  });

  it('offers another port when its own is taken', async () => {
    const { stop, container } = await show({
      preferences_set: () => ({ ...status().preferences, listener_port: 8001 }),
      app_status: () =>
        status({ listener: { port: 8001, url: 'http://localhost:8001', is_port_taken: false } })
    });
    app.apply(status({ listener: { port: 8000, url: null, is_port_taken: true } }));
    await user.click(await screen.findByRole('button', { name: 'Usar esta porta' }));
    expect(
      await screen.findByText('http://localhost:8001/auth/kommo/callback', { selector: 'code' })
    ).toBeTruthy();
    expect(screen.getByText(/^A porta mudou\./)).toBeTruthy();
    expect(await violations(container)).toEqual([]);
    stop();
  });
});

describe('the first page', () => {
  const props = { env: new EnvImport(new Draft(), now), onfile: vi.fn(), ondemo: vi.fn() };

  it('offers three ways in their order, the demo and a file', async () => {
    answering();
    const { container } = render(Welcome, { ...props, demo: new Submission([]) });
    expect(screen.getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual([
      '/connect/token',
      '/connect/code',
      '/connect/browser'
    ]);
    expect(button(/^Explorar a conta de demonstração$/)).toBeTruthy();
    expect(button(/^Escolher arquivo$/)).toBeTruthy();
    expect(await violations(container)).toEqual([]);
  });

  it('keeps the account in the way of one that is reconnected', () => {
    answering();
    const lost = account({ connection: 'needs_sign_in', method: 'oauth' });
    render(Welcome, { ...props, account: lost, demo: new Submission([]) });
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(
      'Entrar de novo em Solar Horizonte'
    );
    expect(screen.getAllByRole('link')[0]?.getAttribute('href')).toBe('/connect/token?account=a1');
    expect(screen.getByText('Como da última vez').closest('a')?.getAttribute('href')).toBe(
      '/connect/code?account=a1'
    );
  });
});

describe('the page of a settings file', () => {
  it('shows what was found and what was not, and never a secret', async () => {
    answering({
      env_import_preview: () => ({
        draft_id: 'd1',
        subdomain: 'acme',
        client_id: ID,
        redirect_uri: null,
        has_client_secret: true,
        has_long_lived_token: true,
        token_expires_at_ms: END,
        mapping: [{ key: 'KOMMO_STAGE_NOVO', target: 'stage', kommo_id: 67548607 }],
        problems: [{ line: 3, key: 'KOMMO_FIELD_X', reason: 'empty' }]
      })
    });
    const env = new EnvImport(new Draft(), now);
    const { container } = render(EnvPage, { env, now, onsignedin: vi.fn() });
    expect(screen.getByText('Nenhum arquivo lido')).toBeTruthy();
    await user.upload(
      screen.getByLabelText('Escolher arquivo', { selector: 'input' }),
      new File([`KOMMO_CLIENT_SECRET=${SECRET}\n`], 'kommo.env')
    );
    expect(await screen.findByText('está no arquivo, vale até 12/03/2027')).toBeTruthy();
    expect(screen.getByText('KOMMO_STAGE_NOVO')).toBeTruthy();
    expect(screen.getByText('Linha 3')).toBeTruthy();
    expect(container.innerHTML).not.toContain(SECRET);
    expect(await violations(container)).toEqual([]);
  });
});
