import { render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setBackend } from '$lib/backend';
import { fakeBackend } from '$lib/backend/fake';
import { locale } from '$lib/i18n';
import { pageSearch } from '$lib/state/page-search';
import { start } from '$lib/state/start';
import LeadsPage from './LeadsPage.svelte';

beforeEach(async () => {
  setBackend(fakeBackend('usual'));
  (await start())();
  locale.use('pt-BR');
});
afterEach(() => setBackend(null));

describe('the page of leads', () => {
  it('offers its own search to the key for searching, as long as it is on the screen', async () => {
    expect(pageSearch.focus()).toBe(false);
    const { unmount } = render(LeadsPage, {
      query: new URLSearchParams('q=ana'),
      onquery: () => {}
    });
    const field = screen.getByRole<HTMLInputElement>('searchbox', {
      name: 'Buscar por nome, telefone ou e-mail'
    });
    expect(pageSearch.focus()).toBe(true);
    expect(document.activeElement).toBe(field);
    unmount();
    expect(pageSearch.focus()).toBe(false);
  });
});
