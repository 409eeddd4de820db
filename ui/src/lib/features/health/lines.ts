import type {
  HealthItem,
  HealthProbe,
  HealthReport,
  HealthState,
  ImportStatus,
  SyncStatus,
  WebhookState
} from '$lib/backend';
import { format, isZone } from '$lib/format';

/** The probes, in the order a person would do them; shown as waiting before the first report. */
export const PROBES: readonly HealthProbe[] = [
  'sign_in',
  'account',
  'administrator',
  'pipelines',
  'fields',
  'users',
  'import',
  'polling',
  'webhooks',
  'clock',
  'listener'
];

/** What can be done about an item right there. */
export type Remedy =
  'reconnect' | 'open_kommo' | 'resume_import' | 'start_import' | 'poll' | 'port' | 'instant';

export interface Line extends HealthItem {
  /** The import as it runs; only on its own line. */
  importing: ImportStatus | null;
  /** How Kommo's own notices stand; only on their line. */
  webhook: WebhookState | null;
  remedy: Remedy | null;
}

function stateOfImport(status: ImportStatus): HealthState {
  switch (status.state) {
    case 'never':
    case 'running':
    case 'waiting':
      return 'waiting';
    case 'cancelled':
      return 'bad';
    case 'finished':
      return status.entities.some((entity) => entity.state === 'refused') ? 'limited' : 'good';
  }
}

function remedyOf(item: HealthItem, importing: ImportStatus | null): Remedy | null {
  if (item.probe === 'import') {
    if (importing?.state === 'never') return 'start_import';
    return importing?.state === 'cancelled' || item.state === 'bad' ? 'resume_import' : null;
  }
  if (item.state === 'good' || item.state === 'waiting') return null;
  switch (item.probe) {
    case 'sign_in':
      return 'reconnect';
    case 'administrator':
    case 'pipelines':
      return 'open_kommo';
    case 'polling':
      return 'poll';
    case 'listener':
      return item.problem === 'port_taken' ? 'port' : null;
    default:
      return null;
  }
}

const STATE_OF: Record<WebhookState, HealthState> = {
  off: 'good',
  unchecked: 'waiting',
  active: 'good',
  refused: 'limited',
  failing: 'limited'
};

/** How the notices stand; where nobody asked for them and the plan has none, the probe's answer says more. */
function subscriptionOf(item: HealthItem, sync: SyncStatus | null): WebhookState | null {
  const state = sync?.webhook ?? null;
  return state === 'off' && item.state !== 'good' ? null : state;
}

/** The page that sets them up, unless they work or are just being looked at. */
function remedyOfWebhook(state: WebhookState): Remedy | null {
  return state === 'active' || state === 'unchecked' ? null : 'instant';
}

/**
 * The checklist as it is now: the probes' report, with what events have told since it was made laid over it.
 * Without a report every item waits.
 */
export function linesOf(report: HealthReport | null, sync: SyncStatus | null): Line[] {
  const items: HealthItem[] =
    report?.items ??
    PROBES.map((probe) => ({ probe, state: 'waiting', count: null, detail: '', problem: null }));
  return items.map((item) => {
    let now = item;
    const importing = item.probe === 'import' ? (sync?.import ?? null) : null;
    if (importing) now = { ...item, state: stateOfImport(importing) };
    else if (item.probe === 'sign_in' && report && sync?.connection === 'needs_sign_in')
      now = { ...item, state: 'bad', problem: sync.problem?.code ?? item.problem };
    const webhook = report && item.probe === 'webhooks' ? subscriptionOf(item, sync) : null;
    if (webhook) now = { ...now, state: STATE_OF[webhook], problem: null };
    const remedy = webhook ? remedyOfWebhook(webhook) : remedyOf(now, importing);
    return { ...now, importing, webhook, remedy };
  });
}

/** Which sentence says it. That webhooks could not be asked for is not the same as that they are not allowed. */
export function wordingOf(line: Line): HealthState {
  const refused = line.problem === 'forbidden' || line.problem === 'account_unpaid';
  return line.probe === 'webhooks' && line.state === 'limited' && line.problem && !refused
    ? 'bad'
    : line.state;
}

/** Whether the problem's own advice helps: nobody can do anything about a plan or another's team list. */
export function hasAdvice(line: Line): boolean {
  if (line.state === 'bad') return true;
  return line.state === 'limited' && ['administrator', 'polling', 'listener'].includes(line.probe);
}

/** Whether the probe's detail is a fact for people; some are numbers for the program. */
export function isFact(line: Line): boolean {
  return (
    line.detail !== '' && line.state === 'good' && ['account', 'listener'].includes(line.probe)
  );
}

/** The fact as it is read: the account's line ends with its time zone. */
export function factOf(line: Line): string {
  if (line.probe !== 'account') return line.detail;
  const parts = line.detail.split(' · ');
  const last = parts.pop() ?? '';
  return [...parts, parts.length > 0 && isZone(last) ? format.zone(last) : last]
    .filter(Boolean)
    .join(' · ');
}

export interface Tally {
  good: number;
  /** Limited counts as working. */
  bad: number;
  waiting: number;
  total: number;
}

export function tally(lines: Line[]): Tally {
  const count = (state: HealthState) => lines.filter((line) => line.state === state).length;
  return {
    good: count('good') + count('limited'),
    bad: count('bad'),
    waiting: count('waiting'),
    total: lines.length
  };
}
