import { render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setBackend, type AccountSummary, type HealthItem } from '$lib/backend';
import { fakeBackend } from '$lib/backend/fake';
import { locale } from '$lib/i18n';
import { accounts } from '$lib/state/accounts.svelte';
import { Health } from './health.svelte';
import HealthSummary from './HealthSummary.svelte';

const account = { id: 'summary', web_url: 'https://acme.kommo.com' } as AccountSummary;
const item = (probe: HealthItem['probe'], state: HealthItem['state']): HealthItem => ({
  probe,
  state,
  count: null,
  detail: '',
  problem: null
});

async function shown(...items: HealthItem[]): Promise<string[]> {
  const core = fakeBackend('usual');
  const report = { checked_at_ms: Date.now(), items };
  setBackend({
    ...core,
    call: (async (command: string) => (command === 'health_check' ? report : null)) as never
  });
  const health = new Health();
  render(HealthSummary, { health, account });
  await waitFor(() => expect(health.report.value).not.toBeNull());
  return screen.getAllByRole('listitem').map((line) => line.textContent.trim());
}

beforeEach(() => {
  locale.use('pt-BR');
  accounts.apply({ accounts: [account], current_id: account.id });
});
afterEach(() => setBackend(null));

describe('the short form of the health', () => {
  it('lists only what is wrong, as many lines as it counts', async () => {
    const lines = await shown(
      item('sign_in', 'bad'),
      item('users', 'limited'),
      item('listener', 'bad'),
      item('fields', 'good')
    );
    expect(screen.getByText('2 itens precisam de você')).toBeTruthy();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('Acesso ao Kommo');
    expect(lines[1]).toContain('precisa de atenção');
  });

  it('lists what is limited or waits when nothing is wrong', async () => {
    const lines = await shown(item('users', 'limited'), item('fields', 'good'));
    expect(screen.getByText('2 de 2 em ordem')).toBeTruthy();
    expect(lines).toEqual(['Pessoas da equipe com limitação']);
  });

  it('says that all is well in one line, with the way to the rest', async () => {
    expect(await shown(item('users', 'good'), item('fields', 'good'))).toEqual(['Tudo em ordem']);
    const all = screen.getByRole('link', { name: 'Ver todos os itens' });
    expect(all.getAttribute('href')).toBe('/health');
  });
});
