import { configure, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError, setBackend, type OutboxView } from '$lib/backend';
import { locale } from '$lib/i18n';
import { violations } from '../../../../test/axe';
import { changeLine } from '$lib/words/changes';
import { opened } from '../opened.testing';
import { standingOf, subjectOf, waitReason } from './words';

// Whole pages under axe take seconds on a busy machine; a wait still ends as soon as it can.
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 20_000 });

beforeEach(() => locale.use('pt-BR'));
afterEach(() => setBackend(null));

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

function change(part: Partial<OutboxView>): OutboxView {
  return {
    id: 1,
    kind: 'edit',
    field: 'stage',
    before: null,
    after: null,
    entity_kind: 'lead',
    entity_kommo_id: 7,
    entity_name: null,
    lead_id: null,
    state: 'waiting',
    actor: 'person',
    attempts: 0,
    created_at_ms: 0,
    due_at_ms: 0,
    ended_at_ms: null,
    cause: null,
    cause_detail: null,
    ...part
  };
}

describe('a change on its way', () => {
  it.each([
    [{ field: 'stage', before: 'Novo', after: 'Ganho' }, 'Etapa: Novo → Ganho'],
    [{ field: 'price', before: '', after: '26500' }, 'Valor: vazio → R$ 26.500,00'],
    [{ field: 'Concorrente', before: 'Origo' }, 'Concorrente: Origo → vazio'],
    [{ kind: 'tag', field: 'tags', after: 'VIP' }, 'Adicionar tag: VIP'],
    [{ kind: 'tag', field: 'tags', before: 'VIP' }, 'Remover tag: VIP'],
    [{ kind: 'link', field: 'contacts', after: 'Ana' }, 'Vincular contato: Ana'],
    [{ kind: 'note', field: null, after: 'Oi.' }, 'Nota: Oi.'],
    [{ kind: 'task_done', field: null }, 'Concluir tarefa'],
    [{ kind: 'new_to_us', field: null, after: 'x' }, 'Mudança: x']
  ])('reads as a person would say it: %j', (part, words) => {
    expect(plain(changeLine(change(part), 'BRL'))).toBe(words);
  });

  it('names the lead, else its number, else what is created', () => {
    expect(subjectOf(change({ entity_name: 'Marina' }))).toBe('Marina');
    expect(subjectOf(change({}))).toBe('Lead #7');
    expect(subjectOf(change({ kind: 'lead', after: 'Nova', entity_kommo_id: null }))).toBe('Nova');
  });

  it('tells when it goes out, when it is tried again, and that sending is paused', () => {
    const now = 1_000_000;
    const text = (part: Partial<OutboxView>, isPaused = false) =>
      standingOf(change(part), { is_paused: isPaused }, now).text;
    expect(text({ due_at_ms: now })).toBe('na fila');
    expect(text({ due_at_ms: now + 7000 })).toMatch(/^sai /);
    expect(text({ due_at_ms: now + 7000, attempts: 2 })).toMatch(/^tenta de novo /);
    expect(text({ due_at_ms: now }, true)).toBe('pausado');
    expect(text({ state: 'sending' }, true)).toBe('enviando');
  });

  it('tells why it was put off in the words of that trouble', () => {
    expect(waitReason('kommo_unavailable')).toBe('O Kommo está com problemas');
    expect(waitReason('field_missing')).toBe('O campo não existe mais no Kommo');
    expect(waitReason(null)).toBeNull();
  });
});

