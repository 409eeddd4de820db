import { configure, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '$lib/backend';
import { accounts } from '$lib/state/accounts.svelte';
import { violations } from '../../../test/axe';
import { opened } from './opened.testing';
import { readTab } from './tabs';

vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 20_000 });

afterEach(() => setBackend(null));

describe('the tabs of sync', () => {
  it('are named by the address, and the log stands for anything else', () => {
    expect(readTab('stuck')).toBe('stuck');
    expect(readTab('nonsense')).toBe('log');
    expect(readTab(null)).toBe('log');
  });

  it('tell how much is behind each, and are changed with the keyboard', async () => {
    const ontab = vi.fn();
    const { container } = await opened('log', 'usual', { ontab });
    const names = screen.getAllByRole('tab').map((tab) => tab.textContent!.replace(/\s+/g, ' '));
    expect(names.slice(1).map((name) => name.trim())).toEqual([
      'A enviar 4',
      'Não enviados 3',
      'Conflitos 3',
      'Recebidos 26',
      'Recebimento na hora'
    ]);
    screen.getAllByRole('tab')[0]!.focus();
    await userEvent.keyboard('{ArrowRight}');
    expect(ontab).toHaveBeenCalledWith('outbox');
    expect(await violations(container)).toEqual([]);
  });

  it('are each opened by the number above them', async () => {
    await opened('log');
    const links = screen
      .getAllByRole('link')
      .map((link) => link.getAttribute('href'))
      .filter((href) => href?.startsWith('/sync'));
    expect(links).toEqual([
      '/sync?tab=instant',
      '/sync?tab=received',
      '/sync?tab=outbox',
      '/sync?tab=stuck',
      '/sync?tab=conflicts',
      '/sync'
    ]);
  });

  it('show another account anew', async () => {
    const { asked } = await opened('outbox');
    await screen.findByRole('table', { name: /Mudanças a enviar/ });
    await accounts.select('a2');
    await waitFor(() => expect(asked('outbox_list')).toMatchObject({ account_id: 'a2' }));
    expect(await screen.findByRole('table', { name: /Mudanças a enviar/ })).toBeTruthy();
    await accounts.select('a1');
  });
});
