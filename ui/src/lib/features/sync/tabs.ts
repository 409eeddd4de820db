import type { SyncStatus } from '$lib/backend';
import { format } from '$lib/format';
import { t } from '$lib/i18n';
import type { Tone } from '$lib/ui/types';

/** The tabs, as they stand in the address. */
export const SYNC_TABS = ['log', 'outbox', 'stuck', 'conflicts', 'received', 'instant'] as const;
export type SyncTab = (typeof SYNC_TABS)[number];

/** The tab of an address; the log for anything else. */
export function readTab(asked: string | null): SyncTab {
  return SYNC_TABS.find((one) => one === asked) ?? 'log';
}

interface Tab {
  value: SyncTab;
  label: string;
  count?: string;
  tone?: Tone;
}

const counted = (count: number, tone: Tone) =>
  count > 0 ? { count: format.number(count), tone } : {};

/** The row of tabs, with how much is behind each. */
export function tabsOf(status: SyncStatus | null): Tab[] {
  const outbox = status?.outbox;
  return [
    { value: 'log', label: t('sync.log.tab') },
    { value: 'outbox', label: t('outbox.tab.outbox'), ...counted(outbox?.open ?? 0, 'neutral') },
    { value: 'stuck', label: t('outbox.tab.stuck'), ...counted(outbox?.wedged ?? 0, 'bad') },
    {
      value: 'conflicts',
      label: t('outbox.tab.conflicts'),
      ...counted(outbox?.conflicts ?? 0, 'warn')
    },
    {
      value: 'received',
      label: t('outbox.tab.received'),
      ...counted(status?.deliveries.today ?? 0, 'neutral')
    },
    { value: 'instant', label: t('outbox.tab.instant') }
  ];
}
