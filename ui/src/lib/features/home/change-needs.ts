import type { SyncStatus } from '$lib/backend';
import { t } from '$lib/i18n';
import type { Need } from './needs';

/** Changes that did not reach Kommo, or met another there: only a person can go on with them. */
export function changeNeeds(sync: Pick<SyncStatus, 'outbox'> | null): Need[] {
  const outbox = sync?.outbox;
  if (!outbox) return [];
  const found: Need[] = [];
  if (outbox.wedged > 0) {
    found.push({
      id: 'wedged',
      tone: 'bad',
      title: t('home.needs.wedged', { count: outbox.wedged }),
      body: t('home.needs.wedged_body'),
      action: { label: t('home.needs.settle'), href: '/sync?tab=stuck' }
    });
  }
  if (outbox.conflicts > 0) {
    found.push({
      id: 'conflicts',
      tone: 'warn',
      title: t('home.needs.conflicts', { count: outbox.conflicts }),
      body: t('home.needs.conflicts_body'),
      action: { label: t('home.needs.decide'), href: '/sync?tab=conflicts' }
    });
  }
  if (outbox.is_paused) {
    found.push({
      id: 'paused',
      tone: 'warn',
      title: t('home.needs.paused'),
      body: t('home.needs.paused_body', { count: outbox.open }),
      action: { label: t('home.needs.see'), href: '/sync?tab=outbox' }
    });
  }
  return found;
}
