import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '$lib/backend';
import { applyEvent } from '$lib/backend/events';
import { fakeBackend } from '$lib/backend/fake';
import { locale } from '$lib/i18n';
import { start } from '$lib/state/start';
import { sync } from '$lib/state/sync.svelte';
import { toasts } from '$lib/ui';
import { followHeld } from './held';

const goto = vi.hoisted(() => vi.fn());
vi.mock('$app/navigation', () => ({ goto }));

const none = { open: 0, wedged: 0, oldest_at_ms: null, conflicts: 0, is_paused: false };
const tell = (wedged: number, account_id = 'a1') =>
  applyEvent({ type: 'outbox_changed', account_id, summary: { ...none, wedged } });

let stop: () => void;

beforeEach(async () => {
  setBackend(fakeBackend('demo'));
  (await start())();
  locale.use('pt-BR');
  toasts.list = [];
  stop = followHeld();
});
afterEach(() => {
  stop();
  setBackend(null);
});

describe('a change that Kommo does not accept', () => {
  it('is told in the corner, with the way to it', () => {
    tell(1);
    expect(sync.status?.outbox.wedged).toBe(1);
    const [toast] = toasts.list;
    expect(toast).toMatchObject({
      tone: 'bad',
      title: 'Uma mudança não foi aceita pelo Kommo'
    });
    toast!.action!.run();
    expect(goto).toHaveBeenCalledWith('/sync?tab=stuck');
  });

  it('is told once, and again only when there are more', () => {
    tell(1);
    tell(1);
    tell(0);
    expect(toasts.list).toHaveLength(1);
    tell(2);
    expect(toasts.list.map((toast) => toast.title)).toEqual([
      'Uma mudança não foi aceita pelo Kommo',
      '2 mudanças não foram aceitas pelo Kommo'
    ]);
  });

  it('of another account is not told here', () => {
    tell(3, 'a2');
    expect(toasts.list).toHaveLength(0);
  });
});
