import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '$lib/backend';
import { fakeBackend, type FakeBackend } from '$lib/backend/fake';
import { locale } from '$lib/i18n';
import { start } from '$lib/state/start';
import { sync } from '$lib/state/sync.svelte';
import SyncPage from './SyncPage.svelte';

// Whole pages take seconds on a busy machine; a wait still ends as soon as it can.
vi.setConfig({ testTimeout: 60_000 });

let core: FakeBackend;

async function opened(scene: Parameters<typeof fakeBackend>[0]) {
  core = fakeBackend(scene);
  setBackend(core);
  (await start())();
  locale.use('pt-BR');
  render(SyncPage, { leadKommoId: null });
  await screen.findAllByRole('row');
}

afterEach(() => setBackend(null));

describe('the page of sync', () => {
  it('opens a row beside the list and leaves what stands above as it is', async () => {
    await opened('usual');
    const poll = screen.getByText('Última consulta');
    const grid = screen.getByRole('grid', { name: /mais recentes primeiro/ });
    await userEvent.click(within(grid).getAllByRole('row')[0]!);
    const panel = await screen.findByRole('complementary', { name: 'Detalhe da linha' });
    const room = panel.parentElement!;
    expect(room.contains(grid)).toBe(true);
    expect(room.contains(poll)).toBe(false);
    expect(room.contains(screen.getByRole('button', { name: 'Consultar agora' }))).toBe(false);
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('complementary')).toBeNull());
    expect(document.activeElement).toBe(grid);
  });

  it('finds rows by what they show, and exports the same', async () => {
    await opened('usual');
    await userEvent.type(screen.getByRole('searchbox'), 'tarefa concluida');
    const asked = (command: string) =>
      core.calls.filter((call) => call.command === command).at(-1)?.request;
    const worded = {
      search: 'tarefa concluida',
      worded: { operations: ['task_completed', 'task_done_sent'] }
    };
    await waitFor(() => expect(asked('log_list')).toMatchObject(worded));
    await waitFor(() =>
      expect(
        screen.getAllByRole('row').every((row) => row.textContent?.includes('Tarefa concluída'))
      ).toBe(true)
    );
    URL.createObjectURL = vi.fn(() => 'blob:x');
    await userEvent.click(screen.getByRole('button', { name: 'Exportar' }));
    await waitFor(() => expect(asked('log_export')).toMatchObject({ filter: worded }));
  });

  it('offers to sign in instead of polling while only that helps', async () => {
    await opened('signin');
    const poll = screen.getByRole('button', { name: 'Consultar agora' });
    expect(poll.hasAttribute('disabled')).toBe(true);
    expect(poll.title).toBe('Entre de novo no Kommo primeiro');
    const again = screen.getByRole('link', { name: 'Entrar de novo' });
    expect(again.getAttribute('href')).toBe('/connect?account=a1');
  });

  it('says in plain words that changes are late', async () => {
    await opened('usual');
    const late = Date.now() - 5 * 60_000;
    const status = sync.status!;
    sync.apply({ ...status, polling: { ...status.polling, complete_until_ms: late } });
    expect(await screen.findByText(/atraso de 5\smin/)).toBeTruthy();
  });
});
