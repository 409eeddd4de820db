import { describe, expect, it } from 'vitest';
import { BackendError, type LeadRow } from '$lib/backend';
import { BLOCK_ROWS, LeadWindow, type ReadRows } from './window.svelte';

function lead(id: string, price = 0): LeadRow {
  return {
    id,
    kommo_id: 1,
    name: id,
    price,
    pipeline_id: 1,
    status_id: 1,
    responsible_id: null,
    contact_name: null,
    phone: null,
    tags: [],
    created_at_ms: 0,
    updated_at_ms: 0,
    next_task_at_ms: null,
    is_pending: false
  };
}

/** A table whose answers are given when the test says so. */
class Table {
  ids: string[];
  price = 0;
  asked: number[] = [];
  #waiting: (() => void)[] = [];

  constructor(count: number, prefix = 'a') {
    this.ids = Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  }

  read: ReadRows = (offset, limit) => {
    this.asked.push(offset / limit);
    return new Promise((resolve) => {
      this.#waiting.push(() =>
        resolve({
          total: this.ids.length,
          offset,
          rows: this.ids.slice(offset, offset + limit).map((id) => lead(id, this.price))
        })
      );
    });
  };

  async answer() {
    while (this.#waiting.length > 0) {
      for (const give of this.#waiting.splice(0)) give();
      await settled();
    }
  }
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

async function opened(table: Table): Promise<LeadWindow> {
  const window = new LeadWindow();
  void window.ask(table.read);
  await table.answer();
  table.asked = [];
  return window;
}

describe('the window on the leads', () => {
  it('reads the first block, then the next one ahead of the person', async () => {
    const table = new Table(100_000);
    const window = new LeadWindow();
    void window.ask(table.read);
    expect(window.total).toBeNull();
    await table.answer();
    expect(window.total).toBe(100_000);
    expect(window.row(0)?.id).toBe('a0');
    expect(window.row(BLOCK_ROWS)?.id).toBe('a100');
    expect(table.asked).toEqual([0, 1]);
  });

  it('reads only what is on the screen after a long jump', async () => {
    const table = new Table(100_000);
    const window = await opened(table);
    for (let top = 1_000; top <= 90_000; top += 1_000) window.show(top, top + 30);
    expect(table.asked.length).toBeLessThanOrEqual(2);
    await table.answer();
    expect(window.row(90_010)?.id).toBe('a90010');
    // The two that were under way when the person passed, then the place where they stopped.
    expect(table.asked).toEqual([10, 11, 900, 901, 899]);
    expect(window.row(50_000)).toBeUndefined();
  });

  it('prefetches upwards when the person scrolls up', async () => {
    const table = new Table(100_000);
    const window = await opened(table);
    window.show(50_050, 50_080);
    await table.answer();
    table.asked = [];
    window.show(49_950, 49_980);
    await table.answer();
    expect(table.asked).toEqual([498]);
  });

  it('keeps the old rows until the answer to a new question is here', async () => {
    const window = await opened(new Table(500, 'old'));
    const next = new Table(3, 'new');
    void window.ask(next.read);
    expect(window.isAsking).toBe(true);
    expect(window.row(0)?.id).toBe('old0');
    await next.answer();
    expect(window.isAsking).toBe(false);
    expect(window.total).toBe(3);
    expect(window.row(0)?.id).toBe('new0');
    expect(window.row(3)).toBeUndefined();
  });

  it('throws away the answer to a question that was replaced', async () => {
    const window = await opened(new Table(5));
    const slow = new Table(7, 'slow');
    const fast = new Table(9, 'fast');
    void window.ask(slow.read);
    void window.ask(fast.read);
    await fast.answer();
    await slow.answer();
    expect(window.total).toBe(9);
    expect(window.row(0)?.id).toBe('fast0');
  });

  it('forgets the blocks that were looked at longest ago', async () => {
    const table = new Table(100_000);
    const window = await opened(table);
    for (let block = 0; block < 60; block++) {
      window.show(block * BLOCK_ROWS, block * BLOCK_ROWS + 30);
      await table.answer();
    }
    expect(window.row(0)).toBeUndefined();
    expect(window.row(59 * BLOCK_ROWS)?.id).toBe('a5900');
  });

  it('says why rows could not be read, and reads them when the person moves on', async () => {
    const table = new Table(1_000);
    const window = await opened(table);
    let fail = true;
    await window.ask((offset, limit) => {
      if (fail && offset > 0) return Promise.reject(new BackendError('storage_full'));
      const answer = table.read(offset, limit);
      void table.answer();
      return answer;
    });
    await settled();
    expect(window.error?.code).toBe('storage_full');
    fail = false;
    window.show(0, 30);
    await settled();
    await settled();
    expect(window.error).toBeNull();
    expect(window.row(150)?.id).toBe('a150');
  });
});

describe('reading again after a change', () => {
  it('shows new contents at once where the order is the same', async () => {
    const table = new Table(300);
    const window = await opened(table);
    table.price = 7;
    const reread = window.reread(true);
    await table.answer();
    expect(await reread).toEqual({ isHeld: false, moved: 0 });
    expect(window.row(3)?.price).toBe(7);
  });

  it('keeps rows in place while they must not move, and still renews their contents', async () => {
    const table = new Table(300);
    const window = await opened(table);
    table.ids = ['fresh', ...table.ids];
    table.price = 7;
    const held = window.reread(true);
    await table.answer();
    expect((await held).isHeld).toBe(true);
    expect(window.row(0)?.id).toBe('a0');
    expect(window.row(0)?.price).toBe(7);
    const released = window.reread(false);
    await table.answer();
    expect((await released).isHeld).toBe(false);
    expect(window.row(0)?.id).toBe('fresh');
    expect(window.total).toBe(301);
  });

  it('tells by how much the first row on the screen moved', async () => {
    const table = new Table(10_000);
    const window = await opened(table);
    window.show(250, 280);
    await table.answer();
    table.ids = ['x', 'y', 'z', ...table.ids];
    const reread = window.reread(false);
    await table.answer();
    expect((await reread).moved).toBe(3);
  });

  it('finds a row by its id among those that are here', async () => {
    const window = await opened(new Table(10_000));
    expect(window.indexOf('a42')).toBe(42);
    expect(window.indexOf('a9000')).toBe(-1);
  });
});
