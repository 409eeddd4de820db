import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '$lib/backend';
import { fakeBackend, type FakeBackend } from '$lib/backend/fake';
import { locale } from '$lib/i18n';
import { Structure } from '../structure.svelte';
import LeadDrawer from './LeadDrawer.svelte';
import { OpenLead } from './open-lead.svelte';

vi.setConfig({ testTimeout: 60_000 });

let backend: FakeBackend;

beforeEach(() => {
  locale.use('pt-BR');
  backend = fakeBackend('usual');
  setBackend(backend);
});
afterEach(() => setBackend(null));

async function opened() {
  const { rows } = await backend.call('lead_list', { limit: 9 });
  const row = rows.find((one) => !one.is_pending)!;
  const lead = new OpenLead();
  const structure = new Structure();
  structure.open('a1');
  lead.open(row.id);
  render(LeadDrawer, { lead, structure, onclose: vi.fn(), onstep: vi.fn() });
  await screen.findByRole('group', { name: 'Concorrente' });
  return { row, user: userEvent.setup() };
}

const line = (name: string) => within(screen.getByRole('group', { name }));
const sent = (command: string) =>
  backend.calls.filter((one) => one.command === command).map((one) => one.request);

describe('a contact', () => {
  const WORK = 1_060;
  const MOBILE = 1_062;

  it('tells what kind of phone it is, and gets another kind', async () => {
    const { user } = await opened();
    const phone = line('Telefone');
    expect(phone.getByText('Celular')).toBeTruthy();
    await user.click(phone.getByRole('button', { name: /^Mudar Telefone/ }));
    const kind = phone.getByLabelText(/^Tipo de Telefone 1/);
    expect(kind.textContent).toContain('Celular');
    await user.click(kind);
    await user.click(await screen.findByRole('option', { name: 'Trabalho' }));
    await user.click(phone.getByRole('button', { name: 'Salvar' }));
    expect(sent('contact_edit')[0]).toMatchObject({
      changes: [{ of: 'field', value: { as: 'texts', items: [{ enum_id: WORK }] } }]
    });
    expect(await phone.findByText('Trabalho')).toBeTruthy();
  });

  it('gets another phone', async () => {
    const { user, row } = await opened();
    const phone = line('Telefone');
    await user.click(phone.getByRole('button', { name: /^Mudar Telefone/ }));
    await user.click(phone.getByRole('button', { name: 'Adicionar outro' }));
    await user.keyboard('+5511988887777{Enter}');
    expect(sent('contact_edit')[0]).toMatchObject({
      contact_id: `${row.id}-c`,
      changes: [
        {
          of: 'field',
          value: {
            as: 'texts',
            items: [{ enum_id: MOBILE }, { text: '+5511988887777', enum_id: WORK }]
          }
        }
      ]
    });
  });

  it('is found among all of the account and put on the lead', async () => {
    const { row, user } = await opened();
    await user.click(screen.getByRole('button', { name: 'Adicionar contato' }));
    await user.keyboard('prado');
    await screen.findAllByRole('option');
    await user.keyboard('{Enter}');
    const changes = [{ of: 'link', contact_id: 90_002, is_main: false }];
    expect(sent('lead_edit')).toEqual([{ lead_id: row.id, changes }]);
    expect(await screen.findByText('Mário Prado')).toBeTruthy();
  });

  it('is unlinked only after a question', async () => {
    const { user, row } = await opened();
    await user.click(screen.getByRole('button', { name: /^Ações do contato/ }));
    await user.click(await screen.findByRole('menuitem', { name: 'Desvincular do lead' }));
    expect(sent('lead_edit')).toEqual([]);
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: 'Desvincular do lead' }));
    await waitFor(() =>
      expect(sent('lead_edit')[0]).toMatchObject({
        changes: [{ of: 'unlink', contact_id: row.kommo_id + 1 }]
      })
    );
  });
});
