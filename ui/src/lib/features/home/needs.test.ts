import { describe, expect, it } from 'vitest';
import type { SyncStatus } from '$lib/backend';
import { accountList, overview, syncStatus } from '$lib/backend/fake/status';
import { locale } from '$lib/i18n';
import { needsOf, type Facts } from './needs';

locale.use('pt-BR');
const now = Date.now();
const usual = syncStatus('usual', 'a1');
const facts: Facts = {
  account: { ...accountList('usual').accounts[0]!, token_expires_at_ms: null },
  sync: usual,
  overview: { ...overview(usual), overdue_tasks: 0, leads_without_task: 0 },
  listener: { port: 8000, url: 'http://localhost:8000', is_port_taken: false },
  usersRefused: false,
  now
};
const ids = (change: Partial<Facts>) => needsOf({ ...facts, ...change }).map((need) => need.id);

describe('what needs a person', () => {
  it('is nothing when all is well', () => {
    expect(ids({})).toEqual([]);
  });

  it('is the sign-in, with the way to it', () => {
    const sync = syncStatus('signin', 'a1');
    const [need] = needsOf({ ...facts, sync });
    expect(need).toMatchObject({ id: 'connection', tone: 'bad' });
    expect(need?.action?.href).toBe('/connect?account=a1');
  });

  it.each([
    [15, []],
    [14, ['token']],
    [1, ['token']],
    [-1, ['token']]
  ])('is a token that ends in %d days', (days, expected) => {
    const account = { ...facts.account, token_expires_at_ms: now + days * 86_400_000 };
    expect(ids({ account })).toEqual(expected);
  });

  it('says a refused and expired token once', () => {
    const account = { ...facts.account, token_expires_at_ms: now - 1 };
    expect(ids({ account, sync: syncStatus('signin', 'a1') })).toEqual(['connection']);
  });

  it('is no clock of a demo account, which a person moves', () => {
    const sync = { ...usual, clock_skew_ms: 82_800_000 };
    expect(ids({ sync })).toEqual(['clock']);
    expect(ids({ sync, account: { ...facts.account, is_demo: true } })).toEqual([]);
  });

  it('holds leads without a task back until the first import has brought the tasks', () => {
    const counts = { ...facts.overview!, leads_without_task: 3 };
    const without = (sync: SyncStatus) => ids({ sync, overview: counts });
    expect(without(syncStatus('importing', 'a1', 0.42))).toEqual([]);
    expect(without(syncStatus('importing', 'a1', 0.8))).toEqual(['without_task']);
    const again = syncStatus('importing', 'a1', 0.42);
    again.polling.complete_until_ms = now;
    expect(without(again)).toEqual(['without_task']);
  });

  it('puts the worst first', () => {
    const listener = { port: 8000, url: null, is_port_taken: true };
    const counts = { ...facts.overview!, leads_without_task: 3 };
    const sync = { ...syncStatus('signin', 'a1'), clock_skew_ms: -600_000 };
    expect(ids({ sync, listener, usersRefused: true, overview: counts })).toEqual([
      'connection',
      'port',
      'clock',
      'users',
      'without_task'
    ]);
  });
});
