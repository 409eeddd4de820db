import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError, setBackend, type BulkPreview } from '$lib/backend';
import { fakeBackend, type FakeBackend } from '$lib/backend/fake';
import { locale } from '$lib/i18n';
import { toasts } from '$lib/ui';
import { LeadBrowser } from '../browser.svelte';
import { everything } from '../filter/address';
import BulkBar from './BulkBar.svelte';

vi.setConfig({ testTimeout: 60_000 });

let backend: FakeBackend;
let otherwise: Partial<BulkPreview> | null;

beforeEach(() => {
  locale.use('pt-BR');
  otherwise = null;
  const fake = fakeBackend('usual');
  backend = {
    ...fake,
    call: (async (command: never, request: never) => {
      const answer = await fake.call(command, request);
      return command === 'lead_bulk_preview' ? { ...(answer as object), ...otherwise } : answer;
    }) as FakeBackend['call']
  };
  setBackend(backend);
});
afterEach(() => {
  setBackend(null);
  for (const { id } of [...toasts.list]) toasts.dismiss(id);
});

async function opened(rows: number) {
  const browser = new LeadBrowser();
  browser.open('a1', everything());
  await waitFor(() => expect(browser.window.row(rows)).toBeTruthy());
  await waitFor(() => expect(browser.structure.view).toBeTruthy());
  await browser.mark(0, false);
  await browser.mark(rows - 1, true);
  const onclear = vi.fn();
  render(BulkBar, { browser, onclear });
  return { browser, onclear, user: userEvent.setup() };
}

const sent = (command: string) => backend.calls.filter((one) => one.command === command);

async function choosePerson(user: ReturnType<typeof userEvent.setup>) {
  await user.click(screen.getByRole('button', { name: 'Mudar responsável' }));
  await user.click(await screen.findByRole('option', { name: 'Ana Ribeiro' }));
  return within(await screen.findByRole('dialog', { name: 'Passar para Ana Ribeiro' }));
}

describe('a change to many leads', () => {
  it('says what it would do before it does anything', async () => {
    otherwise = {
      changes: 37,
      unchanged: 5,
      from: [
        { name: 'Carla Menezes', leads: 30 },
        { name: '', leads: 7 }
      ],
      examples: ['Marina', 'Otávio']
    };
    const { user } = await opened(42);
    expect(screen.getByText('42 leads selecionados')).toBeTruthy();
    const dialog = await choosePerson(user);
    expect(await dialog.findByText('37 leads mudam')).toBeTruthy();
    expect(dialog.getByText('5 já estão assim')).toBeTruthy();
    expect(dialog.getByText('ninguém')).toBeTruthy();
    expect(dialog.getByText('Por exemplo: Marina, Otávio')).toBeTruthy();
    expect(sent('lead_bulk_apply')).toEqual([]);
  });

  it('says how many incoming leads Kommo would accept by it', async () => {
    otherwise = { changes: 9, accepts: 4 };
    const { user } = await opened(9);
    const dialog = await choosePerson(user);
    expect(await dialog.findByText('4 deles ainda não foram aceitos no Kommo')).toBeTruthy();
  });

  it('is made, told and taken back, and says what was too late', async () => {
    const { browser, onclear, user } = await opened(42);
    const dialog = await choosePerson(user);
    await user.click(await dialog.findByRole('button', { name: /^Mudar \d+ leads$/ }));
    await waitFor(() => expect(browser.selection.hasAny).toBe(false));
    expect(onclear).toHaveBeenCalledOnce();
    const toast = toasts.list.at(-1)!;
    expect(toast.title).toMatch(/^\d+ leads mudados$/);
    expect(toast.untilMs).toBeGreaterThan(Date.now());
    toast.action!.run();
    await waitFor(() =>
      expect(toasts.list.at(-1)!.title).toMatch(/^\d+ desfeitos, \d+ já tinham sido enviados$/)
    );
  });

  it('of more leads than may change together can only be closed', async () => {
    otherwise = { is_too_many: true, leads: 14_200 };
    const { user } = await opened(3);
    const dialog = await choosePerson(user);
    expect(await dialog.findByText(/14\.200 leads.*máximo é 10\.000/)).toBeTruthy();
    expect(dialog.queryByRole('button', { name: /^Mudar/ })).toBeNull();
  });

  it('that the core refuses keeps the dialog and the marks', async () => {
    const { browser, user } = await opened(5);
    const dialog = await choosePerson(user);
    backend.failNext('lead_bulk_apply', new BackendError('storage_full'));
    await user.click(await dialog.findByRole('button', { name: /^Mudar \d+ leads?$/ }));
    expect(await dialog.findByText('O disco deste computador está cheio')).toBeTruthy();
    expect(browser.selection.count(0)).toBe(5);
  });

  it('may be for all that match the question', async () => {
    const { user } = await opened(3);
    await user.click(screen.getByRole('button', { name: /^Selecionar todos os/ }));
    await choosePerson(user);
    await waitFor(() =>
      expect(sent('lead_bulk_preview')[0]!.request).toMatchObject({
        leads: { by: 'matching', search: null },
        change: { of: 'responsible', user_id: 301 }
      })
    );
  });
});

describe('the marks in the table', () => {
  it('end with another question, and stay in another order', async () => {
    const { browser } = await opened(3);
    browser.sortBy({ id: 'price', sort: 'price', share: 1, least: 1 });
    expect(browser.selection.count(0)).toBe(3);
    browser.search('marina');
    expect(browser.selection.hasAny).toBe(false);
  });
});
