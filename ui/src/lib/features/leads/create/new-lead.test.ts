import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '$lib/backend';
import { fakeBackend, type FakeBackend } from '$lib/backend/fake';
import { locale } from '$lib/i18n';
import { Structure } from '../structure.svelte';
import NewLead from './NewLead.svelte';

vi.setConfig({ testTimeout: 60_000 });

let backend: FakeBackend;

beforeEach(() => {
  locale.use('pt-BR');
  backend = fakeBackend('usual');
  setBackend(backend);
});
afterEach(() => setBackend(null));

async function opened() {
  const structure = new Structure();
  structure.open('a1');
  await waitFor(() => expect(structure.view).toBeTruthy());
  render(NewLead, { open: true, structure });
  await screen.findByRole('dialog');
  return userEvent.setup();
}

/** A browser sends the form for Enter and for the button below it; here it is sent by hand. */
const create = () => fireEvent.submit(document.querySelector('#new-lead')!);
const created = () => backend.calls.filter((one) => one.command === 'lead_create');

describe('a new lead', () => {
  it('needs a name', async () => {
    await opened();
    await create();
    expect(screen.getByText('O nome não pode ficar vazio.')).toBeTruthy();
    expect(created()).toEqual([]);
  });

  it('begins in the first stage of the main pipeline', async () => {
    const user = await opened();
    await user.type(screen.getByRole('textbox', { name: 'Nome' }), 'Padaria Nova');
    await user.type(screen.getByRole('textbox', { name: /Valor/ }), '12.500');
    await create();
    await waitFor(() =>
      expect(created()[0]?.request).toEqual({
        name: 'Padaria Nova',
        price: 12_500,
        pipeline_id: 7001,
        status_id: 9101,
        responsible_id: 301,
        contact_ids: [],
        tags: []
      })
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('is of whoever signed in until somebody else is chosen, and says so', async () => {
    await opened();
    expect(screen.getByText(/^É você/)).toBeTruthy();
    expect(screen.getByLabelText(/^Responsável/).textContent).toContain('Ana Ribeiro');
  });

  it('leaves the choice to Kommo, and says so, where nobody knows who signed in', async () => {
    const fake = backend;
    const call = async (command: never, request: never) => {
      const answer = await fake.call(command, request);
      return command === 'mapping_get' ? { ...(answer as object), current_user_id: null } : answer;
    };
    setBackend({ ...fake, call: call as FakeBackend['call'] });
    const user = await opened();
    expect(screen.getByText(/o Kommo decide com quem/)).toBeTruthy();
    await user.type(screen.getByRole('textbox', { name: 'Nome' }), 'Padaria');
    await create();
    await waitFor(() => expect(created()).toHaveLength(1));
    expect(created()[0]!.request).not.toHaveProperty('responsible_id');
  });
});
