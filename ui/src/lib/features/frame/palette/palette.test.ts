import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError } from '$lib/backend';
import { leadList } from '$lib/backend/fake/leads';
import { locale } from '$lib/i18n';
import { violations } from '../../../../test/axe';
import { Palette, type FoundLeads, type PaletteItem, type Sources } from './palette.svelte';
import PaletteDialog from './PaletteDialog.svelte';

const ran: string[] = [];
const item = (id: string, group: PaletteItem['group'], label: string): PaletteItem => ({
  id,
  group,
  label,
  run: () => ran.push(id)
});

function sources(search: Sources['search']): Sources {
  return {
    pages: () => [item('page:/', 'pages', 'Início'), item('page:/leads', 'pages', 'Leads')],
    actions: () => [item('action:dark', 'actions', 'Usar tema escuro')],
    search,
    leadItem: (lead) => item(`lead:${lead.id}`, 'leads', lead.name),
    allLeads: (words, total) => item('all', 'leads', `${total} com ${words}`)
  };
}

function found(words: string): FoundLeads {
  const { total, rows } = leadList({ search: words, limit: 8 });
  return { total, leads: rows.map((lead) => ({ lead, why: null })) };
}
const fromFake = async (words: string) => found(words);

beforeEach(() => {
  locale.use('pt-BR');
  ran.length = 0;
});

describe('the palette', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('lists pages and actions before anything is typed', () => {
    const palette = new Palette(sources(fromFake));
    palette.show();
    expect(palette.items.map((one) => one.id)).toEqual(['page:/', 'page:/leads', 'action:dark']);
  });

  it('finds pages without accents and leads after a short rest', async () => {
    const palette = new Palette(sources(fromFake));
    palette.show();
    palette.type('inicio');
    expect(palette.items.map((one) => one.id)).toEqual(['page:/']);
    palette.type('marina');
    expect(palette.searching).toBe(true);
    await vi.advanceTimersByTimeAsync(200);
    expect(palette.searching).toBe(false);
    expect(palette.items[0]!.group).toBe('leads');
    expect(palette.items.at(-1)!.id).toBe('all');
  });

  it('shows the answer to what was typed last', async () => {
    const answers = new Map<string, (list: FoundLeads) => void>();
    const palette = new Palette(
      sources((words) => new Promise((resolve) => answers.set(words, resolve)))
    );
    palette.show();
    palette.type('mar');
    await vi.advanceTimersByTimeAsync(200);
    palette.type('teresa');
    await vi.advanceTimersByTimeAsync(200);
    answers.get('teresa')!({ total: 0, leads: [] });
    answers.get('mar')!(found('mar'));
    await vi.advanceTimersByTimeAsync(0);
    expect(palette.items).toEqual([]);
  });

  it('does not call a failed search "nothing found"', async () => {
    const palette = new Palette(sources(() => Promise.reject(new BackendError('timed_out'))));
    palette.show();
    palette.type('marina');
    await vi.advanceTimersByTimeAsync(200);
    expect(palette.error?.code).toBe('timed_out');
  });

  it('goes round with the arrows and remembers what was opened', () => {
    const palette = new Palette(sources(fromFake));
    palette.show();
    palette.move(-1);
    expect(palette.current?.id).toBe('action:dark');
    palette.move(2);
    palette.run(palette.current);
    expect(ran).toEqual(['page:/leads']);
    expect(palette.open).toBe(false);
    palette.show();
    expect(palette.items[0]).toMatchObject({ id: 'page:/leads', group: 'recent' });
  });

  it('does nothing, and stays, at what cannot be done now', () => {
    const palette = new Palette(sources(fromFake));
    palette.show();
    palette.run({ ...item('action:poll', 'actions', 'Consultar'), unavailable: 'Entre de novo' });
    expect(ran).toEqual([]);
    expect(palette.open).toBe(true);
  });

  it('forgets leads, not pages, when the account changes', () => {
    const palette = new Palette(sources(fromFake));
    palette.run(item('lead:1', 'leads', 'Marina'));
    palette.run(item('page:/', 'pages', 'Início'));
    palette.forget();
    palette.show();
    expect(palette.items.filter((one) => one.group === 'recent').map((one) => one.id)).toEqual([
      'page:/'
    ]);
  });
});

describe('the palette on the screen', () => {
  it('says beside an action why it cannot be done now', async () => {
    const poll = { ...item('action:poll', 'actions', 'Consultar'), unavailable: 'Entre de novo' };
    const palette = new Palette({ ...sources(fromFake), actions: () => [poll] });
    render(PaletteDialog, { palette });
    palette.show();
    const option = await screen.findByRole('option', { name: /Consultar\s+Entre de novo/ });
    expect(option.getAttribute('aria-disabled')).toBe('true');
    palette.close();
    await vi.waitFor(() => expect(screen.queryByRole('combobox')).toBeNull());
  });

  it('is a combobox one works with keys alone, and has no axe violations', async () => {
    const user = userEvent.setup();
    const palette = new Palette(sources(fromFake));
    render(PaletteDialog, { palette });
    palette.show();
    const input = await screen.findByRole('combobox');
    await user.type(input, 'lea');
    const option = await screen.findByRole('option', { name: 'Leads' });
    expect(input.getAttribute('aria-activedescendant')).toBe(option.id);
    expect(await violations(document.body)).toEqual([]);
    await user.keyboard('{Enter}');
    expect(ran).toEqual(['page:/leads']);
    await vi.waitFor(() => expect(screen.queryByRole('combobox')).toBeNull());
  });
});
