import type { AccountSummary, ListenerStatus, Overview, SyncStatus } from '$lib/backend';
import { format } from '$lib/format';
import { t } from '$lib/i18n';
import { errorWords, problemWords } from '$lib/words/problem';
import { areTasksMissing } from './arriving';
import { changeNeeds } from './change-needs';

/** Something a person should look at, and the way there. */
export interface Need {
  id: string;
  tone: 'bad' | 'warn' | 'info';
  title: string;
  body: string;
  action: { label: string; href: string } | null;
}

export interface Facts {
  account: AccountSummary;
  sync: SyncStatus | null;
  overview: Overview | null;
  listener: ListenerStatus | null;
  usersRefused: boolean;
  now: number;
}

const DAY_MS = 86_400_000;
/** A long-lived token is spoken of from so many days before its end. */
const TOKEN_DAYS = 14;
/** Times of messages go wrong beyond this difference of clocks. */
const SKEW_MS = 120_000;

const reconnect = (account: AccountSummary) => ({
  label: t('errors.action.reconnect'),
  href: `/connect?account=${encodeURIComponent(account.id)}`
});
const see = (href: string) => ({ label: t('home.needs.see'), href });

function connectionNeeds({ account, sync }: Facts): Need[] {
  const problem = sync?.problem ?? null;
  if (problem) {
    const signIn = problem.hint === 'reconnect' || sync?.connection === 'needs_sign_in';
    return [
      {
        id: 'connection',
        tone: problem.hint === 'retry' ? 'warn' : 'bad',
        ...errorWords(problem),
        action: signIn ? reconnect(account) : see('/sync')
      }
    ];
  }
  const lost = sync?.connection === 'needs_sign_in' || account.connection === 'needs_sign_in';
  if (!lost) return [];
  const words = problemWords(account.problem ?? 'needs_sign_in');
  return [{ id: 'connection', tone: 'bad', ...words, action: reconnect(account) }];
}

function tokenNeeds({ account, now }: Facts): Need[] {
  const ends = account.token_expires_at_ms;
  if (ends === null || ends - now > TOKEN_DAYS * DAY_MS) return [];
  const title =
    ends <= now
      ? t('home.needs.token_expired')
      : t('home.needs.token_expiring', { when: format.relative(ends) });
  return [
    {
      id: 'token',
      tone: ends <= now ? 'bad' : 'info',
      title,
      body: t('home.needs.token_expiring_body'),
      action: { ...reconnect(account), label: t('home.needs.renew') }
    }
  ];
}

function computerNeeds({ account, listener, sync, usersRefused }: Facts): Need[] {
  const found: Need[] = [];
  if (listener?.is_port_taken) {
    found.push({
      id: 'port',
      tone: 'warn',
      ...problemWords('port_taken', String(listener.port)),
      action: {
        label: t('errors.action.open_connection_settings'),
        href: '/settings?tab=connection'
      }
    });
  }
  // The clock of a demo account is moved by the person: it says nothing about this computer's.
  const skew = account.is_demo ? 0 : Math.abs(sync?.clock_skew_ms ?? 0);
  if (skew > SKEW_MS) {
    found.push({
      id: 'clock',
      tone: 'warn',
      title: t('home.needs.clock', { duration: format.duration(skew) }),
      body: t('home.needs.clock_body'),
      action: null
    });
  }
  if (usersRefused) {
    found.push({
      id: 'users',
      tone: 'info',
      title: t('home.needs.users_refused'),
      body: t('home.needs.users_refused_body'),
      action: see('/health')
    });
  }
  return found;
}

function leadNeeds({ overview, sync }: Facts): Need[] {
  if (!overview) return [];
  const found: Need[] = [];
  if (overview.overdue_tasks > 0) {
    found.push({
      id: 'overdue',
      tone: 'warn',
      title: t('home.needs.overdue', { count: overview.overdue_tasks }),
      body: t('home.needs.overdue_body'),
      action: see('/leads?task=1&open=1&sort=next_task')
    });
  }
  if (overview.leads_without_task > 0 && !areTasksMissing(sync)) {
    found.push({
      id: 'without_task',
      tone: 'info',
      title: t('home.needs.without_task', { count: overview.leads_without_task }),
      body: t('home.needs.without_task_body'),
      action: see('/leads?open=1&task=0')
    });
  }
  return found;
}

/** Everything that needs a person, the worst first. */
export function needsOf(facts: Facts): Need[] {
  const weight = { bad: 0, warn: 1, info: 2 };
  const connection = connectionNeeds(facts);
  const token = tokenNeeds(facts);
  return [
    ...connection,
    // A refused token is said once, not twice.
    ...(connection.length > 0 && token[0]?.tone === 'bad' ? [] : token),
    ...changeNeeds(facts.sync),
    ...computerNeeds(facts),
    ...leadNeeds(facts)
  ].sort((a, b) => weight[a.tone] - weight[b.tone]);
}
