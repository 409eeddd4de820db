import { describe, expect, it } from 'vitest';
import { BackendError, type LogListRequest, type LogRow } from '$lib/backend';
import { EVERY_ROW, LogTail } from './tail.svelte';

function row(id: number, more?: Partial<LogRow>): LogRow {
  return {
    id,
    at_ms: id,
    direction: id % 2 ? 'in' : 'out',
    channel: 'poll',
    entity_kind: 'lead',
    entity_kommo_id: id % 10,
    entity_name: `Lead ${id}`,
    operation: 'lead_changed',
    details: {},
    outcome: id % 5 ? 'done' : 'failed',
    error_code: null,
    duration_ms: null,
    attempt: 1,
    actor: 'kommo',
    ...more
  };
}

/** A log of a core: rows 1..newest. */
class Core {
  requests: LogListRequest[] = [];
  failure: BackendError | null = null;
  constructor(public newest: number) {}

  read = async (request: LogListRequest) => {
    this.requests.push(request);
    if (this.failure) throw this.failure;
    const all = Array.from({ length: this.newest }, (_, index) => row(this.newest - index)).filter(
      (one) =>
        (!request.directions.length || request.directions.includes(one.direction)) &&
        (!request.search || one.entity_name?.includes(request.search))
    );
    const rows = all.filter((one) => request.before_id == null || one.id < request.before_id);
    return { total: all.length, rows: rows.slice(0, request.limit) };
  };
}

const ids = (tail: LogTail) => tail.rows.map((one) => one.id);
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

async function opened(core: Core): Promise<LogTail> {
  const tail = new LogTail(core.read);
  await tail.ask();
  return tail;
}

describe('the live log', () => {
  it('grows at the top as things happen', async () => {
    const tail = await opened(new Core(250));
    tail.append([row(252), row(251)], 0);
    expect(ids(tail).slice(0, 3)).toEqual([252, 251, 250]);
    expect(tail.total).toBe(252);
  });

  it('shows a row once even when it is told twice', async () => {
    const tail = await opened(new Core(10));
    tail.append([row(11)], 0);
    tail.append([row(11), row(10)], 0);
    expect(ids(tail).slice(0, 3)).toEqual([11, 10, 9]);
    expect(tail.total).toBe(11);
  });

  it('stands still while it is held and counts what waits', async () => {
    const tail = await opened(new Core(10));
    tail.hold();
    tail.append([row(11)], 0);
    tail.append([row(13), row(12)], 0);
    expect(ids(tail)[0]).toBe(10);
    expect(tail.heldCount).toBe(3);
    tail.release();
    expect(ids(tail).slice(0, 4)).toEqual([13, 12, 11, 10]);
    expect(tail.heldCount).toBe(0);
  });

  it('loads older rows down to the beginning and no further', async () => {
    const core = new Core(250);
    const tail = await opened(core);
    expect(tail.hasAll).toBe(false);
    await tail.older();
    await tail.older();
    expect(tail.hasAll).toBe(true);
    expect(tail.rows).toHaveLength(250);
    expect(ids(tail).at(-1)).toBe(1);
    core.requests = [];
    await tail.older();
    expect(core.requests).toEqual([]);
  });

  it('lets in only the rows that match the filters', async () => {
    const core = new Core(20);
    const tail = await opened(core);
    await tail.ask({ ...EVERY_ROW, directions: ['out'], outcomes: ['done'] });
    tail.append([row(25), row(24), row(23), row(22), row(20)], 0);
    expect(ids(tail).slice(0, 2)).toEqual([24, 22]);
  });

  it('asks the core which new rows match a text', async () => {
    const core = new Core(20);
    const tail = await opened(core);
    await tail.ask({ ...EVERY_ROW, search: 'Lead 2' });
    core.newest = 22;
    tail.append([row(22), row(21)], 0);
    await settled();
    expect(ids(tail)).toEqual([22, 21, 20, 2]);
    expect(core.requests.at(-1)?.search).toBe('Lead 2');
  });

  it('reads what the core left out of an event', async () => {
    const core = new Core(20);
    const tail = await opened(core);
    core.newest = 60;
    tail.append([row(60)], 39);
    await settled();
    expect(ids(tail).slice(0, 41)).toEqual(Array.from({ length: 41 }, (_, index) => 60 - index));
  });

  it('starts anew when more happened than one page', async () => {
    const core = new Core(20);
    const tail = await opened(core);
    core.newest = 900;
    tail.append([row(900)], 879);
    await settled();
    expect(ids(tail)[0]).toBe(900);
    expect(tail.rows).toHaveLength(100);
    await tail.older();
    expect(ids(tail)[100]).toBe(800);
  });

  it('says why it could not be read and keeps what it has', async () => {
    const core = new Core(250);
    const tail = await opened(core);
    core.failure = new BackendError('storage_full');
    await tail.older();
    expect(tail.error?.code).toBe('storage_full');
    expect(tail.rows).toHaveLength(100);
    core.failure = null;
    await tail.older();
    expect(tail.error).toBeNull();
    expect(tail.rows).toHaveLength(200);
  });
});
