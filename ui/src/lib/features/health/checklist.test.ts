import { cleanup, configure, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  setBackend,
  type AccountSummary,
  type CommandName,
  type HealthItem,
  type ImportStatus,
  type SyncStatus
} from '$lib/backend';
import { locale } from '$lib/i18n';
import { accounts } from '$lib/state/accounts.svelte';
import { sync } from '$lib/state/sync.svelte';
import { violations } from '../../../test/axe';
import Checklist from './Checklist.svelte';
import { Health } from './health.svelte';

// Whole pages under axe take seconds on a busy machine; a wait still ends as soon as it can.
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 20_000 });

const account = { id: 'a1', web_url: 'https://acme.kommo.com' } as AccountSummary;
const item = (probe: HealthItem['probe'], change: Partial<HealthItem> = {}): HealthItem => ({
  probe,
  state: 'good',
  count: null,
  detail: '',
  problem: null,
  ...change
});

function syncOf(importing: Partial<ImportStatus>): SyncStatus {
  const whole = {
    state: 'running',
    started_at_ms: 0,
    finished_at_ms: null,
    share: null,
    remaining_s: null,
    entities: [],
    ...importing
  };
  return {
    account_id: 'a1',
    connection: 'connected',
    problem: null,
    import: whole,
    polling: { last_at_ms: null }
  } as unknown as SyncStatus;
}

let asked: CommandName[] = [];
let items: HealthItem[] = [];

beforeEach(() => {
  locale.use('pt-BR');
  asked = [];
  items = [item('sign_in'), item('pipelines', { count: 9 }), item('import', { state: 'waiting' })];
  accounts.apply({ accounts: [account], current_id: 'a1' });
  setBackend({
    host: 'http',
    call: (async (command: CommandName) => {
      asked.push(command);
      return command === 'health_check'
        ? { checked_at_ms: Date.now(), items }
        : syncOf({ state: 'running', share: 0.1 });
    }) as never,
    subscribe: () => () => {},
    openExternal: async () => {}
  });
});
afterEach(() => {
  cleanup();
  setBackend(null);
});

describe('the checklist on the screen', () => {
  it('ticks the import live and asks the probes again only when it ends', async () => {
    sync.apply(syncOf({ share: 0.42, remaining_s: 96 }));
    const { container } = render(Checklist, { health: new Health(), account });
    expect(await screen.findByText('9 etapas de trabalho encontradas.')).toBeTruthy();
    expect(screen.getByText(/^Já chegaram 42\s%/)).toBeTruthy();
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('42');
    expect(await violations(container)).toEqual([]);

    sync.apply(syncOf({ share: 0.8, remaining_s: 20 }));
    expect(await screen.findByText(/^Já chegaram 80\s%/)).toBeTruthy();
    expect(asked).toEqual(['health_check']);

    sync.apply(syncOf({ state: 'finished', share: 1 }));
    expect(await screen.findByText('A conta inteira está aqui.')).toBeTruthy();
    expect(await screen.findByText('Tudo em ordem')).toBeTruthy();
    expect(asked).toEqual(['health_check', 'health_check']);
  });

  it('has the way out beside what is wrong', async () => {
    items[0] = item('sign_in', { state: 'bad', problem: 'token_expired' });
    sync.apply(syncOf({ state: 'cancelled' }));
    render(Checklist, { health: new Health(), account });
    const again = await screen.findByRole('link', { name: 'Entrar de novo' });
    expect(again.getAttribute('href')).toBe('/connect?account=a1');
    expect(screen.getByText(/Gere outro token no Kommo e cole aqui\.$/)).toBeTruthy();
    expect(screen.getByText('2 itens precisam de você')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Continuar importação' }));
    expect(asked).toContain('import_start');
  });

  it('does not ask anything of Kommo while only signing in helps, and says so', async () => {
    items[0] = item('sign_in', { state: 'bad', problem: 'token_refused' });
    items.push(item('polling', { state: 'bad' }));
    sync.apply({ ...syncOf({ state: 'cancelled' }), connection: 'needs_sign_in' });
    render(Checklist, { health: new Health(), account });
    for (const name of ['Consultar agora', 'Continuar importação']) {
      const button = await screen.findByRole('button', { name });
      expect(button.hasAttribute('disabled'), name).toBe(true);
      expect(button.title).toBe('Entre de novo no Kommo primeiro');
    }
    expect(screen.getByRole('link', { name: 'Entrar de novo' })).toBeTruthy();
  });

  it('calls the time zone of the account by its name', async () => {
    items[1] = item('account', { detail: 'Solar Horizonte · America/Sao_Paulo' });
    sync.apply(syncOf({ state: 'finished' }));
    render(Checklist, { health: new Health(), account });
    expect(await screen.findByText('Solar Horizonte · horário de Brasília')).toBeTruthy();
  });
});
