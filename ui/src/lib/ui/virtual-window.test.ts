import { describe, expect, it } from 'vitest';
import { VirtualWindow } from './virtual-window.svelte';

function view(total: number, scrollTop: number, height = 380): VirtualWindow {
  const made = new VirtualWindow();
  Object.assign(made, { total, rowHeight: 38, scrollTop, height });
  return made;
}

describe('the window on a long list', () => {
  it('draws what is seen and a little more', () => {
    const middle = view(100_000, 38 * 500);
    expect([middle.start, middle.end]).toEqual([488, 522]);
    expect(middle.fullHeight).toBe(3_800_000);
  });

  it.each([
    [0, 0],
    [3, 0],
    [100_000, 0],
    [100_000, 3_800_000],
    [10, 9_999_999],
    [100_000, -50]
  ])('never leaves a list of %d rows scrolled to %d', (total, top) => {
    const { start, end } = view(total, top);
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeLessThanOrEqual(total);
    expect(start).toBeLessThanOrEqual(end);
  });

  it('never shows a blank: every row that can be seen is drawn', () => {
    for (let top = 0; top < 38 * 300; top += 7) {
      const { start, end, height, rowHeight } = view(300, Math.min(top, 300 * 38 - 380));
      const first = Math.floor(Math.min(top, 300 * 38 - 380) / rowHeight);
      expect(start).toBeLessThanOrEqual(first);
      expect(end).toBeGreaterThanOrEqual(Math.min(300, first + height / rowHeight));
    }
  });

  it('moves as little as possible to bring a row into view', () => {
    const some = view(1000, 380);
    expect(some.scrollFor(12)).toBe(380);
    expect(some.scrollFor(5)).toBe(190);
    expect(some.scrollFor(20)).toBe(38 * 21 - 380);
  });

  it.each([
    ['ArrowDown', 4, 5],
    ['ArrowDown', 99, 99],
    ['ArrowDown', -1, 0],
    ['ArrowUp', 0, 0],
    ['ArrowUp', -1, 99],
    ['PageDown', 4, 14],
    ['PageUp', 4, 0],
    ['Home', 50, 0],
    ['End', 50, 99]
  ])('%s goes from row %d to row %d', (key, from, to) => {
    expect(view(100, 0).target(key, from)).toBe(to);
  });

  it('leaves other keys and empty lists alone', () => {
    expect(view(100, 0).target('a', 3)).toBeNull();
    expect(view(0, 0).target('End', -1)).toBeNull();
  });
});
