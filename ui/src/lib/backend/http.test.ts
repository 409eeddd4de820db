import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppEvent } from './contract.gen';
import { BackendError } from './errors';
import { httpBackend, takeKeyFromAddress } from './http';

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal('fetch', fetched);
});
afterEach(() => vi.unstubAllGlobals());

const headersOf = (call: number) => fetched.mock.calls[call]![1]!.headers as Record<string, string>;

describe('the key in the address', () => {
  it.each(['/?key=k1&tab=x', '/?tab=x#key=k1'])(
    'of %s is kept for the tab and taken out',
    (path) => {
      history.replaceState(null, '', path);
      takeKeyFromAddress();
      expect(location.href).not.toContain('k1');
      expect(location.search).toBe('?tab=x');
      expect(sessionStorage.getItem('cadencia.key')).toBe('k1');
    }
  );
});

describe('a command over HTTP', () => {
  it('is posted under its name with the key', async () => {
    sessionStorage.setItem('cadencia.key', 'k1');
    fetched.mockResolvedValue(json({ total: 0, offset: 0, rows: [] }));
    const answer = await httpBackend('http://host').call('lead_list', { search: 'ana' });
    expect(answer.total).toBe(0);
    const [url, init] = fetched.mock.calls[0]!;
    expect(url).toBe('http://host/call/lead_list');
    expect(init).toMatchObject({ method: 'POST', body: '{"search":"ana"}' });
    expect(headersOf(0).authorization).toBe('Bearer k1');
  });

  it('without a request sends an empty one', async () => {
    fetched.mockResolvedValue(json({}));
    await httpBackend().call('app_status');
    expect(fetched.mock.calls[0]![1]!.body).toBe('{}');
  });

  it.each([
    [json({ code: 'lead_unknown', detail: '', hint: null, retry_at: null }, 404), 'lead_unknown'],
    [new Response('', { status: 401 }), 'host_refused'],
    [new Response('<html>', { status: 502 }), 'internal']
  ])('that fails tells why (%#)', async (response, code) => {
    fetched.mockResolvedValue(response);
    const failure = await httpBackend()
      .call('lead_get', { lead_id: 'x' })
      .catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(BackendError);
    expect((failure as BackendError).code).toBe(code);
  });

  it('tells a host that is away from one that answers badly', async () => {
    fetched.mockRejectedValue(new TypeError('connection refused'));
    await expect(httpBackend().call('app_status')).rejects.toMatchObject({
      code: 'host_unreachable'
    });
  });
});

describe('events over HTTP', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const events = (...chunks: string[]) =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
          controller.close();
        }
      })
    );
  const settle = () => vi.advanceTimersByTimeAsync(0);

  it('arrive in order, and the stream is opened again when it ends', async () => {
    const seen: AppEvent['type'][] = [];
    const links: string[] = [];
    fetched.mockImplementation(async () =>
      events('data: {"type":"structure_changed","account_id":"a"}\n\n', ': still here\n\n')
    );
    const stop = httpBackend().subscribe(
      (event) => seen.push(event.type),
      (link) => links.push(link)
    );
    await settle();
    expect(seen).toEqual(['structure_changed']);
    expect(links).toEqual(['up', 'down']);
    await vi.advanceTimersByTimeAsync(500);
    expect(fetched).toHaveBeenCalledTimes(2);
    expect(links).toEqual(['up', 'down', 'up', 'down']);
    stop();
  });

  it('that were missed make everything be read again', async () => {
    const links: string[] = [];
    const seen = vi.fn();
    fetched.mockImplementationOnce(async () => events('event: lagged\ndata: {}\n\n'));
    fetched.mockImplementation(() => new Promise(() => {}));
    const stop = httpBackend().subscribe(seen, (link) => links.push(link));
    await settle();
    expect(links.slice(0, 3)).toEqual(['up', 'down', 'up']);
    expect(seen).not.toHaveBeenCalled();
    stop();
  });

  it('wait longer after each failure, up to ten seconds', async () => {
    fetched.mockRejectedValue(new TypeError('away'));
    const stop = httpBackend().subscribe(() => {});
    await settle();
    for (const wait of [500, 1000, 2000, 4000, 8000, 10_000, 10_000]) {
      const before = fetched.mock.calls.length;
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(fetched).toHaveBeenCalledTimes(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(fetched).toHaveBeenCalledTimes(before + 1);
    }
    stop();
  });

  it('are not asked for again once the key is refused, nor after leaving', async () => {
    const links: string[] = [];
    fetched.mockImplementation(async () => new Response('', { status: 401 }));
    httpBackend().subscribe(
      () => {},
      (link) => links.push(link)
    );
    await vi.advanceTimersByTimeAsync(60_000);
    expect(links).toEqual(['refused']);
    expect(fetched).toHaveBeenCalledTimes(1);

    fetched.mockRejectedValue(new TypeError('away'));
    const stop = httpBackend().subscribe(() => {});
    await settle();
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetched).toHaveBeenCalledTimes(2);
  });
});
