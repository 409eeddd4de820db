import { describe, expect, it } from 'vitest';
import { columnsOf, USUAL_COLUMNS } from './columns';
import { rowAfterKey } from './keys';

const press = (key: string, held: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held
});

describe('the keyboard in the table', () => {
  it.each([
    ['ArrowDown', 5, 6],
    ['ArrowDown', -1, 0],
    ['ArrowDown', 99, 99],
    ['ArrowUp', 5, 4],
    ['ArrowUp', 0, 0],
    ['PageDown', 5, 24],
    ['PageDown', 95, 99],
    ['PageUp', 5, 0],
    ['PageUp', 50, 31],
    ['Home', 50, 0],
    ['End', 50, 99]
  ])('%s leads from row %d to row %d', (key, active, expected) => {
    expect(rowAfterKey(press(key), { active, total: 100, page: 20 })).toBe(expected);
  });

  it('goes to either end with Ctrl and an arrow', () => {
    const place = { active: 50, total: 100, page: 20 };
    expect(rowAfterKey(press('ArrowDown', { ctrlKey: true }), place)).toBe(99);
    expect(rowAfterKey(press('ArrowUp', { metaKey: true }), place)).toBe(0);
  });

  it('leaves other keys and an empty table alone', () => {
    const place = { active: 0, total: 100, page: 20 };
    expect(rowAfterKey(press('Enter'), place)).toBeNull();
    expect(rowAfterKey(press('ArrowDown', { altKey: true }), place)).toBeNull();
    expect(rowAfterKey(press('ArrowDown'), { ...place, total: 0 })).toBeNull();
  });
});

describe('the columns', () => {
  it('always have the name, and stand in their own order', () => {
    expect(columnsOf(['updated', 'phone']).map((column) => column.id)).toEqual([
      'name',
      'phone',
      'updated'
    ]);
    expect(columnsOf([])).toHaveLength(1);
    expect(columnsOf(USUAL_COLUMNS)).toHaveLength(USUAL_COLUMNS.length);
  });
});
