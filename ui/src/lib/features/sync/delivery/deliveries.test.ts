import { configure, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '$lib/backend';
import { applyEvent } from '$lib/backend/events';
import { locale, LOCALES, maybe } from '$lib/i18n';
import { sync } from '$lib/state/sync.svelte';
import { violations } from '../../../../test/axe';
import { opened } from '../opened.testing';
import { effectText, kindsText, reasonText } from './words';

vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 20_000 });

beforeEach(() => locale.use('pt-BR'));
afterEach(() => setBackend(null));

const REASONS = [
  'other_account',
  'unknown_event',
  'not_a_form',
  'empty',
  'too_large',
  'too_many_pairs',
  'too_deep'
];

describe('the words of a notice', () => {
  it.each(LOCALES)('tell every reason in %s', (code) => {
    locale.use(code);
    for (const reason of REASONS) expect(maybe(`webhook.reason.${reason}`), reason).toBeTruthy();
  });

  it('tell what it is about once, in one sentence', () => {
    expect(kindsText(['lead_updated', 'lead_updated', 'note_added'])).toBe(
      'Lead mudou, nota adicionada'
    );
    expect(kindsText(['new_to_us'])).toBe('Outro aviso');
    expect(kindsText([])).toBe('Conteúdo desconhecido');
  });

  it('tell what it changed here, and that it changed nothing', () => {
    const done = { state: 'done', changes: 1, messages: 0 } as const;
    expect(effectText(done)).toBe('1 mudança');
    expect(effectText({ ...done, messages: 2 })).toBe('1 mudança, 2 mensagens');
    expect(effectText({ ...done, changes: 0 })).toBe('sem efeito: já sabíamos');
    expect(effectText({ ...done, state: 'ignored' })).toBe('');
  });

  it('tell that it was left alone even for a reason nobody gave words to', () => {
    expect(reasonText({ state: 'ignored', reason: 'new_to_us' })).toBe(
      'Não há nada nele para usar aqui'
    );
    expect(reasonText({ state: 'done', reason: null })).toBeNull();
  });
});

describe('received notices', () => {
  async function list() {
    // Without a layout the list has no height and draws only the rows it keeps ready.
    return screen.findByRole('grid', { name: /Avisos recebidos do Kommo/ });
  }

  it('open beside the list, with what they say and what they changed', async () => {
    const { container } = await opened('received');
    const grid = await list();
    await userEvent.click(within(grid).getAllByRole('row')[0]!);
    const panel = await screen.findByRole('complementary', { name: 'Detalhe do aviso' });
    expect(within(panel).getByRole('heading', { name: 'Etapa mudou' })).toBeTruthy();
    expect(await within(panel).findByText('leads[update][0][status_id]')).toBeTruthy();
    expect(within(panel).getByText('1 mudança')).toBeTruthy();
    expect(await violations(container)).toEqual([]);
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('complementary')).toBeNull());
    expect(document.activeElement).toBe(grid);
  });

  it('are processed again, and say that nothing new came of it', async () => {
    const { asked } = await opened('received');
    await userEvent.click(within(await list()).getAllByRole('row')[0]!);
    await userEvent.click(await screen.findByRole('button', { name: 'Processar de novo' }));
    const panel = screen.getByRole('complementary', { name: 'Detalhe do aviso' });
    expect(await within(panel).findByText('sem efeito: já sabíamos')).toBeTruthy();
    expect(asked('delivery_replay')).toMatchObject({ id: 4000 });
  });

  it('are narrowed to one state', async () => {
    const { asked } = await opened('received');
    await list();
    await userEvent.click(screen.getByRole('radio', { name: 'Ilegíveis' }));
    await waitFor(() => expect(asked('delivery_list')).toMatchObject({ state: 'unreadable' }));
    await waitFor(async () =>
      expect(
        within(await list())
          .getAllByRole('row')
          .every((row) => row.textContent?.includes('ilegível'))
      ).toBe(true)
    );
  });

  it('show the way to set them up while nothing was ever received', async () => {
    await opened('received', 'demo');
    const way = await screen.findByRole('link', { name: 'Configurar recebimento na hora' });
    expect(way.getAttribute('href')).toBe('/sync?tab=instant');
  });

  it('are counted while another tab is looked at', async () => {
    const { asked } = await opened('outbox');
    sync.patch('a1', { deliveries: { ...sync.status!.deliveries, total: 3 } });
    applyEvent({ type: 'deliveries_changed', account_id: 'a1' });
    await waitFor(() => expect(sync.status?.deliveries.total).toBe(208));
    expect(asked('delivery_list')).toMatchObject({ limit: 1 });
  });
});
