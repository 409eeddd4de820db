import { fireEvent, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet, tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { locale } from '$lib/i18n';
import { violations } from '../../test/axe';
import { Dialog, SearchInput, SegmentedControl, Switch, Toaster, VirtualList } from '.';
import Samples from './Samples.testing.svelte';
import { Toasts } from './toasts.svelte';

beforeEach(() => locale.use('pt-BR'));

describe('every component', () => {
  it('is looked at by an axe that finds things here', async () => {
    document.body.innerHTML = '<button></button><input /><img src="x" />';
    const found = (await violations(document.body)).map((line) => line.split(':')[0]);
    document.body.innerHTML = '';
    expect(found).toEqual(expect.arrayContaining(['button-name', 'label', 'image-alt']));
  });

  it('has no axe violations', async () => {
    const { container } = render(Samples);
    await tick();
    expect(await violations(container)).toEqual([]);
  });

  it('names a field’s control and reads its error and hint with it', () => {
    render(Samples);
    const input = screen.getByRole('textbox', { name: 'Nome' });
    expect(input.getAttribute('aria-invalid')).toBe('true');
    const ids = input.getAttribute('aria-describedby')!.split(' ');
    expect(ids.map((id) => document.getElementById(id)?.textContent)).toEqual([
      'Falta o nome',
      'Como no Kommo'
    ]);
  });
});

describe('a dialog', () => {
  it('names itself, holds the focus and closes with Escape', async () => {
    const closed = vi.fn();
    const user = userEvent.setup();
    render(Dialog, {
      open: true,
      title: 'Sair da conta',
      description: 'Tem certeza?',
      onclose: closed
    });
    const dialog = await screen.findByRole('dialog', { name: 'Sair da conta' });
    await vi.waitFor(() => expect(dialog.contains(document.activeElement)).toBe(true));
    expect(await violations(document.body)).toEqual([]);
    await user.keyboard('{Escape}');
    expect(closed).toHaveBeenCalled();
  });
});

describe('a search field', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('speaks once typing rests, and clears with Escape', async () => {
    const asked = vi.fn();
    render(SearchInput, { label: 'Buscar', onsearch: asked, restMs: 100 });
    const input = screen.getByRole('searchbox', { name: 'Buscar' }) as HTMLInputElement;
    for (const value of ['a', 'an', 'ana']) {
      await fireEvent.input(input, { target: { value } });
      vi.advanceTimersByTime(60);
    }
    expect(asked).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(asked).toHaveBeenCalledExactlyOnceWith('ana');
    await fireEvent.keyDown(input, { key: 'Escape' });
    expect(input.value).toBe('');
    expect(asked).toHaveBeenLastCalledWith('');
  });
});

describe('choices', () => {
  it('are told with the value chosen', async () => {
    const chosen = vi.fn();
    const user = userEvent.setup();
    render(SegmentedControl, {
      label: 'Tema',
      value: 'a',
      options: [
        { value: 'a', label: 'Claro' },
        { value: 'b', label: 'Escuro' }
      ],
      onchange: chosen
    });
    await user.click(screen.getByRole('radio', { name: 'Escuro' }));
    expect(chosen).toHaveBeenCalledWith('b');
  });

  it('can be switched with the space bar', async () => {
    const user = userEvent.setup();
    render(Switch, { label: 'Atalhos' });
    const control = screen.getByRole('switch', { name: 'Atalhos' }) as HTMLInputElement;
    control.focus();
    await user.keyboard(' ');
    expect(control.checked).toBe(true);
  });
});

describe('a virtual list', () => {
  const row = createRawSnippet<[number]>((index) => ({
    render: () => `<div role="gridcell">linha ${index()}</div>`
  }));

  it('draws few of many rows and tells how many there are', () => {
    render(VirtualList, { label: 'Leads', total: 100_000, row });
    const grid = screen.getByRole('grid', { name: 'Leads' });
    expect(grid.getAttribute('aria-rowcount')).toBe('100000');
    expect(within(grid).getAllByRole('row').length).toBeLessThan(60);
  });

  it('is worked with the keyboard', async () => {
    const opened = vi.fn();
    const marked = vi.fn();
    const user = userEvent.setup();
    render(VirtualList, { label: 'Leads', total: 50, row, onopen: opened, onmark: marked });
    const grid = screen.getByRole('grid');
    grid.focus();
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    expect(opened).toHaveBeenCalledWith(1);
    const active = document.getElementById(grid.getAttribute('aria-activedescendant')!);
    expect(active?.getAttribute('aria-rowindex')).toBe('2');
    await user.keyboard(' ');
    expect(marked).toHaveBeenCalledWith(1, false);
  });

  it('asks for the rows it draws', () => {
    const asked = vi.fn();
    render(VirtualList, { label: 'Leads', total: 50, row, onrange: asked });
    expect(asked).toHaveBeenCalledWith(0, expect.any(Number));
  });
});

describe('toasts', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('with a way back stay ten seconds, others five', () => {
    const toasts = new Toasts();
    toasts.show({ title: 'Salvo' });
    toasts.show({ title: 'Apagado', action: { label: 'Desfazer', run: () => {} } });
    vi.advanceTimersByTime(5_000);
    expect(toasts.list.map((toast) => toast.title)).toEqual(['Apagado']);
    vi.advanceTimersByTime(5_000);
    expect(toasts.list).toEqual([]);
  });

  it('with a deadline count down to it and go then, even under the pointer', () => {
    const toasts = new Toasts();
    toasts.show({
      title: '37 leads mudados',
      untilMs: Date.now() + 8_000,
      action: { label: 'Desfazer', run: () => {} }
    });
    toasts.pause();
    vi.advanceTimersByTime(7_900);
    expect(toasts.list).toHaveLength(1);
    vi.advanceTimersByTime(200);
    expect(toasts.list).toEqual([]);
  });

  it('wait while somebody is on them', () => {
    const toasts = new Toasts();
    toasts.show({ title: 'Salvo' });
    toasts.pause();
    vi.advanceTimersByTime(60_000);
    expect(toasts.list).toHaveLength(1);
    toasts.resume();
    vi.advanceTimersByTime(5_000);
    expect(toasts.list).toEqual([]);
  });

  it('undo and go', async () => {
    vi.useRealTimers();
    const undo = vi.fn();
    const toasts = new Toasts();
    const user = userEvent.setup();
    render(Toaster, { from: toasts });
    toasts.show({ title: 'Apagado', action: { label: 'Desfazer', run: undo } });
    await user.click(await screen.findByRole('button', { name: 'Desfazer' }));
    expect(undo).toHaveBeenCalledOnce();
    expect(toasts.list).toEqual([]);
  });
});
