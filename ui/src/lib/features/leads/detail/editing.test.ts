import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError, setBackend, type LeadDetail } from '$lib/backend';
import { fakeBackend, type FakeBackend } from '$lib/backend/fake';
import { zone } from '$lib/format';
import { locale } from '$lib/i18n';
import { violations } from '../../../../test/axe';
import { Structure } from '../structure.svelte';
import LeadDrawer from './LeadDrawer.svelte';
import { OpenLead } from './open-lead.svelte';

// A whole drawer in a test's document is slow, and slower while other tests run.
vi.setConfig({ testTimeout: 60_000 });

let backend: FakeBackend;
/** What the next readings of the lead say otherwise than the fake. */
let otherwise: Partial<LeadDetail>;

beforeEach(() => {
  locale.use('pt-BR');
  zone.use('America/Sao_Paulo');
  otherwise = {};
  const fake = fakeBackend('usual');
  backend = {
    ...fake,
    call: (async (command: never, request: never) => {
      const answer = await fake.call(command, request);
      return command === 'lead_get' ? { ...(answer as object), ...otherwise } : answer;
    }) as FakeBackend['call']
  };
  setBackend(backend);
});
afterEach(() => setBackend(null));

/** The row of a lead without pending changes, and its drawer. */
async function opened() {
  const { rows } = await backend.call('lead_list', { limit: 9 });
  const row = rows.find((one) => !one.is_pending)!;
  const lead = new OpenLead();
  const structure = new Structure();
  structure.open('a1');
  lead.open(row.id);
  const onclose = vi.fn();
  const { container } = render(LeadDrawer, { lead, structure, onclose, onstep: vi.fn() });
  await screen.findByRole('group', { name: 'Concorrente' });
  backend.calls.length = 0;
  return { lead, row, onclose, container, user: userEvent.setup() };
}

const line = (name: string) => within(screen.getByRole('group', { name }));
const sent = (command: string) =>
  backend.calls.filter((one) => one.command === command).map((one) => one.request);

describe('a field of the lead', () => {
  it('is changed with the keyboard alone, and is marked until Kommo has it', async () => {
    const { row, user } = await opened();
    line('Concorrente').getByRole('button').focus();
    await user.keyboard('{Enter}');
    await user.keyboard('Solfácil{Enter}');
    expect(sent('lead_edit')).toEqual([
      {
        lead_id: row.id,
        changes: [{ of: 'field', field_id: 1246491, value: { as: 'text', text: 'Solfácil' } }]
      }
    ]);
    const value = await line('Concorrente').findByRole('button', { name: /Solfácil/ });
    const mark = line('Concorrente').getByText('a enviar').parentElement!;
    await waitFor(() => expect(mark.title).toMatch(/^Concorrente: Origo → Solfácil\n/));
    expect(document.activeElement).toBe(value);
  });

  it('is left as it was by Escape, which does not close the drawer', async () => {
    const { user, onclose } = await opened();
    await user.click(line('Concorrente').getByRole('button'));
    await user.keyboard('outra coisa{Escape}');
    expect(line('Concorrente').getByRole('button', { name: /Origo/ })).toBeTruthy();
    expect(sent('lead_edit')).toEqual([]);
    expect(onclose).not.toHaveBeenCalled();
  });

  it('is saved by moving on with Tab', async () => {
    const { user } = await opened();
    await user.click(line('Concorrente').getByRole('button'));
    await user.keyboard('Outra{Tab}');
    expect(sent('lead_edit')).toHaveLength(1);
  });

  it('keeps what was typed when it is refused, and says why', async () => {
    const { user } = await opened();
    backend.failNext('lead_edit', new BackendError('value_invalid', 'Concorrente'));
    await user.click(line('Concorrente').getByRole('button'));
    await user.keyboard('Não cabe{Enter}');
    const field = await line('Concorrente').findByRole<HTMLInputElement>('textbox');
    expect(field.value).toBe('Não cabe');
    expect(line('Concorrente').getByText(/Este valor não serve/)).toBeTruthy();
    await user.click(field);
    await user.keyboard('{Escape}');
    expect(line('Concorrente').getByRole('button', { name: /Origo/ })).toBeTruthy();
  });

  it('in the person’s hands is not overwritten by Kommo, and says that it moved', async () => {
    const { lead, user } = await opened();
    await user.click(line('Concorrente').getByRole('button'));
    await user.keyboard('digitando');
    const fields = lead.detail!.fields.map((one) =>
      one.name === 'Concorrente' ? { ...one, values: ['Vindo do Kommo'] } : one
    );
    otherwise = { fields };
    await lead.read();
    expect(await line('Concorrente').findByText(/agora é Vindo do Kommo/)).toBeTruthy();
    expect(line('Concorrente').getByRole<HTMLInputElement>('textbox').value).toBe('digitando');
  });

  it('that only Kommo fills can be opened there', async () => {
    const { user } = await opened();
    await user.click(screen.getByText(/Ver mais \d+ campos/));
    expect(line('Proposta').getByRole('button', { name: /se preenche só no Kommo/ })).toBeTruthy();
  });

  it('with yes and no changes at once', async () => {
    const { user } = await opened();
    await user.click(line('Tem telhado próprio').getByRole('checkbox'));
    expect(sent('lead_edit')[0]).toMatchObject({
      changes: [{ value: { as: 'yes_no', value: false } }]
    });
    expect(line('Tem telhado próprio').getByText('Não')).toBeTruthy();
  });
});

