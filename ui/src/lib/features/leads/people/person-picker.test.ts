import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError, setBackend } from '$lib/backend';
import { fakeBackend, type FakeBackend } from '$lib/backend/fake';
import { locale } from '$lib/i18n';
import { violations } from '../../../../test/axe';
import PersonPicker from './PersonPicker.svelte';

let backend: FakeBackend;

beforeEach(() => {
  locale.use('pt-BR');
  backend = fakeBackend('usual');
  setBackend(backend);
});
afterEach(() => setBackend(null));

function shown(taken: number[] = []) {
  const onchoose = vi.fn();
  const { container } = render(PersonPicker, { taken, onchoose });
  return { onchoose, container, user: userEvent.setup(), field: screen.getByRole('combobox') };
}

describe('choosing a person', () => {
  it('says at first what one can look for', () => {
    shown();
    expect(screen.getByText(/nono dígito/)).toBeTruthy();
    expect(screen.queryAllByRole('option')).toEqual([]);
  });

  it('works with the keyboard alone and tells people of one name apart', async () => {
    const { onchoose, container, user, field } = shown();
    await user.type(field, 'mar');
    const [first, second] = await screen.findAllByRole('option');
    expect(first!.textContent).toMatch(
      /Marina Alves.*98765-4321.*marina@.*No lead Casa Alves e em mais 2/s
    );
    expect(second!.textContent).toMatch(/Mário Prado.*Sem nenhum lead/s);
    expect(await violations(container)).toEqual([]);
    await user.keyboard('{ArrowDown}');
    expect(field.getAttribute('aria-activedescendant')).toBe(second!.id);
    await user.keyboard('{Enter}');
    expect(onchoose).toHaveBeenCalledWith(expect.objectContaining({ kommo_id: 90_002 }));
  });

  it('does not take somebody who is there already', async () => {
    const { onchoose, user, field } = shown([90_001]);
    await user.type(field, 'marina');
    const option = await screen.findByRole('option');
    expect(option.textContent).toContain('Já está neste lead');
    await user.keyboard('{Enter}');
    await user.click(option);
    expect(onchoose).not.toHaveBeenCalled();
  });

  it('takes nobody who was found for what stood there before', async () => {
    const { onchoose, user, field } = shown();
    await user.type(field, 'marina');
    await screen.findByRole('option');
    await user.type(field, 'x{Enter}');
    expect(onchoose).not.toHaveBeenCalled();
    expect(await screen.findByText(/Nenhum contato com “marinax”/)).toBeTruthy();
  });

  it('says what went wrong', async () => {
    const { user, field } = shown();
    backend.failNext('contact_search', new BackendError('internal'));
    await user.type(field, 'mar');
    expect((await screen.findByRole('status')).textContent?.trim()).not.toBe('');
    expect(screen.queryAllByRole('option')).toEqual([]);
  });
});
