import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackendError, setBackend } from '$lib/backend';
import { accounts } from '$lib/state/accounts.svelte';
import { feeds } from '$lib/state/feeds';
import { account, answering, outcome, syncStatus } from '../answering.testing';
import { BrowserSignIn } from './browser-sign-in.svelte';
import { Draft } from './draft.svelte';

const ID = '6d1a0c9e-3b52-4f0e-9a77-0c1d2e3f4a5b';
const SECRET = 'aB3'.repeat(21) + 'x';
const OURS = 'http://localhost:8000/auth/kommo/callback';

let now = 1_800_000_000_000;
const clock = () => now;
const refuse =
  (code: BackendError['code'], detail = '') =>
  () => {
    throw new BackendError(code, detail);
  };
const settled = () => new Promise<void>((done) => queueMicrotask(() => queueMicrotask(done)));

beforeEach(() => {
  now = 1_800_000_000_000;
});
afterEach(() => setBackend(null));

describe('signing in through the browser', () => {
  const started = () => ({
    attempt_id: 't1',
    authorization_url: 'https://www.kommo.com/oauth?client_id=x&state=y',
    redirect_uri: OURS,
    expires_at_ms: now + 600_000
  });

  async function waiting(extra: Parameters<typeof answering>[0] = {}) {
    const kit = answering({
      sign_in_browser_start: started,
      sign_in_browser_cancel: () => ({}),
      account_list: () => outcome().accounts,
      sync_status: () => syncStatus(),
      ...extra
    });
    const flow = new BrowserSignIn(new Draft(), clock);
    const stop = flow.follow();
    flow.draft.clientId = ID;
    flow.draft.clientSecret = SECRET;
    await flow.start();
    return { kit, flow, stop };
  }

  it('opens the browser on the address the core names and waits', async () => {
    const { kit, flow, stop } = await waiting();
    expect(kit.opened).toEqual(['https://www.kommo.com/oauth?client_id=x&state=y']);
    expect(flow.phase).toBe('waiting');
    stop();
  });

  it('is done when the event says so', async () => {
    const { kit, flow, stop } = await waiting();
    kit.send({
      type: 'sign_in_finished',
      attempt_id: 't1',
      result: { kind: 'done', account: account() }
    });
    await expect.poll(() => flow.phase, { timeout: 20_000 }).toBe('done');
    expect(accounts.currentId).toBe('a1');
    expect(flow.draft.clientSecret).toBe('');
    stop();
  });

  it('does not listen to another attempt', async () => {
    const { kit, flow, stop } = await waiting();
    kit.send({
      type: 'sign_in_finished',
      attempt_id: 'old',
      result: { kind: 'done', account: account() }
    });
    await settled();
    expect(flow.phase).toBe('waiting');
    stop();
  });

  it('notices an end that came before the answer to its start', async () => {
    const { flow, stop } = await waiting({
      sign_in_browser_start: () => {
        feeds.signIn.publish({
          type: 'sign_in_finished',
          attempt_id: 't1',
          result: { kind: 'done', account: account() }
        });
        return started();
      }
    });
    await expect.poll(() => flow.phase, { timeout: 20_000 }).toBe('done');
    stop();
  });

  it.each([
    ['sign_in_refused', 'refused'],
    ['sign_in_expired', 'expired'],
    ['client_secret_wrong', 'form']
  ] as const)('after %s it is %s and what was typed stays', async (code, phase) => {
    const { kit, flow, stop } = await waiting();
    kit.send({
      type: 'sign_in_finished',
      attempt_id: 't1',
      result: { kind: 'failed', error: { code, detail: '', hint: null, retry_at: null } }
    });
    await settled();
    expect(flow.phase).toBe(phase);
    expect(flow.draft.clientSecret).toBe(SECRET);
    if (phase === 'form') expect(flow.submission.field).toBe('client_secret');
    flow.again();
    expect(flow.phase).toBe('form');
    stop();
  });

  it('runs out of time by itself', async () => {
    const { flow, stop } = await waiting();
    now += 600_000;
    expect(flow.phase).toBe('expired');
    stop();
  });

  it('can be cancelled even when the core has forgotten the attempt', async () => {
    const { kit, flow, stop } = await waiting({ sign_in_browser_cancel: refuse('internal') });
    await flow.cancel();
    expect(kit.asked.at(-1)).toEqual({
      command: 'sign_in_browser_cancel',
      request: { attempt_id: 't1' }
    });
    expect(flow.phase).toBe('form');
    stop();
  });

  it('finds out what happened while events did not arrive', async () => {
    const { flow, stop } = await waiting();
    feeds.resync.publish();
    await expect.poll(() => flow.phase, { timeout: 20_000 }).toBe('done');
    stop();
  });

  it('keeps waiting after a silence in which nothing happened', async () => {
    const { flow, stop } = await waiting({
      account_list: () => ({ accounts: [account({ is_demo: true })], current_id: 'a1' })
    });
    feeds.resync.publish();
    await settled();
    await settled();
    expect(flow.phase).toBe('waiting');
    stop();
  });
});
