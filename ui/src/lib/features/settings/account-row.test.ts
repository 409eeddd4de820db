import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccountSummary } from '$lib/backend';
import { accountList } from '$lib/backend/fake/status';
import { locale } from '$lib/i18n';
import AccountRow from './AccountRow.svelte';

const main = accountList('usual').accounts[0]!;

function shown(change: Partial<AccountSummary>, isShown = false) {
  const deeds = { onshow: vi.fn(), onsignout: vi.fn(), onforget: vi.fn() };
  render(AccountRow, { account: { ...main, ...change }, isShown, ...deeds });
  return deeds;
}

async function menu(): Promise<string[]> {
  await userEvent.click(screen.getByRole('button', { name: /^Mais ações para/ }));
  const items = await screen.findAllByRole('menuitem');
  return items.map((item) => item.textContent?.trim() ?? '');
}

beforeEach(() => locale.use('pt-BR'));

describe('the row of an account', () => {
  it('tells its address, how it is connected and its time zone in words', () => {
    shown({ token_expires_at_ms: Date.UTC(2027, 0, 15, 12) });
    const facts = screen.getByText(/solarhorizonte\.kommo\.com/).textContent;
    expect(facts).toBe(
      'solarhorizonte.kommo.com · Token de longa duração · Token vence em 15/01/2027 · Fuso: horário de Brasília'
    );
    expect(screen.getByText('conectada')).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'Entrar de novo' })).toBeNull();
  });

  it('can be shown, left and forgotten', async () => {
    const deeds = shown({});
    expect(await menu()).toEqual([
      'Mostrar esta conta',
      'Abrir no Kommo',
      'Sair desta conta',
      'Apagar os dados desta conta'
    ]);
    await userEvent.click(screen.getByRole('menuitem', { name: 'Sair desta conta' }));
    expect(deeds.onsignout).toHaveBeenCalledOnce();
    expect(deeds.onforget).not.toHaveBeenCalled();
  });

  it('offers to sign in again, and not to leave, when there is no access', async () => {
    shown({ connection: 'needs_sign_in' });
    const again = screen.getByRole('link', { name: 'Entrar de novo' });
    expect(again.getAttribute('href')).toBe('/connect?account=a1');
    expect(await menu()).not.toContain('Sair desta conta');
  });

  it('of the demonstration has no address and leads nowhere in Kommo', async () => {
    shown({ is_demo: true, method: 'demo', token_expires_at_ms: null });
    expect(screen.queryByText(/kommo\.com/)).toBeNull();
    expect(await menu()).toEqual(['Mostrar esta conta', 'Apagar os dados desta conta']);
  });
});
