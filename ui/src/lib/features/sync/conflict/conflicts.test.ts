import { configure, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '$lib/backend';
import { locale } from '$lib/i18n';
import { violations } from '../../../../test/axe';
import { opened } from '../opened.testing';
import { authorLabel, conflictTitle, undoLabel } from './words';

vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 20_000 });

beforeEach(() => locale.use('pt-BR'));
afterEach(() => setBackend(null));

describe('the words of a value that lost', () => {
  it.each([
    ['changed_in_kommo', false, 'Usar o meu valor'],
    ['overwritten', true, 'Voltar ao valor do Kommo'],
    ['backwards', false, 'Mudar assim mesmo'],
    ['stage_of_person', false, 'Mudar assim mesmo'],
    ['new_to_us', true, 'Voltar ao valor do Kommo']
  ])('offer what %s allows', (reason, is_ours_kept, label) => {
    const row = { reason, is_ours_kept, field: 'stage' };
    expect(undoLabel(row)).toBe(label);
    expect(conflictTitle(row)).toMatch(/\.$/);
  });
});

describe('who changed it in Kommo', () => {
  it.each([
    [{ who: 'person', user_id: 7, name: 'Ana' }, 'do Kommo, por Ana'],
    [{ who: 'person', user_id: 7, name: null }, 'do Kommo, por usuário nº 7'],
    [{ who: 'automation' }, 'do Kommo, por um robô ou uma integração'],
    [{ who: 'unknown' }, 'do Kommo, não se sabe por quem']
  ] as const)('is said of %o', (author, label) => {
    expect(authorLabel(author)).toBe(label);
  });
});

describe('conflicts', () => {
  const first = async () => (await screen.findAllByRole('article'))[0]!;

  it('show both values side by side, with what stood there before', async () => {
    const { container } = await opened('conflicts');
    const card = await first();
    expect(card.textContent).toContain('Alguém mudou “Etapa” no Kommo antes');
    expect(card.textContent).toMatch(/Ficou · do Kommo, por Ana Ribeiro\s*Em Negociação/);
    expect(card.textContent).toMatch(/Ficou de fora · daqui\s*Qualificado/);
    expect(card.textContent).toContain('Etapa antes: Novo Lead');
    expect(await violations(container)).toEqual([]);
  });

  it('are settled by asking for the own value again', async () => {
    const { asked } = await opened('conflicts');
    const card = await first();
    await userEvent.click(within(card).getByRole('button', { name: 'Usar o meu valor' }));
    await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(2));
    expect(asked('conflict_undo')).toMatchObject({ id: 70 });
    expect(screen.getByRole('tab', { name: /Conflitos/ }).textContent).toMatch(/2/);
  });

  it('are left as they are, and can be looked at afterwards', async () => {
    const { asked } = await opened('conflicts');
    const card = await first();
    await userEvent.click(within(card).getByRole('button', { name: 'Está certo assim' }));
    await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(2));
    expect(asked('conflict_dismiss')).toMatchObject({ id: 70 });
    await userEvent.click(screen.getByRole('radio', { name: 'Todos' }));
    await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(3));
    expect(within(await first()).getByText('mantido por você')).toBeTruthy();
  });

  it('say so when there are none', async () => {
    await opened('conflicts', 'demo');
    expect(await screen.findByRole('heading', { name: 'Nenhum conflito aberto' })).toBeTruthy();
  });
});
