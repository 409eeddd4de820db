import { afterEach, describe, expect, it } from 'vitest';
import {
  setBackend,
  type HealthItem,
  type HealthReport,
  type ImportStatus,
  type SyncStatus
} from '$lib/backend';
import { feeds } from '$lib/state/feeds';
import { Health } from './health.svelte';
import { linesOf, PROBES, tally, wordingOf } from './lines';

const item = (change: Partial<HealthItem>): HealthItem => ({
  probe: 'sign_in',
  state: 'good',
  count: null,
  detail: '',
  problem: null,
  ...change
});
const report = (...items: HealthItem[]): HealthReport => ({ checked_at_ms: 1, items });

function sync(importing: Partial<ImportStatus>, change: Partial<SyncStatus> = {}): SyncStatus {
  return {
    account_id: 'a1',
    connection: 'connected',
    problem: null,
    import: {
      state: 'running',
      started_at_ms: 0,
      finished_at_ms: null,
      share: null,
      remaining_s: null,
      entities: [],
      ...importing
    },
    polling: { last_at_ms: null },
    ...change
  } as SyncStatus;
}

function counting() {
  const kit = { asked: 0, release: () => {} };
  setBackend({
    host: 'http',
    call: (() => {
      kit.asked++;
      return new Promise((done) => (kit.release = () => done(report(item({})))));
    }) as never,
    subscribe: () => () => {},
    openExternal: async () => {}
  });
  return kit;
}

const settled = () => new Promise<void>((done) => setTimeout(done));

afterEach(() => setBackend(null));

describe('the lines of the checklist', () => {
  it('all wait before the first report', () => {
    const lines = linesOf(null, null);
    expect(lines.map((line) => line.probe)).toEqual(PROBES);
    expect(tally(lines)).toEqual({ good: 0, bad: 0, waiting: 11, total: 11 });
  });

  it.each([
    ['running', [], 'waiting', null],
    ['waiting', [], 'waiting', null],
    ['never', [], 'waiting', 'start_import'],
    ['cancelled', [], 'bad', 'resume_import'],
    ['finished', [], 'good', null],
    ['finished', [{ state: 'refused' }], 'limited', null]
  ] as const)('an import that is %s with %j is %s', (state, entities, expected, remedy) => {
    const [line] = linesOf(
      report(item({ probe: 'import', state: 'waiting' })),
      sync({ state, entities: entities as never })
    );
    expect(line?.state).toBe(expected);
    expect(line?.remedy).toBe(remedy);
  });

  it('a sign-in that was lost since the report is bad at once', () => {
    const lost = sync(
      {},
      { connection: 'needs_sign_in', problem: { code: 'token_expired' } as never }
    );
    const [line] = linesOf(report(item({})), lost);
    expect(line).toMatchObject({ state: 'bad', problem: 'token_expired', remedy: 'reconnect' });
  });

  it.each([
    ['administrator', 'limited', 'open_kommo'],
    ['pipelines', 'bad', 'open_kommo'],
    ['polling', 'bad', 'poll'],
    ['listener', 'limited', null],
    ['webhooks', 'limited', null],
    ['sign_in', 'good', null]
  ] as const)('%s that is %s offers %s', (probe, state, remedy) => {
    expect(linesOf(report(item({ probe, state })), null)[0]?.remedy).toBe(remedy);
  });

  it('offer another port when the listener’s is taken', () => {
    const taken = item({ probe: 'listener', state: 'limited', problem: 'port_taken' });
    expect(linesOf(report(taken), null)[0]?.remedy).toBe('port');
  });

  it.each([
    ['forbidden', 'limited'],
    ['account_unpaid', 'limited'],
    ['timed_out', 'bad']
  ] as const)('tell webhooks refused from webhooks not asked for (%s)', (problem, wording) => {
    const [line] = linesOf(report(item({ probe: 'webhooks', state: 'limited', problem })), null);
    expect(wordingOf(line!)).toBe(wording);
  });

  it.each([
    ['good', 'off', 'good', 'off', 'instant'],
    ['limited', 'off', 'limited', null, null],
    ['good', 'unchecked', 'waiting', 'unchecked', null],
    ['limited', 'active', 'good', 'active', null],
    ['good', 'refused', 'limited', 'refused', 'instant'],
    ['good', 'failing', 'limited', 'failing', 'instant']
  ] as const)(
    'tell of notices at once where the plan is %s and they are %s',
    (plan, webhook, state, told, remedy) => {
      const asked = report(item({ probe: 'webhooks', state: plan }));
      const [line] = linesOf(asked, sync({}, { webhook }));
      expect(line).toMatchObject({ state, webhook: told, remedy });
      const before = linesOf(null, sync({}, { webhook })).find((one) => one.probe === 'webhooks');
      expect(before).toMatchObject({ state: 'waiting', webhook: null });
    }
  );

  it('count what works with a limitation as working', () => {
    const lines = linesOf(
      report(item({}), item({ state: 'limited' }), item({ probe: 'clock', state: 'bad' })),
      null
    );
    expect(tally(lines)).toEqual({ good: 2, bad: 1, waiting: 0, total: 3 });
  });
});

describe('the checklist', () => {
  it('asks again when the situation changes, and not for progress alone', async () => {
    const kit = counting();
    const health = new Health();
    health.watch('a1', sync({ share: 0.1 }), null);
    kit.release();
    await settled();
    health.watch('a1', sync({ share: 0.9 }), null);
    expect(kit.asked).toBe(1);
    health.watch('a1', sync({ state: 'finished' }), null);
    expect(kit.asked).toBe(2);
    kit.release();
    await settled();
  });

  it('asks once more, not once each, for what changed while the probes answered', async () => {
    const kit = counting();
    const health = new Health();
    const stop = health.follow();
    health.watch('a1', null, null);
    for (let time = 0; time < 5; time++)
      feeds.structure.publish({ type: 'structure_changed', account_id: 'a1' });
    expect(kit.asked).toBe(1);
    kit.release();
    await settled();
    expect(kit.asked).toBe(2);
    kit.release();
    await settled();
    expect(kit.asked).toBe(2);
    stop();
  });

  it('does not show one account’s report for another', async () => {
    const kit = counting();
    const health = new Health();
    health.watch('a1', null, null);
    kit.release();
    await settled();
    expect(health.tally.good).toBe(1);
    health.watch('a2', null, null);
    expect(health.tally.waiting).toBe(11);
    kit.release();
    await settled();
  });
});