describe('what waits to be sent', () => {
  it('shows what, on which lead, since when and how far, with the way to the lead', async () => {
    const { container } = await opened('outbox');
    const table = await screen.findByRole('table', { name: /Mudanças a enviar/ });
    const [, row] = within(table).getAllByRole('row');
    expect(row!.textContent).toMatch(/Etapa\s*Novo Lead.*Em Qualificação/);
    expect(within(row!).getByRole('link').getAttribute('href')).toMatch(/^\/leads\?lead=/);
    expect(within(table).getByText('enviando')).toBeTruthy();
    expect(within(table).getByText(/O Kommo está com problemas · 2 tentativas/)).toBeTruthy();
    expect(await screen.findByRole('table', { name: 'Concluídas há pouco' })).toBeTruthy();
    expect(await violations(container)).toEqual([]);
  });

  it('is paused and resumed, and says what a pause means', async () => {
    const { asked } = await opened('outbox');
    await userEvent.click(await screen.findByRole('button', { name: 'Pausar envio' }));
    expect(await screen.findByText('O envio está pausado')).toBeTruthy();
    expect(screen.getByText(/4 mudanças esperam aqui, e nada vai ao Kommo/)).toBeTruthy();
    expect(asked('outbox_pause')).toMatchObject({ is_paused: true });
    await userEvent.click(screen.getByRole('button', { name: 'Retomar envio' }));
    await waitFor(() => expect(screen.queryByText('O envio está pausado')).toBeNull());
    expect(asked('outbox_pause')).toMatchObject({ is_paused: false });
  });

  it('can be given up while it waits', async () => {
    const { asked } = await opened('outbox');
    const [discard] = await screen.findAllByRole('button', { name: /^Descartar:/ });
    await userEvent.click(discard!);
    const dialog = await screen.findByRole('dialog', { name: 'Descartar esta mudança?' });
    await userEvent.click(within(dialog).getByRole('button', { name: 'Descartar' }));
    await waitFor(() => expect(asked('outbox_discard')).toBeDefined());
  });

  it('says so when nothing waits', async () => {
    await opened('outbox', 'demo');
    expect(await screen.findByRole('heading', { name: 'Tudo enviado' })).toBeTruthy();
  });

  it('says why it cannot be read, and reads it again', async () => {
    await opened('outbox', 'usual', {
      prepare: (core) => core.failNext('outbox_list', new BackendError('storage_busy'))
    });
    expect(await screen.findByText('Os dados não puderam ser usados agora')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Tentar de novo' }));
    expect(await screen.findByRole('table', { name: /Mudanças a enviar/ })).toBeTruthy();
  });
});

describe('what was not sent', () => {
  it('stands under its cause, with what to do about it', async () => {
    const { container } = await opened('stuck');
    const group = await screen.findByRole('region', { name: /O campo não existe mais no Kommo/ });
    expect(within(group).getAllByRole('listitem')).toHaveLength(2);
    expect(within(group).getByText(/recrie o campo no Kommo/)).toBeTruthy();
    const other = screen.getByRole('region', { name: /O seu usuário do Kommo não pode mudar/ });
    expect(within(other).queryByRole('button', { name: /Tentar todos/ })).toBeNull();
    expect(await violations(container)).toEqual([]);
  });

  it('is tried again alone, or with all of the same cause', async () => {
    const { asked } = await opened('stuck');
    const group = await screen.findByRole('region', { name: /O campo não existe mais/ });
    await userEvent.click(within(group).getByRole('button', { name: 'Tentar todos iguais (2)' }));
    await waitFor(() => expect(screen.queryByRole('region', { name: /O campo/ })).toBeNull());
    expect(asked('outbox_retry')).toMatchObject({ all_alike: true });
    await userEvent.click(screen.getByRole('button', { name: /^Tentar de novo/ }));
    expect(await screen.findByRole('heading', { name: 'Nada parado' })).toBeTruthy();
    expect(asked('outbox_retry')).toMatchObject({ all_alike: false });
  });

  it('is discarded only after a question that tells what is lost', async () => {
    const { asked } = await opened('stuck');
    const [discard] = await screen.findAllByRole('button', { name: /^Descartar:/ });
    await userEvent.click(discard!);
    const dialog = await screen.findByRole('dialog', { name: 'Descartar esta mudança?' });
    expect(dialog.textContent).toContain('“Concorrente: vazio → Origo”');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Manter' }));
    expect(asked('outbox_discard')).toBeUndefined();
    await userEvent.click(discard!);
    const again = await screen.findByRole('dialog');
    await userEvent.click(within(again).getByRole('button', { name: 'Descartar' }));
    await waitFor(() => expect(asked('outbox_discard')).toMatchObject({ id: 896 }));
    await waitFor(() =>
      expect(screen.getAllByRole('button', { name: /^Descartar:/ })).toHaveLength(2)
    );
  });

  it('says why a try was not possible', async () => {
    const { core } = await opened('stuck');
    core.failNext('outbox_retry', new BackendError('change_unknown'));
    const [retry] = await screen.findAllByRole('button', { name: /^Tentar de novo:/ });
    await userEvent.click(retry!);
    expect(await screen.findByText('Esta mudança não espera mais')).toBeTruthy();
  });
});
