// Webhooks and what they delivered: as the fake core plays them.
import type {
  DeliveryDetail,
  DeliveryList,
  DeliveryListRequest,
  DeliverySummary,
  DeliveryState,
  DeliveryView,
  WebhookTest,
  WebhookView
} from '../contract.gen';
import { BackendError } from '../errors';
import { LEADS } from './leads';

type Seed = [
  kinds: string[],
  state: DeliveryState,
  rest?: Partial<Pick<DeliveryView, 'times' | 'changes' | 'messages' | 'reason' | 'attempts'>>
];

const SEEDS: Seed[] = [
  [['lead_stage_changed'], 'done', { changes: 1 }],
  [['lead_updated'], 'done', { changes: 0 }],
  [['message_received'], 'done', { messages: 1 }],
  [['lead_updated', 'contact_updated'], 'done', { changes: 3 }],
  [['task_updated'], 'done', { changes: 1, times: 3 }],
  [['note_added'], 'done', { changes: 1 }],
  [['message_sent', 'talk_updated'], 'done', { messages: 1 }],
  [['catalog_updated'], 'ignored', { reason: 'unknown_event' }],
  [['lead_responsible_changed'], 'done', { changes: 1, attempts: 2 }],
  [['lead_added'], 'done', { changes: 1 }],
  [[], 'unreadable', { reason: 'not_a_form' }],
  [['unsorted_added'], 'ignored', { reason: 'unknown_event' }],
  [['lead_updated'], 'ignored', { reason: 'other_account' }]
];

const TOTAL = 208;

function view(index: number, now: number): DeliveryView {
  const [kinds, state, rest] = SEEDS[index % SEEDS.length]!;
  const lead = LEADS[(index * 3) % 80]!;
  const at = now - 8000 - index * 41_000;
  const times = rest?.times ?? 1;
  const isAbout = state === 'done' && index % SEEDS.length !== 4;
  return {
    id: 4000 - index,
    state,
    received_at_ms: at - (times - 1) * 60_000,
    times,
    last_received_at_ms: at,
    kinds,
    attempts: rest?.attempts ?? 1,
    handled_at_ms: state === 'waiting' ? null : at + 40,
    reason: rest?.reason ?? null,
    changes: rest?.changes ?? 0,
    messages: rest?.messages ?? 0,
    lead_kommo_id: isAbout ? lead.kommo_id : null,
    lead_name: isAbout ? lead.name : null,
    lead_id: isAbout ? lead.id : null,
    bytes: index > 150 ? null : 640 + ((index * 97) % 900)
  };
}

/** The webhooks of one pretended account. */
export class FakeReceiving {
  rows: DeliveryView[];
  webhook: WebhookView;

  constructor(isOff: boolean) {
    const now = Date.now();
    this.rows = isOff ? [] : Array.from({ length: TOTAL }, (_, index) => view(index, now));
    this.webhook = {
      public_url: isOff ? null : 'https://leads.solarhorizonte.com.br',
      state: isOff ? 'off' : 'active',
      reason: null,
      checked_at_ms: isOff ? null : now - 12 * 60_000,
      repairs: isOff ? 0 : 1,
      repaired_at_ms: isOff ? null : now - 26 * 3_600_000,
      destination: isOff ? null : 'https://leads.solarhorizonte.com.br/hook/kommo/a1/••••••',
      listener_url: 'http://127.0.0.1:8000',
      deliveries: this.summary()
    };
  }

  summary(): DeliverySummary {
    const count = (state: DeliveryState) => this.rows.filter((row) => row.state === state).length;
    return {
      total: this.rows.length,
      // Whatever the hour at which it is looked at.
      today: Math.ceil(this.rows.length / 8),
      waiting: count('waiting'),
      unreadable: count('unreadable'),
      last_at_ms: this.rows[0]?.last_received_at_ms ?? null
    };
  }

  list = (request: DeliveryListRequest): DeliveryList => {
    const found = this.rows.filter(
      (row) =>
        (!request.state || row.state === request.state) &&
        (request.before_id == null || row.id < request.before_id)
    );
    return { summary: this.summary(), rows: found.slice(0, request.limit ?? 100) };
  };

  detail = (id: number): DeliveryDetail => {
    const row = this.rows.find((one) => one.id === id);
    if (!row) throw new BackendError('delivery_unknown');
    if (row.bytes === null || row.state === 'unreadable') return { row, pairs: [] };
    const number = String(row.lead_kommo_id ?? 9_375_001);
    const pairs: [string, string][] = [
      ['leads[update][0][id]', number],
      ['leads[update][0][name]', row.lead_name ?? 'Padaria Estrela do Sul'],
      ['leads[update][0][status_id]', '9102'],
      ['leads[update][0][pipeline_id]', '7001'],
      ['leads[update][0][responsible_user_id]', '302'],
      ['leads[update][0][custom_fields][0][id]', '1246490'],
      ['leads[update][0][custom_fields][0][values][0][value]', 'Indicação'],
      ['leads[update][0][updated_at]', String(Math.floor(row.received_at_ms / 1000))],
      ['contacts[update][0][phone]', '+55 11 9••••-••21'],
      ['account[subdomain]', 'solarhorizonte']
    ];
    return { row, pairs: pairs.map(([name, value]) => ({ name, value })) };
  };

  replay = (id: number): DeliveryList => {
    if (!this.rows.some((row) => row.id === id)) throw new BackendError('delivery_unknown');
    this.rows = this.rows.map((row) =>
      row.id === id
        ? { ...row, attempts: row.attempts + 1, changes: 0, handled_at_ms: Date.now() }
        : row
    );
    return this.list({});
  };

  get = (): WebhookView => ({ ...this.webhook, deliveries: this.summary() });

  set = (url: string | undefined): WebhookView => {
    if (url && !url.startsWith('https://')) throw new BackendError('public_url_invalid', url);
    const isRefused = url?.includes('recusado') ?? false;
    this.webhook = {
      ...this.webhook,
      public_url: url ?? null,
      state: url ? (isRefused ? 'refused' : 'active') : 'off',
      reason: isRefused ? 'plan' : null,
      checked_at_ms: url ? Date.now() : null,
      destination: url ? `${url}/hook/kommo/a1/••••••` : null
    };
    return this.get();
  };

  check = (): WebhookView => {
    this.webhook = { ...this.webhook, checked_at_ms: Date.now() };
    return this.get();
  };

  test = (): WebhookTest => {
    const url = this.webhook.public_url ?? '';
    const problem = url.includes('outro') ? 'other_server' : url ? null : 'unreachable';
    return { is_reached: problem === null, problem, status: problem ? 404 : 200, took_ms: 312 };
  };

  /** Kommo tells of another change. */
  arrive(): void {
    const [first] = this.rows;
    if (!first || this.webhook.state !== 'active') return;
    const id = first.id + 1;
    const made = view(id % SEEDS.length, Date.now() + 8000);
    const now = Date.now();
    this.rows = [{ ...made, id, received_at_ms: now, last_received_at_ms: now }, ...this.rows];
  }
}
