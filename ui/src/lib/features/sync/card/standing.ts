import type { ImportStatus, PollingStatus } from '$lib/backend';

/**
 * How much of Kommo's time is missing here, in milliseconds: 0 when polls are on time, null before
 * the first import ended. Two missed polls make a gap; one may just be a little late.
 */
export function gapMs(
  polling: Pick<PollingStatus, 'interval_s' | 'complete_until_ms'>,
  now: number
): number | null {
  if (polling.complete_until_ms === null) return null;
  const age = now - polling.complete_until_ms;
  return age <= polling.interval_s * 2000 ? 0 : age;
}

/** What a person can do about the import now. */
export type ImportAction = 'start' | 'resume' | 'cancel' | 'again';

export function importAction({ state }: Pick<ImportStatus, 'state'>): ImportAction {
  switch (state) {
    case 'never':
      return 'start';
    case 'running':
    case 'waiting':
      return 'cancel';
    case 'cancelled':
      return 'resume';
    case 'finished':
      return 'again';
  }
}

/** How long the import took; null while it runs. */
export function importDurationMs(status: ImportStatus): number | null {
  return status.finished_at_ms !== null && status.started_at_ms !== null
    ? status.finished_at_ms - status.started_at_ms
    : null;
}

/** A part of the account that Kommo does not show to this user. */
export function hasRefused(status: ImportStatus): boolean {
  return status.entities.some((entity) => entity.state === 'refused');
}
