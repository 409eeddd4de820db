import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError, setBackend, type Backend, type LeadDetail } from '$lib/backend';
import { locale, t } from '$lib/i18n';
import { Structure } from '../structure.svelte';
import LeadDrawer from './LeadDrawer.svelte';
import { OpenLead } from './open-lead.svelte';

const detail: LeadDetail = {
  row: {
    id: 'l1',
    kommo_id: 9375000,
    name: '',
    price: 26500,
    pipeline_id: 1,
    status_id: 2,
    responsible_id: null,
    contact_name: null,
    phone: null,
    tags: [],
    created_at_ms: 0,
    updated_at_ms: 0,
    next_task_at_ms: null,
    is_pending: false
  },
  web_url: 'https://acme.kommo.com/leads/detail/9375000',
  deleted_at_ms: null,
  closed_at_ms: null,
  loss_reason: null,
  company: null,
  contacts: [],
  fields: [],
  tasks: [],
  notes: [],
  events: [],
  messages: [],
  pending: [],
  pending_work: [],
  synced_at_ms: 0
};

let answer: () => LeadDetail;
const openExternal = vi.fn(async () => {});

beforeEach(() => {
  locale.use('pt-BR');
  setBackend({ call: async () => answer(), openExternal } as unknown as Backend);
});
afterEach(() => setBackend(null));

async function opened() {
  const lead = new OpenLead();
  const onclose = vi.fn();
  lead.open('l1');
  render(LeadDrawer, { lead, structure: new Structure(), onclose, onstep: vi.fn() });
  return { lead, onclose };
}

describe('the drawer of a lead', () => {
  it('calls a lead without a name by its number and says that it has no next step', async () => {
    answer = () => detail;
    await opened();
    expect(await screen.findByRole('heading', { name: 'Lead #9375000' })).toBeTruthy();
    expect(screen.getByText('Nenhuma tarefa. Este lead está sem próximo passo.')).toBeTruthy();
  });

  it('opens the lead in Kommo, but not one that was deleted there', async () => {
    answer = () => detail;
    const { lead } = await opened();
    await userEvent.click(await screen.findByRole('button', { name: 'Abrir no Kommo' }));
    expect(openExternal).toHaveBeenCalledWith(detail.web_url);
    answer = () => ({ ...detail, deleted_at_ms: 1 });
    await lead.read();
    expect(await screen.findByText('Este lead foi apagado no Kommo')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Abrir no Kommo' })).toBeNull();
  });

  it('shows of a deleted lead what was done, and neither a next step nor the lack of one', async () => {
    const task = (kommo_id: number, is_completed: boolean, text: string) => ({
      kommo_id,
      text,
      task_type: 'Ligar',
      due_at_ms: 0,
      is_completed,
      result: null,
      responsible_id: null
    });
    const tasks = [task(1, false, 'Mandar proposta'), task(2, true, 'Ligar para Marina')];
    answer = () => ({ ...detail, deleted_at_ms: 1, tasks });
    await opened();
    await userEvent.click(await screen.findByRole('button', { name: 'Ver 1 concluída' }));
    expect(screen.getByText('Ligar para Marina')).toBeTruthy();
    expect(screen.queryByText('Mandar proposta')).toBeNull();
    expect(screen.queryByText(/sem próximo passo/)).toBeNull();
  });

  it('says why a lead cannot be read, and closes with Escape', async () => {
    answer = () => {
      throw new BackendError('lead_unknown');
    };
    const { onclose } = await opened();
    expect(await screen.findByText(t('errors.lead_unknown.title'))).toBeTruthy();
    screen.getByRole('button', { name: 'Fechar' }).focus();
    await userEvent.keyboard('{Escape}');
    expect(onclose).toHaveBeenCalledOnce();
  });
});

describe('coming from the list of what was not accepted', () => {
  const wedged = (subject: string, outbox_id: number, field: string) => ({
    subject,
    is_wedged: true,
    outbox_id,
    kind: 'edit',
    field,
    before: null,
    after: 'vip',
    cause: 'option_missing'
  });

  it.each([
    ['a tag', 41],
    ['a choice far down in the card', 42]
  ])('%s is led to, with the keyboard on it', async (_, outboxId) => {
    const scrolled = vi.fn();
    Element.prototype.scrollIntoView = scrolled;
    const fields = Array.from({ length: 14 }, (_, index) => ({
      field_id: index,
      name: `Campo ${index}`,
      kind: 'select',
      values: ['Sim'],
      enum_ids: [1]
    }));
    const pending = [wedged('tag:vip', 41, 'tags'), wedged('field:13', 42, 'Campo 13')];
    answer = () => ({ ...detail, fields, pending });
    const lead = new OpenLead();
    lead.open('l1', outboxId);
    const structure = new Structure();
    render(LeadDrawer, { lead, structure, onclose: vi.fn(), onstep: vi.fn() });
    await waitFor(() => expect(document.activeElement?.id).toBe(`change-${outboxId}`));
    expect(scrolled).toHaveBeenCalled();
    expect(lead.pointed).toBeNull();
  });
});
