import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError } from '$lib/backend';
import { Paged, type PageRequest } from './paged.svelte';

interface Row {
  id: number;
}

const rows = (from: number, count: number): Row[] =>
  Array.from({ length: Math.max(0, count) }, (_, index) => ({ id: from - index }));

/** A list of `total` rows, the newest with the highest number. */
function source(total: number) {
  const asked: PageRequest[] = [];
  const read = async (page: PageRequest) => {
    asked.push(page);
    const from = (page.before_id ?? total + 1) - 1;
    return rows(from, Math.min(page.limit, from));
  };
  return { asked, read };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('a list that is read in pages', () => {
  it('is read from the newest on, further only when asked', async () => {
    const list = new Paged(source(250).read);
    expect(list.rows).toBeNull();
    await list.load();
    expect(list.rows).toHaveLength(100);
    expect(list.hasMore).toBe(true);
    await list.older();
    await list.older();
    expect(list.rows?.at(-1)).toEqual({ id: 1 });
    expect(list.hasMore).toBe(false);
    await list.older();
    expect(list.rows).toHaveLength(250);
  });

  it('is read again as far as it was, in pages the core allows', async () => {
    const { asked, read } = source(2000);
    const list = new Paged(read, 300);
    await list.load();
    await list.older();
    asked.length = 0;
    await list.load();
    expect(asked).toEqual([{ limit: 500 }, { limit: 100, before_id: 1501 }]);
    expect(list.rows).toHaveLength(600);
  });

  it('is read once for a burst of changes, and never when nobody looked', async () => {
    const { asked, read } = source(3);
    const list = new Paged(read);
    list.soon();
    await vi.runAllTimersAsync();
    expect(asked).toHaveLength(0);
    await list.load();
    list.soon();
    list.soon();
    await vi.runAllTimersAsync();
    expect(asked).toHaveLength(2);
  });

  it('forgets all when another account is shown', async () => {
    const { asked, read } = source(250);
    const list = new Paged(read);
    await list.load();
    await list.older();
    list.soon();
    list.clear();
    await vi.runAllTimersAsync();
    expect(list.rows).toBeNull();
    expect(asked).toHaveLength(2);
    await list.load();
    expect(list.rows).toHaveLength(100);
  });

  it('keeps what it has when reading again fails, and says so', async () => {
    let fails = false;
    const list = new Paged(async () => {
      if (fails) throw new BackendError('storage_busy');
      return rows(2, 2);
    });
    await list.load();
    fails = true;
    await list.load();
    expect(list.rows).toHaveLength(2);
    expect(list.error?.code).toBe('storage_busy');
  });
});
