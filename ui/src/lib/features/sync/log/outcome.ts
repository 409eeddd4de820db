import type { LogDirection, LogOutcome } from '$lib/backend';
import type { Tone } from '$lib/ui/types';

export const OUTCOME_TONES: Record<LogOutcome, Tone> = {
  done: 'good',
  retrying: 'warn',
  failed: 'bad',
  refused: 'bad'
};

export const OUTCOMES: readonly LogOutcome[] = ['done', 'retrying', 'failed', 'refused'];
export const DIRECTIONS: readonly LogDirection[] = ['in', 'out', 'local'];
