import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend, type LeadDetail } from '$lib/backend';
import { fakeBackend, type FakeBackend } from '$lib/backend/fake';
import { locale } from '$lib/i18n';
import { Structure } from '../structure.svelte';
import LeadDrawer from './LeadDrawer.svelte';
import { OpenLead } from './open-lead.svelte';

vi.setConfig({ testTimeout: 60_000 });

let backend: FakeBackend;

beforeEach(() => {
  locale.use('pt-BR');
  const fake = fakeBackend('usual');
  backend = {
    ...fake,
    call: (async (command: never, request: never) => {
      const answer = await fake.call(command, request);
      if (command !== 'lead_get') return answer;
      const detail = answer as LeadDetail;
      return { ...detail, row: { ...detail.row, pipeline_id: 7001, status_id: 9100 } };
    }) as FakeBackend['call']
  };
  setBackend(backend);
});
afterEach(() => setBackend(null));

async function opened() {
  const { rows } = await backend.call('lead_list', { limit: 9 });
  const lead = new OpenLead();
  const structure = new Structure();
  structure.open('a1');
  lead.open(rows.find((one) => !one.is_pending)!.id);
  render(LeadDrawer, { lead, structure, onclose: vi.fn(), onstep: vi.fn() });
  await screen.findByRole('group', { name: 'Concorrente' });
  return { lead, user: userEvent.setup() };
}

const edits = () => backend.calls.filter((one) => one.command === 'lead_edit');
const field = () => within(screen.getByRole('group', { name: 'Concorrente' }));

async function type(user: ReturnType<typeof userEvent.setup>, text: string) {
  await user.click(field().getByRole('button', { name: /^Mudar Concorrente/ }));
  await user.keyboard(`${text}{Enter}`);
}

describe('an incoming lead', () => {
  it('is written to only by whoever agrees that Kommo accepts it by that, and is asked about once', async () => {
    const { user } = await opened();
    await type(user, 'Solfácil');
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(/Etapa de leads de entrada.*passa para Novo Lead/)).toBeTruthy();
    expect(edits()).toEqual([]);
    await user.click(dialog.getByRole('button', { name: 'Aceitar e mudar' }));
    await waitFor(() => expect(edits()).toHaveLength(1));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await type(user, 'Outra');
    await waitFor(() => expect(edits()).toHaveLength(2));
  });

  it('stays as it was for whoever does not', async () => {
    const { lead, user } = await opened();
    await type(user, 'Solfácil');
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: 'Cancelar' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(field().getByRole('button', { name: /Origo/ })).toBeTruthy();
    expect(lead.detail!.pending).toEqual([]);
    expect(edits()).toEqual([]);
  });

  it('takes people without a question: a link leaves it where it is', async () => {
    const { user } = await opened();
    await user.click(screen.getByRole('button', { name: 'Adicionar contato' }));
    await user.keyboard('marina');
    await screen.findByRole('option');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(edits()).toHaveLength(1));
    expect(screen.queryByRole('button', { name: 'Aceitar e mudar' })).toBeNull();
  });
});
