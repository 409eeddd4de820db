import { configure, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError, setBackend, type WebhookTest } from '$lib/backend';
import { locale, LOCALES } from '$lib/i18n';
import { violations } from '../../../../test/axe';
import { opened } from '../opened.testing';
import { testWords, troubleOf } from './words';

vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 20_000 });

beforeEach(() => locale.use('pt-BR'));
afterEach(() => setBackend(null));

describe('the words of the set-up', () => {
  it.each(LOCALES)('tell every reason and what to do in %s', (code) => {
    locale.use(code);
    for (const reason of ['plan', 'no_right', 'address', 'timed_out', null]) {
      for (const state of ['refused', 'failing'] as const) {
        const trouble = troubleOf({ state, reason });
        expect(trouble?.title).toBeTruthy();
        expect(trouble?.remedy).toMatch(/\.$/);
      }
    }
    expect(troubleOf({ state: 'active', reason: null })).toBeNull();
  });

  it('tell what is in the way when a test does not arrive', () => {
    const test = (problem: string | null, status: number | null = null): WebhookTest => ({
      is_reached: problem === null,
      problem,
      status,
      took_ms: 312
    });
    const codes = ['unreachable', 'timed_out', 'not_https', 'other_server', 'status'];
    const titles = codes.map((code) => testWords(test(code, 502)).title);
    expect(new Set(titles).size).toBe(codes.length);
    expect(testWords(test('status', 502)).title).toContain('502');
    expect(testWords(test('new_to_us')).title).toBe(testWords(test('unreachable')).title);
    expect(testWords(test(null)).title).toMatch(/^O caminho está aberto/);
  });
});

describe('the set-up of instant delivery', () => {
  const field = () => screen.findByRole('textbox', { name: 'Endereço público' });

  it('says that nothing is needed without a public address', async () => {
    const { container } = await opened('instant', 'demo');
    const polling = await screen.findByRole('radio', { name: /Sem endereço público/ });
    expect((polling as HTMLInputElement).checked).toBe(true);
    expect(screen.getByText(/a cada 30 segundos/)).toBeTruthy();
    expect(screen.getByText('desligado')).toBeTruthy();
    expect(screen.queryByRole('textbox')).toBeNull();
    expect(await violations(container)).toEqual([]);
  });

  it('shows what to type, pointing to this computer', async () => {
    const { container } = await opened('instant', 'demo');
    await userEvent.click(await screen.findByRole('radio', { name: /Com endereço público/ }));
    expect(screen.getByText('http://127.0.0.1:8000')).toBeTruthy();
    expect(screen.getByText('cloudflared tunnel --url http://127.0.0.1:8000')).toBeTruthy();
    await userEvent.click(screen.getByRole('radio', { name: 'ngrok' }));
    expect(screen.getByText('ngrok http http://127.0.0.1:8000')).toBeTruthy();
    await userEvent.click(screen.getByRole('radio', { name: 'Proxy reverso' }));
    expect(screen.getByText(/caddy reverse-proxy .* --to 127\.0\.0\.1:8000/)).toBeTruthy();
    expect(await violations(container)).toEqual([]);
  });

  it('tells what is wrong with an address before anything is asked', async () => {
    const { asked } = await opened('instant', 'demo');
    await userEvent.click(await screen.findByRole('radio', { name: /Com endereço público/ }));
    await userEvent.type(await field(), 'http://localhost:8000{Enter}');
    expect(await screen.findByText(/só existe na sua rede/)).toBeTruthy();
    expect(asked('webhook_set')).toBeUndefined();
  });

  it('saves the address, turns notices on and tests the way', async () => {
    const { asked } = await opened('instant', 'demo');
    await userEvent.click(await screen.findByRole('radio', { name: /Com endereço público/ }));
    await userEvent.type(await field(), 'leads.solar.com.br{Enter}');
    expect(await screen.findByText(/O caminho está aberto/)).toBeTruthy();
    expect(asked('webhook_set')).toMatchObject({ public_url: 'https://leads.solar.com.br' });
    expect(screen.getByText('ligado')).toBeTruthy();
  });

  it('says why Kommo refuses and what to do', async () => {
    await opened('instant', 'demo');
    await userEvent.click(await screen.findByRole('radio', { name: /Com endereço público/ }));
    await userEvent.type(await field(), 'recusado.solar.com.br{Enter}');
    expect(await screen.findByText('O plano da conta não inclui avisos na hora')).toBeTruthy();
    expect(screen.getAllByText('recusado pelo Kommo')).toHaveLength(2);
  });

  it('says so when the core does not take the address', async () => {
    const { core } = await opened('instant', 'demo');
    core.failNext('webhook_set', new BackendError('public_url_invalid'));
    await userEvent.click(await screen.findByRole('radio', { name: /Com endereço público/ }));
    await userEvent.type(await field(), 'leads.solar.com.br{Enter}');
    expect(await screen.findByText('O Kommo não alcança este endereço')).toBeTruthy();
  });

  it('shows how the subscription stands, and looks at it again', async () => {
    const { asked } = await opened('instant');
    expect(await screen.findByText('ligado')).toBeTruthy();
    expect(screen.getByText(/^1 vez/)).toBeTruthy();
    expect(screen.getByText(/hook\/kommo\/a1\/••••••/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Conferir agora' }));
    await waitFor(() => expect(asked('webhook_check')).toBeDefined());
  });

  it('is turned off after a question', async () => {
    const { asked } = await opened('instant');
    await userEvent.click(await screen.findByRole('button', { name: 'Desligar' }));
    const dialog = await screen.findByRole('dialog', { name: 'Desligar o recebimento na hora?' });
    await userEvent.click(within(dialog).getByRole('button', { name: 'Desligar' }));
    await waitFor(() => expect(asked('webhook_set')).toEqual({ account_id: 'a1' }));
    expect(await screen.findByText('desligado')).toBeTruthy();
  });
});
