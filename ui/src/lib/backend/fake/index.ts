// A core that only pretends: for screens under construction (`npm run dev:fake`) and for
// tests of screens. It is never part of the product: production builds leave this folder out.
import type { Backend } from '../backend';
import type { AppEvent, CommandName, Commands, OutboxSummary, Preferences } from '../contract.gen';
import { BackendError, toBackendError } from '../errors';
import { FakeChanges } from './changes';
import { leadList } from './leads';
import { logDetail, logList, logRow } from './log';
import { FakeOutgoing } from './outgoing';
import { searchPeople } from './people';
import { FakeReceiving } from './receiving';
import { accountList, appStatus, health, overview, syncStatus, type Scene } from './status';
import { mapping } from './structure';

export type { Scene } from './status';

type Handlers = {
  [C in CommandName]: (request: Commands[C]['request']) => Commands[C]['response'];
};

export interface FakeBackend extends Backend {
  /** Every call so far. */
  readonly calls: { command: CommandName; request: unknown }[];
  /** Sends an event to whoever listens. */
  emit(event: AppEvent): void;
  /** Makes the next call of `command` fail. */
  failNext(command: CommandName, error: BackendError): void;
}

function defaultScene(): Scene {
  const asked = new URLSearchParams(location.search).get('scene');
  if (asked) sessionStorage.setItem('fake.scene', asked);
  return (sessionStorage.getItem('fake.scene') ?? 'usual') as Scene;
}

