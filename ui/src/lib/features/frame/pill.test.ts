import { describe, expect, it } from 'vitest';
import { accountList, syncStatus } from '$lib/backend/fake/status';
import { pillOf } from './pill';

const account = accountList('usual').accounts[0]!;
const demo = accountList('demo').accounts[0]!;
const usual = syncStatus('usual', 'a1');

describe('the connection pill', () => {
  it('says when Kommo was asked last', () => {
    expect(pillOf(account, usual, 'up')).toEqual({
      key: 'frame.pill.connected_ago',
      tone: 'good',
      pulse: false,
      agoMs: usual.polling.last_at_ms
    });
    expect(pillOf(demo, usual, 'up').key).toBe('frame.pill.demo_ago');
  });

  it('says how far the import is', () => {
    expect(pillOf(account, syncStatus('importing', 'a1'), 'up')).toMatchObject({
      key: 'frame.pill.importing_share',
      share: 0.42
    });
  });

  it.each([
    ['needs_sign_in', 'frame.pill.needs_sign_in', 'bad'],
    ['offline', 'frame.pill.offline', 'warn'],
    ['limited', 'frame.pill.limited', 'warn'],
    ['starting', 'frame.pill.starting', 'neutral']
  ] as const)('says %s before anything else', (connection, key, tone) => {
    expect(pillOf(account, { ...usual, connection }, 'up')).toMatchObject({ key, tone });
  });

  it('says that it needs a sign-in even while importing', () => {
    const importing = syncStatus('importing', 'a1');
    const pill = pillOf(account, { ...importing, connection: 'needs_sign_in' }, 'up');
    expect(pill.key).toBe('frame.pill.needs_sign_in');
  });

  it('says that Kommo blocks this computer', () => {
    const blocked = { ...usual, rate: { ...usual.rate, is_blocked: true } };
    expect(pillOf(account, blocked, 'up').key).toBe('frame.pill.blocked');
  });

  it('does not claim a connection while the program itself is away', () => {
    expect(pillOf(account, usual, 'down').tone).toBe('bad');
    expect(pillOf(null, null, 'up').key).toBe('frame.pill.no_account');
  });
});
