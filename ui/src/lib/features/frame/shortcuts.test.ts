import { describe, expect, it } from 'vitest';
import { CHORD_MS, isTyping, readShortcut } from './shortcuts';

const press = (
  key: string,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey', true>> = {}
) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held
});
const on = { letters: ['h', 'l'], single: true, since: null };

describe('shortcuts', () => {
  it('open the palette with Ctrl or Cmd and K, even when single letters are off', () => {
    const off = { ...on, single: false };
    expect(readShortcut(press('k', { ctrlKey: true }), off)).toEqual({ do: 'palette' });
    expect(readShortcut(press('K', { metaKey: true }), off)).toEqual({ do: 'palette' });
    expect(readShortcut(press('/'), off)).toBeNull();
  });

  it('search the page with a slash', () => {
    expect(readShortcut(press('/'), on)).toEqual({ do: 'search' });
  });

  it('go to a page with G and its letter, soon after each other', () => {
    expect(readShortcut(press('g'), on)).toEqual({ do: 'wait' });
    expect(readShortcut(press('l'), { ...on, since: 300 })).toEqual({ do: 'go', key: 'l' });
    expect(readShortcut(press('l'), { ...on, since: CHORD_MS + 1 })).toBeNull();
    expect(readShortcut(press('x'), { ...on, since: 300 })).toBeNull();
    expect(readShortcut(press('l'), on)).toBeNull();
  });

  it('leave other combinations to the system', () => {
    expect(readShortcut(press('g', { ctrlKey: true }), on)).toBeNull();
    expect(readShortcut(press('l', { altKey: true }), { ...on, since: 10 })).toBeNull();
  });

  it('stay out of fields', () => {
    const input = document.createElement('input');
    expect(isTyping(input)).toBe(true);
    expect(isTyping(document.createElement('textarea'))).toBe(true);
    input.type = 'checkbox';
    expect(isTyping(input)).toBe(false);
    expect(isTyping(document.createElement('button'))).toBe(false);
  });
});
