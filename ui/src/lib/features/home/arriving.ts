import type { SyncStatus } from '$lib/backend';

/**
 * Whether the account's tasks are not here yet: until the first import has brought them, "0 tasks" and "leads
 * without a next step" would be false. A later import runs over tasks that are already here.
 */
export function areTasksMissing(sync: SyncStatus | null): boolean {
  if (!sync || sync.import.state === 'finished' || sync.polling.complete_until_ms !== null) {
    return false;
  }
  const tasks = sync.import.entities.find(({ entity }) => entity === 'tasks');
  return tasks?.state !== 'done' && tasks?.state !== 'refused';
}
