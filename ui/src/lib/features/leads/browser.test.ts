import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend, type Backend, type LeadListRequest, type LeadRow } from '$lib/backend';
import { LeadBrowser } from './browser.svelte';
import { everything, fromAddress } from './filter/address';
import { COLUMNS } from './table/columns';

function lead(index: number, updated: number): LeadRow {
  return {
    id: `l${index}`,
    kommo_id: index,
    name: '',
    price: index,
    pipeline_id: 1,
    status_id: 1,
    responsible_id: null,
    contact_name: null,
    phone: null,
    tags: [],
    created_at_ms: 0,
    updated_at_ms: updated,
    next_task_at_ms: null,
    is_pending: false
  };
}

let rows: LeadRow[];
let requests: LeadListRequest[];

beforeEach(() => {
  vi.useFakeTimers();
  requests = [];
  rows = Array.from({ length: 1000 }, (_, index) => lead(index, 1000 - index));
  setBackend({
    call: async (command: string, request: LeadListRequest) => {
      if (command !== 'lead_list') return null;
      requests.push(request);
      const { offset = 0, limit = 100 } = request;
      const sorted = [...rows].sort((a, b) => b.updated_at_ms - a.updated_at_ms);
      return { total: sorted.length, offset, rows: sorted.slice(offset, offset + limit) };
    }
  } as unknown as Backend);
});

afterEach(() => {
  vi.useRealTimers();
  setBackend(null);
});

async function opened(): Promise<LeadBrowser> {
  const browser = new LeadBrowser();
  browser.open('a1', everything());
  await vi.advanceTimersByTimeAsync(0);
  requests = [];
  return browser;
}

const touch = (index: number) => {
  rows = rows.map((row, at) => (at === index ? { ...row, price: 7, updated_at_ms: 9999 } : row));
};

describe('the lead table', () => {
  it('asks for what the address says', async () => {
    const browser = await opened();
    browser.open('a1', fromAddress(new URLSearchParams('q=marina&open=1&sort=-price')));
    expect(requests[0]).toMatchObject({
      account_id: 'a1',
      search: 'marina',
      filters: { is_open: true },
      sort: { column: 'price', descending: true },
      offset: 0,
      limit: 100
    });
  });

  it('does not ask again for the question it already shows', async () => {
    const browser = await opened();
    browser.open('a1', everything());
    browser.search('  ');
    expect(requests).toEqual([]);
  });

  it('orders by a header, then the other way round', async () => {
    const browser = await opened();
    const column = (id: string) => COLUMNS.find((one) => one.id === id)!;
    browser.sortBy(column('price'));
    browser.sortBy(column('price'));
    browser.sortBy(column('name'));
    browser.sortBy(column('tags'));
    expect(requests.map((request) => request.sort)).toEqual([
      { column: 'price', descending: true },
      { column: 'price', descending: false },
      { column: 'name', descending: false }
    ]);
  });

  it('reads once for a burst of changes and shows them at once when nobody points at the rows', async () => {
    const browser = await opened();
    touch(40);
    browser.leadsChanged(['l40']);
    browser.leadsChanged(['l40']);
    browser.leadsChanged([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(requests.filter((request) => request.offset === 0)).toHaveLength(1);
    expect(browser.window.row(0)?.id).toBe('l40');
    expect(browser.changes).toBe(0);
  });

  it('keeps rows in place under the pointer, counts the changes, and shows them when it leaves', async () => {
    const browser = await opened();
    browser.point(true);
    touch(40);
    browser.leadsChanged(['l40']);
    await vi.advanceTimersByTimeAsync(1000);
    expect(browser.window.row(0)?.id).toBe('l0');
    expect(browser.window.row(40)?.price).toBe(7);
    expect(browser.changes).toBe(1);
    browser.leadsChanged([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(browser.changes).toBe('many');
    browser.point(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(browser.window.row(0)?.id).toBe('l40');
    expect(browser.changes).toBe(0);
  });

  it('follows the active lead to its new place', async () => {
    const browser = await opened();
    browser.active = 40;
    touch(40);
    browser.leadsChanged(['l40']);
    await vi.advanceTimersByTimeAsync(1000);
    expect(browser.active).toBe(0);
  });

  it('forgets the rows of one account before it shows another', async () => {
    const browser = await opened();
    browser.open('a2', everything());
    expect(browser.window.row(0)).toBeUndefined();
    await vi.advanceTimersByTimeAsync(0);
    expect(browser.window.total).toBe(1000);
  });
});
