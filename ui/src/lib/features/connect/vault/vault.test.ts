import { cleanup, configure, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError, setBackend, type VaultStatus } from '$lib/backend';
import { locale } from '$lib/i18n';
import { violations } from '../../../../test/axe';
import { answering, status, syncStatus } from '../answering.testing';
import { Submission } from '../flow/submission.svelte';
import VaultPage from './VaultPage.svelte';

// Whole pages under axe take seconds on a busy machine; a wait still ends as soon as it can.
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 20_000 });

const user = userEvent.setup();

function show(vault: VaultStatus) {
  const onopen = vi.fn();
  const ondemo = vi.fn();
  const page = render(VaultPage, { status: vault, onopen, demo: new Submission([]), ondemo });
  return { onopen, ondemo, ...page };
}

beforeEach(() => locale.use('pt-BR'));
afterEach(() => {
  cleanup();
  setBackend(null);
});

describe('the page of the locked data', () => {
  it.each(['needs_passphrase', 'needs_new_passphrase', 'keyring_locked', 'key_missing'] as const)(
    'for %s says one thing, keeps the demo in reach and passes axe',
    async (vault) => {
      answering();
      const { container, ondemo } = show(vault);
      expect(screen.getAllByRole('heading', { level: 1 })).toHaveLength(1);
      await user.click(screen.getByRole('button', { name: 'Explorar demonstração' }));
      expect(ondemo).toHaveBeenCalledOnce();
      expect(await violations(container)).toEqual([]);
    }
  );

  it('opens with the passphrase and keeps a wrong one for mending', async () => {
    const kit = answering({
      vault_unlock: () => {
        throw new BackendError('wrong_passphrase');
      }
    });
    const { onopen } = show('needs_passphrase');
    await user.type(screen.getByLabelText('Frase secreta'), 'telha azul{Enter}');
    expect(await screen.findByText(/^A frase não é essa\./)).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>('Frase secreta').value).toBe('telha azul');
    kit.answers = { vault_unlock: () => status(), sync_status: () => syncStatus() };
    await user.type(screen.getByLabelText('Frase secreta'), '{End} cabo{Enter}');
    await expect.poll(() => onopen.mock.calls.length, { timeout: 20_000 }).toBe(1);
  });

  it('lets a new passphrase pass only when it was typed twice', async () => {
    answering({ vault_create: () => status(), sync_status: () => syncStatus() });
    const { onopen } = show('needs_new_passphrase');
    const create = screen.getByRole<HTMLButtonElement>('button', { name: 'Proteger e continuar' });
    await user.type(screen.getByLabelText('Frase secreta'), 'telha azul cabo lua');
    expect(screen.getByText('Força da frase: ótima')).toBeTruthy();
    await user.type(screen.getByLabelText('Repita a frase'), 'telha verde');
    expect(screen.getByText('As duas frases são diferentes.')).toBeTruthy();
    expect(create.disabled).toBe(true);
    await user.clear(screen.getByLabelText('Repita a frase'));
    await user.type(screen.getByLabelText('Repita a frase'), 'telha azul cabo lua');
    await user.click(create);
    await expect.poll(() => onopen.mock.calls.length, { timeout: 20_000 }).toBe(1);
  });

  it('asks the keyring again without a passphrase and says when it is still locked', async () => {
    const kit = answering({ vault_unlock: () => status({ vault: 'keyring_locked' }) });
    const { onopen } = show('keyring_locked');
    await user.click(screen.getByRole('button', { name: 'Tentar de novo' }));
    expect(await screen.findByText('O cofre ainda está fechado.')).toBeTruthy();
    expect(kit.asked[0]).toEqual({ command: 'vault_unlock', request: { passphrase: '' } });
    expect(onopen).not.toHaveBeenCalled();
  });
});