export function fakeBackend(scene: Scene = defaultScene()): FakeBackend {
  const listeners = new Set<(event: AppEvent) => void>();
  const calls: FakeBackend['calls'] = [];
  const failures = new Map<CommandName, BackendError>();
  let accounts = accountList(scene);
  let open = scene !== 'locked';
  let share = 0.42;
  let preferences: Preferences = {
    language: null,
    theme: 'system',
    shortcuts: true,
    listener_port: 8000,
    poll_interval_s: 30,
    autostart: false,
    notifications: true,
    told_about_tray: false,
    log_retention_days: 90
  };

  const outgoing = new FakeOutgoing(scene !== 'usual');
  const receiving = new FakeReceiving(scene !== 'usual');

  const emit = (event: AppEvent) => listeners.forEach((listener) => listener(event));
  const current = () => accounts.current_id ?? 'a1';
  const changes = new FakeChanges(
    (event) => emit(event.type === 'outbox_changed' ? { ...event, summary: summary() } : event),
    current
  );
  /** Both: what the page of sync has from the start, and what was changed on leads since. */
  const summary = (): OutboxSummary => {
    const [before, since] = [outgoing.summary(), changes.summary()];
    return { ...before, open: before.open + since.open, wedged: before.wedged + since.wedged };
  };
  const isOfLead = (outboxId: number) => outboxId >= 8_001;
  const status = () => ({
    ...appStatus(scene, preferences),
    accounts,
    ...(open ? { vault: 'open' as const } : {})
  });
  const sync = (accountId = current()) => ({
    ...syncStatus(scene, accountId, share),
    outbox: summary(),
    deliveries: receiving.summary(),
    webhook: receiving.webhook.state
  });
  /** What the outbox answers, with the event that tells of it. */
  const told = <T>(answer: T): T => {
    emit({ type: 'outbox_changed', account_id: current(), summary: summary() });
    emit({ type: 'sync_changed', status: sync() });
    return answer;
  };
  const signIn = () => {
    accounts = accountList('usual');
    return { account: accounts.accounts[0]!, accounts, was_known: false };
  };
  const remove = (id: string) => {
    const left = accounts.accounts.filter((account) => account.id !== id);
    accounts = { accounts: left, current_id: left[0]?.id ?? null };
    return accounts;
  };
  const unlock = ({ passphrase }: { passphrase: string }) => {
    if (passphrase.length < 8) throw new BackendError('passphrase_too_short', '8', 'correct_input');
    open = true;
    return status();
  };

  const handlers: Handlers = {
    app_status: status,
    preferences_get: () => preferences,
    preferences_set: (patch) => (preferences = { ...preferences, ...patch }),
    vault_create: unlock,
    vault_unlock: unlock,
    account_list: () => accounts,
    account_select: ({ account_id }) => (accounts = { ...accounts, current_id: account_id }),
    account_sign_out: ({ account_id }) => {
      const signedOut = (one: (typeof accounts.accounts)[number]) =>
        one.id === account_id ? { ...one, connection: 'needs_sign_in' as const } : one;
      return (accounts = { ...accounts, accounts: accounts.accounts.map(signedOut) });
    },
    account_forget: ({ account_id }) => remove(account_id),
    sign_in_long_lived: ({ token }) => {
      if (token.split('.').length !== 3)
        throw new BackendError('token_malformed', '', 'correct_input');
      return signIn();
    },
    sign_in_code: signIn,
    sign_in_browser_start: () => ({
      attempt_id: 't1',
      authorization_url: 'https://www.kommo.com/oauth?client_id=fake',
      redirect_uri: 'http://localhost:8000/auth/kommo/callback',
      expires_at_ms: Date.now() + 600_000
    }),
    sign_in_browser_cancel: () => ({}),
    env_import_preview: () => ({
      draft_id: 'd1',
      subdomain: 'solarhorizonte',
      client_id: null,
      redirect_uri: null,
      has_client_secret: false,
      has_long_lived_token: true,
      token_expires_at_ms: Date.now() + 300 * 86_400_000,
      mapping: [{ key: 'KOMMO_PIPELINE_ID', target: 'pipeline', kommo_id: 7001 }],
      problems: []
    }),
    env_import_sign_in: signIn,
    demo_start: signIn,
    demo_clock_advance: () => ({}),
    health_check: () => health(scene),
    sync_status: ({ account_id }) => sync(account_id),
    sync_poll_now: () => ({}),
    import_start: () => sync(),
    import_cancel: () => sync(),
    mapping_get: ({ account_id }) => mapping(account_id ?? current()),
    lead_list: leadList,
    lead_get: ({ lead_id }) => changes.detail(lead_id),
    contact_search: searchPeople,
    lead_edit: changes.editLead,
    contact_edit: changes.editContact,
    lead_create: changes.createLead,
    note_add: changes.addNote,
    task_add: changes.addTask,
    task_complete: changes.completeTask,
    lead_bulk_preview: changes.preview,
    lead_bulk_apply: changes.applyBulk,
    batch_take_back: changes.takeBack,
    overview_get: () => overview(sync()),
    outbox_list: (request) => ({ ...outgoing.list(request), summary: summary() }),
    outbox_retry: ({ id, all_alike }) => {
      if (isOfLead(id)) changes.retry(id);
      else outgoing.retry(id, all_alike);
      return told(summary());
    },
    outbox_discard: ({ id }) => {
      (isOfLead(id) ? changes : outgoing).discard(id);
      return told(summary());
    },
    outbox_pause: ({ is_paused }) => {
      outgoing.pause(is_paused);
      return told(summary());
    },
    conflict_list: outgoing.conflictList,
    conflict_undo: ({ id }) => told(outgoing.end(id, true)),
    conflict_dismiss: ({ id }) => told(outgoing.end(id, false)),
    webhook_get: receiving.get,
    webhook_set: ({ public_url }) => told(receiving.set(public_url)),
    webhook_check: receiving.check,
    webhook_test: receiving.test,
    delivery_list: receiving.list,
    delivery_get: ({ id }) => receiving.detail(id),
    delivery_replay: ({ id }) => receiving.replay(id),
    log_list: logList,
    log_get: ({ log_id }) => logDetail(log_id),
    log_export: () => ({ file_name: 'registro.csv', csv: '\ufeffquando;o quê\n', rows: 1 })
  };

  return {
    host: 'http',
    calls,
    emit,
    failNext: (command, error) => failures.set(command, error),

    async call(command, ...[request]) {
      calls.push({ command, request: request ?? {} });
      const failure = failures.get(command);
      failures.delete(command);
      if (failure) throw failure;
      try {
        return handlers[command]((request ?? {}) as never);
      } catch (thrown) {
        throw toBackendError(thrown);
      }
    },

    subscribe(handler, link) {
      listeners.add(handler);
      link?.('up');
      let next = -1;
      const timer = setInterval(() => {
        if (scene === 'importing') share = Math.min(1, share + 0.004);
        if (outgoing.tick()) told(null);
        if (next % 3 === 0) {
          receiving.arrive();
          emit({ type: 'deliveries_changed', account_id: current() });
        }
        emit({ type: 'sync_changed', status: sync() });
        emit({ type: 'log_appended', account_id: current(), rows: [logRow(next--)], skipped: 0 });
      }, 4000);
      return () => {
        listeners.delete(handler);
        clearInterval(timer);
      };
    },

    async openExternal(url) {
      window.open(url, '_blank', 'noopener,noreferrer');
    }
  };
}