describe('the lead itself', () => {
  it('asks why when it is lost', async () => {
    const { user } = await opened();
    await user.click(line('Etapa').getByRole('button'));
    await user.click(
      await screen.findByRole('searchbox').catch(() => screen.findByRole('combobox'))
    );
    await user.keyboard('perdido{Enter}');
    expect(await screen.findByText('Por que foi perdido?')).toBeTruthy();
    await user.click(screen.getByRole('option', { name: 'Sem interesse' }));
    await waitFor(() =>
      expect(sent('lead_edit')[0]).toMatchObject({
        changes: [{ of: 'stage', pipeline_id: 7001, status_id: 143, loss_reason_id: 901 }]
      })
    );
  });

  it('takes no price with cents', async () => {
    const { user } = await opened();
    await user.click(line('Valor').getByRole('button'));
    await user.keyboard('12,50{Enter}');
    expect(line('Valor').getByText(/só guarda valores inteiros/)).toBeTruthy();
    expect(sent('lead_edit')).toEqual([]);
  });

  it('marks a tag on its way whatever its case: the core names it in small letters', async () => {
    const tag = { kommo_id: 0, name: 'Visita Feita', color: null };
    const said = { kind: 'tag', field: 'tags', before: null, after: tag.name, cause: null };
    const { lead } = await opened();
    otherwise = {
      row: { ...lead.detail!.row, tags: [tag] },
      pending: [{ subject: 'tag:visita feita', is_wedged: false, outbox_id: 5, ...said }]
    };
    await lead.read();
    expect(await screen.findByTitle(/^Adicionar tag: Visita Feita/)).toBeTruthy();
  });

  it('takes a tag that is new to the account', async () => {
    const { user } = await opened();
    await user.click(screen.getByRole('button', { name: 'Adicionar tag' }));
    await user.click(await screen.findByRole('combobox'));
    await user.keyboard('Feira 2026{Enter}');
    expect(await screen.findByRole('button', { name: 'Tirar a tag Feira 2026' })).toBeTruthy();
    expect(sent('lead_edit')[0]).toMatchObject({
      changes: [{ of: 'tag_add', name: 'Feira 2026' }]
    });
  });

  it('that was deleted in Kommo can only be read', async () => {
    otherwise = { deleted_at_ms: 1 };
    await opened();
    expect(line('Concorrente').queryByRole('button')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Nova tarefa' })).toBeNull();
    expect(screen.queryByRole('textbox', { name: 'Nova nota' })).toBeNull();
  });

  it('says why a change was not accepted, and lets it be tried again or given up', async () => {
    const asked = { kind: 'edit', field: 'price', before: '500', after: '900' };
    const wedged = { subject: 'price', is_wedged: true, outbox_id: 77, cause: 'no_right' };
    otherwise = { pending: [{ ...asked, ...wedged }] };
    const { user } = await opened();
    expect(line('Valor').getByText(/^Não foi aceito pelo Kommo: O seu usuário/)).toBeTruthy();
    expect(line('Valor').getByText(/^Você pediu: Valor: R\$\s500.* → R\$\s900/)).toBeTruthy();
    await user.click(line('Valor').getByRole('button', { name: 'Tentar de novo' }));
    await waitFor(() => expect(sent('outbox_retry')).toEqual([{ id: 77, all_alike: false }]));
    await user.click(await line('Valor').findByRole('button', { name: 'Descartar' }));
    await waitFor(() => expect(sent('outbox_discard')).toEqual([{ id: 77 }]));
  });
});

describe('what is written on the lead', () => {
  it('shows a note at once', async () => {
    const { row, user } = await opened();
    await user.click(screen.getByRole('textbox', { name: 'Nova nota' }));
    await user.keyboard('Ligou pedindo desconto{Control>}{Enter}{/Control}');
    expect(sent('note_add')).toEqual([{ lead_id: row.id, text: 'Ligou pedindo desconto' }]);
    expect(screen.getByText('Ligou pedindo desconto')).toBeTruthy();
  });

  it('gives a task for a quick moment', async () => {
    const { row, user } = await opened();
    await user.click(screen.getByRole('button', { name: 'Nova tarefa' }));
    await user.keyboard('Ligar para o sócio{Enter}');
    expect(sent('task_add')[0]).toMatchObject({
      lead_id: row.id,
      text: 'Ligar para o sócio',
      task_type_id: 1,
      responsible_id: row.responsible_id
    });
    expect(await screen.findByText('Ligar para o sócio')).toBeTruthy();
  });

  it('completes a task with its result', async () => {
    const { row, user } = await opened();
    await user.click(screen.getByRole('button', { name: /^Concluir a tarefa/ }));
    await user.keyboard('Quer proposta{Enter}');
    expect(sent('task_complete')).toEqual([
      { task_id: row.kommo_id * 10, result: 'Quer proposta' }
    ]);
    expect(await screen.findByText('Resultado: Quer proposta')).toBeTruthy();
  });

  it('tells who said what without colour', async () => {
    const { row } = await opened();
    const talk = within(screen.getByRole('region', { name: /Conversa/ }));
    const [first] = talk.getAllByRole('listitem');
    expect(first!.textContent).toContain(row.contact_name);
    expect(talk.getAllByText('Equipe').length).toBeGreaterThan(0);
  });
});

it('the drawer has nothing that axe finds wrong', async () => {
  const { container, user } = await opened();
  await user.click(screen.getByRole('button', { name: 'Nova tarefa' }));
  expect(await violations(container)).toEqual([]);
});
