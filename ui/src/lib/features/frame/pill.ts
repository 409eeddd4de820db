import type { AccountSummary, Link, SyncStatus } from '$lib/backend';
import type { MessageKey } from '$lib/i18n';
import type { Tone } from '$lib/ui';

export interface Pill {
  /** Its words, and the words when `share` or `ago` can be said with them. */
  key: MessageKey;
  tone: Tone;
  /** Something is going on. */
  pulse: boolean;
  /** How much of the import is here, 0 to 1. */
  share?: number;
  /** When Kommo was asked last, in unix milliseconds. */
  agoMs?: number;
}

const still = (key: MessageKey, tone: Tone): Pill => ({ key, tone, pulse: false });

/** What the connection pill says: the one thing that matters most now. */
export function pillOf(
  account: AccountSummary | null,
  status: SyncStatus | null,
  link: Link
): Pill {
  if (link !== 'up') return { ...still('frame.pill.offline', 'bad'), pulse: link === 'down' };
  if (!account) return still('frame.pill.no_account', 'neutral');
  const connection = status?.connection ?? account.connection;
  if (connection === 'needs_sign_in') return still('frame.pill.needs_sign_in', 'bad');
  if (status?.rate.is_blocked) return still('frame.pill.blocked', 'bad');
  if (connection === 'offline') return still('frame.pill.offline', 'warn');
  if (connection === 'limited') return still('frame.pill.limited', 'warn');
  const running = status?.import.state === 'running' || status?.import.state === 'waiting';
  if (status && running) {
    const { share } = status.import;
    if (share === null) return { key: 'frame.pill.importing', tone: 'accent', pulse: true };
    return { key: 'frame.pill.importing_share', tone: 'accent', pulse: true, share };
  }
  if (connection === 'starting') return { ...still('frame.pill.starting', 'neutral'), pulse: true };
  const asked = status?.polling.last_at_ms ?? null;
  if (asked === null)
    return still(account.is_demo ? 'frame.pill.demo' : 'frame.pill.connected', 'good');
  return {
    ...still(account.is_demo ? 'frame.pill.demo_ago' : 'frame.pill.connected_ago', 'good'),
    agoMs: asked
  };
}
