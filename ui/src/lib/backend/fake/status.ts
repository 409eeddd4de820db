import type {
  AccountList,
  AccountSummary,
  AppStatus,
  HealthItem,
  HealthReport,
  ImportedEntity,
  Overview,
  SyncStatus
} from '../contract.gen';
import { LEADS, recent } from './leads';

/** What the fake plays: chosen with `?scene=` in the address. */
export type Scene = 'usual' | 'first' | 'importing' | 'offline' | 'signin' | 'locked' | 'demo';

function account(id: string, name: string, subdomain: string): AccountSummary {
  return {
    id,
    name,
    subdomain,
    kommo_id: 32_000_000,
    is_demo: false,
    method: 'long_lived',
    connection: 'connected',
    problem: null,
    token_expires_at_ms: Date.now() + 12 * 86_400_000,
    time_zone: 'America/Sao_Paulo',
    currency: 'BRL',
    country: 'BR',
    web_url: `https://${subdomain}.kommo.com`
  };
}

export function accountList(scene: Scene): AccountList {
  if (scene === 'first' || scene === 'locked') return { accounts: [], current_id: null };
  const main = account('a1', 'Solar Horizonte', 'solarhorizonte');
  if (scene === 'signin') {
    main.connection = 'needs_sign_in';
    main.problem = 'token_refused';
    main.token_expires_at_ms = Date.now() - 86_400_000;
  }
  if (scene === 'demo') {
    Object.assign(main, {
      is_demo: true,
      method: 'demo',
      name: 'Solar Demonstração',
      token_expires_at_ms: null
    });
  }
  const second = {
    ...account('a2', 'Energia Litoral', 'energialitoral'),
    method: 'oauth' as const
  };
  return { accounts: [main, { ...second, token_expires_at_ms: null }], current_id: 'a1' };
}

export function appStatus(scene: Scene, preferences: AppStatus['preferences']): AppStatus {
  return {
    version: '0.1.0',
    vault: scene === 'locked' ? 'needs_new_passphrase' : 'open',
    accounts: accountList(scene),
    preferences,
    listener: { port: 8000, url: 'http://localhost:8000', is_port_taken: false },
    is_demo_only: scene === 'demo'
  };
}

const ENTITIES: [ImportedEntity, number][] = [
  ['structure', 6],
  ['leads', 8214],
  ['contacts', 7620],
  ['companies', 912],
  ['tasks', 3107],
  ['notes', 21_480],
  ['events', 40_000]
];

export function syncStatus(scene: Scene, accountId: string, share = 0.42): SyncStatus {
  const importing = scene === 'importing' && share < 1;
  const now = Date.now();
  return {
    account_id: accountId,
    connection:
      scene === 'offline' ? 'offline' : scene === 'signin' ? 'needs_sign_in' : 'connected',
    problem:
      scene === 'offline'
        ? { code: 'network_unreachable', detail: '', hint: 'retry', retry_at: now + 14_000 }
        : scene === 'signin'
          ? { code: 'token_refused', detail: '', hint: 'reconnect', retry_at: null }
          : null,
    import: {
      state: importing ? 'running' : 'finished',
      started_at_ms: now - 24_000,
      finished_at_ms: importing ? null : now - 10_000,
      share: importing ? share : 1,
      remaining_s: importing ? Math.round((1 - share) * 57) : null,
      entities: ENTITIES.map(([entity, total], index) => {
        const part = importing ? Math.max(0, Math.min(1, share * 7 - index)) : 1;
        return {
          entity,
          state: part >= 1 ? 'done' : part > 0 ? 'running' : 'waiting',
          done: Math.round(total * part),
          total: part > 0 ? total : null,
          is_estimate: index > 3 && part < 1,
          pages_done: Math.ceil((total * part) / 250)
        };
      })
    },
    polling: {
      interval_s: 30,
      last_at_ms: now - 8000,
      next_at_ms: now + 22_000,
      last_changes: 2,
      last_change_seen_at_ms: now - 8000,
      complete_until_ms: importing ? null : now - 8000
    },
    rate: {
      limit_per_s: 7,
      used_last_s: importing ? 7 : 2.1,
      history: Array.from({ length: 60 }, (_, i) =>
        importing ? 7 : i > 18 && i < 26 ? 7 : Math.round(1 + 2 * Math.abs(Math.sin(i * 1.7)))
      ),
      waiting: importing ? 12 : 0,
      paused_until_ms: null,
      is_blocked: false
    },
    counts: {
      leads: importing ? Math.round(LEADS.length * Math.min(1, share * 3)) : LEADS.length,
      contacts: 7620,
      companies: 912,
      open_tasks: 214,
      notes: 21_480
    },
    outbox: { open: 0, wedged: 0, oldest_at_ms: null, conflicts: 0, is_paused: false },
    deliveries: { total: 0, today: 0, waiting: 0, unreadable: 0, last_at_ms: null },
    webhook: 'off',
    clock_skew_ms: 180
  };
}

export function overview(sync: SyncStatus): Overview {
  return {
    sync,
    new_leads_7d: 264,
    open_leads: 2462,
    open_value: 4_218_400,
    won_month: 23,
    won_value_month: 412_300,
    overdue_tasks: 12,
    leads_without_task: 318,
    recent: recent()
  };
}

export function health(scene: Scene): HealthReport {
  const good = (
    probe: HealthItem['probe'],
    detail = '',
    count: number | null = null
  ): HealthItem => ({
    probe,
    state: 'good',
    count,
    detail,
    problem: null
  });
  const items: HealthItem[] = [
    good('sign_in'),
    good('account', 'Solar Horizonte'),
    good('administrator'),
    good('pipelines', '', 2),
    good('fields', '', 6),
    good('users', '', 4),
    good('import'),
    good('polling'),
    { ...good('webhooks'), state: 'limited' },
    good('clock'),
    good('listener', 'http://localhost:8000')
  ];
  if (scene === 'signin') items[0] = { ...good('sign_in'), state: 'bad', problem: 'token_refused' };
  if (scene === 'importing') items[6] = { ...good('import'), state: 'waiting' };
  return { checked_at_ms: Date.now(), items };
}
