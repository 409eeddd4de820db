import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '$lib/backend';
import { fakeBackend } from '$lib/backend/fake';
import { locale } from '$lib/i18n';
import { pageSearch } from '$lib/state/page-search';
import { start } from '$lib/state/start';
import Frame from './Frame.svelte';

vi.mock('$app/navigation', () => ({ afterNavigate: () => {}, goto: async () => {} }));

const children = createRawSnippet(() => ({ render: () => '<input aria-label="Busca da página">' }));

beforeEach(async () => {
  setBackend(fakeBackend('usual'));
  (await start())();
  locale.use('pt-BR');
  render(Frame, { children });
});
afterEach(() => setBackend(null));

describe('the slash', () => {
  it('goes to the search of the page, which then takes it as text', async () => {
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Busca da página' });
    const takeBack = pageSearch.offer(field);
    await userEvent.keyboard('/');
    expect(document.activeElement).toBe(field);
    expect(field.value).toBe('');
    await userEvent.keyboard('a/b');
    expect(field.value).toBe('a/b');
    expect(screen.queryByRole('combobox')).toBeNull();
    takeBack();
  });

  it('opens the palette on a page without a search', async () => {
    await userEvent.keyboard('/');
    expect(await screen.findByRole('combobox')).toBeTruthy();
  });
});
