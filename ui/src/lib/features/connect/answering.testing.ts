// Tests only: a backend that answers as the test says and remembers what it was asked.
import { setBackend } from '$lib/backend';
import type {
  AccountSummary,
  AppEvent,
  AppStatus,
  CommandName,
  Commands,
  SignInOutcome,
  SyncStatus
} from '$lib/backend';
import { accounts } from '$lib/state/accounts.svelte';
import { app } from '$lib/state/app.svelte';
import { applyEvent } from '$lib/backend/events';

type Answers = {
  [C in CommandName]?: (
    request: Commands[C]['request']
  ) => Commands[C]['response'] | Promise<Commands[C]['response']>;
};

export interface Answering {
  asked: { command: CommandName; request: unknown }[];
  opened: string[];
  answers: Answers;
  send(event: AppEvent): void;
}

export function account(change: Partial<AccountSummary> = {}): AccountSummary {
  return {
    id: 'a1',
    name: 'Solar Horizonte',
    subdomain: 'solarhorizonte',
    kommo_id: 32720107,
    is_demo: false,
    method: 'long_lived',
    connection: 'connected',
    problem: null,
    token_expires_at_ms: null,
    time_zone: 'America/Sao_Paulo',
    currency: 'BRL',
    country: 'BR',
    web_url: 'https://solarhorizonte.kommo.com',
    ...change
  };
}

export function outcome(change: Partial<AccountSummary> = {}): SignInOutcome {
  const one = account(change);
  return { account: one, accounts: { accounts: [one], current_id: one.id }, was_known: false };
}

export function status(change: Partial<AppStatus> = {}): AppStatus {
  return {
    version: '0.1.0',
    vault: 'open',
    accounts: { accounts: [], current_id: null },
    preferences: {
      language: 'pt-BR',
      theme: 'system',
      shortcuts: true,
      listener_port: 8000,
      poll_interval_s: 30,
      autostart: false,
      notifications: true,
      told_about_tray: false,
      log_retention_days: 90
    },
    listener: { port: 8000, url: 'http://localhost:8000', is_port_taken: false },
    is_demo_only: false,
    ...change
  };
}

export function syncStatus(change: Partial<SyncStatus> = {}): SyncStatus {
  return {
    account_id: 'a1',
    connection: 'connected',
    problem: null,
    import: {
      state: 'running',
      started_at_ms: 0,
      finished_at_ms: null,
      share: 0.4,
      remaining_s: 90,
      entities: []
    },
    polling: {
      interval_s: 30,
      last_at_ms: null,
      next_at_ms: null,
      last_changes: 0,
      last_change_seen_at_ms: null,
      complete_until_ms: null
    },
    rate: { limit_per_s: 7, used_last_s: 0, history: [], waiting: 0, paused_until_ms: null },
    counts: { leads: 0, contacts: 0, companies: 0, tasks: 0, notes: 0, events: 0 },
    clock_skew_ms: 0,
    ...change
  } as SyncStatus;
}

/** Puts the backend in place and empties the program's state. */
export function answering(answers: Answers = {}): Answering {
  const kit: Answering = { asked: [], opened: [], answers, send: applyEvent };
  accounts.apply({ accounts: [], current_id: null });
  app.apply(status());
  setBackend({
    host: 'http',
    async call(command, ...[request]) {
      kit.asked.push({ command, request });
      const answer = kit.answers[command];
      if (!answer) throw new Error(`the test did not expect ${command}`);
      return await answer(request as never);
    },
    subscribe: () => () => {},
    async openExternal(url) {
      kit.opened.push(url);
    }
  });
  return kit;
}
