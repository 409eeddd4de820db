// Changes on their way to Kommo, and values that lost: as the fake core plays them.
import type {
  ConflictList,
  ConflictListRequest,
  ChangeAuthor,
  ConflictView,
  LogActor,
  OutboxList,
  OutboxListRequest,
  OutboxSummary,
  OutboxView,
  WriteState
} from '../contract.gen';
import { BackendError } from '../errors';
import { LEADS } from './leads';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

type Change = Pick<OutboxView, 'kind' | 'field' | 'before' | 'after'>;

const edit = (field: string, before: string | null, after: string | null): Change => ({
  kind: 'edit',
  field,
  before,
  after
});
const created = (kind: string, text: string): Change => ({
  kind,
  field: null,
  before: null,
  after: text
});

interface Seed extends Change {
  state: WriteState;
  actor?: LogActor;
  agoMs: number;
  dueInMs?: number;
  attempts?: number;
  cause?: string;
  detail?: string;
}

const SEEDS: Seed[] = [
  { ...edit('stage', 'Novo Lead', 'Em Qualificação'), state: 'waiting', agoMs: 4 * SECOND },
  { ...edit('price', '18000', '26500'), state: 'waiting', agoMs: 3 * SECOND, dueInMs: 7 * SECOND },
  {
    ...created('note', 'Pediu a proposta por e-mail; decide na sexta.'),
    state: 'waiting',
    agoMs: 95 * SECOND,
    dueInMs: 24 * SECOND,
    attempts: 2,
    cause: 'kommo_unavailable'
  },
  { ...edit('Score de Qualificação', '64', '78'), state: 'sending', actor: 'agent', agoMs: SECOND },
  {
    ...edit('Concorrente', null, 'Origo'),
    state: 'wedged',
    agoMs: 38 * MINUTE,
    attempts: 1,
    cause: 'field_missing',
    detail: 'custom_fields_values.0.field_id: NotSupportedChoice'
  },
  {
    ...edit('Concorrente', 'Origo', 'Solfácil'),
    state: 'wedged',
    agoMs: 12 * MINUTE,
    attempts: 1,
    cause: 'field_missing'
  },
  {
    ...edit('responsible', 'Bruno Teixeira', 'Carla Menezes'),
    state: 'wedged',
    actor: 'engine',
    agoMs: 3 * 60 * MINUTE,
    attempts: 1,
    cause: 'no_right'
  },
  { ...edit('stage', 'Qualificado', 'Reunião Agendada'), state: 'done', agoMs: 2 * MINUTE },
  {
    kind: 'tag',
    field: 'tags',
    before: null,
    after: 'Lead Quente',
    state: 'done',
    actor: 'agent',
    agoMs: 3 * MINUTE
  },
  { ...created('task', 'Ligar para confirmar a visita'), state: 'done', agoMs: 9 * MINUTE },
  { ...edit('price', '9000', '12000'), state: 'superseded', agoMs: 14 * MINUTE },
  { ...edit('stage', 'Novo Lead', 'Qualificado'), state: 'conflict', agoMs: 26 * MINUTE },
  { ...created('note', 'Sem interesse agora.'), state: 'discarded', agoMs: 41 * MINUTE }
];

function view(seed: Seed, index: number, now: number): OutboxView {
  const lead = LEADS[(index * 7) % 60]!;
  const ended = ['done', 'superseded', 'conflict', 'discarded'].includes(seed.state);
  return {
    id: 900 - index,
    kind: seed.kind,
    field: seed.field,
    before: seed.before,
    after: seed.after,
    entity_kind: 'lead',
    entity_kommo_id: lead.kommo_id,
    entity_name: lead.name,
    lead_id: lead.id,
    state: seed.state,
    actor: seed.actor ?? 'person',
    attempts: seed.attempts ?? 0,
    created_at_ms: now - seed.agoMs,
    due_at_ms: now + (seed.dueInMs ?? -seed.agoMs),
    ended_at_ms: ended ? now - seed.agoMs + 2 * SECOND : null,
    cause: seed.cause ?? null,
    cause_detail: seed.detail ?? null
  };
}

type Lost = Pick<ConflictView, 'reason' | 'field' | 'base' | 'lost' | 'kept'> & { agoMs: number };

const LOST: Lost[] = [
  {
    reason: 'changed_in_kommo',
    field: 'stage',
    base: 'Novo Lead',
    lost: 'Qualificado',
    kept: 'Em Negociação',
    agoMs: 26 * MINUTE
  },
  {
    reason: 'overwritten',
    field: 'price',
    base: '18000',
    lost: '21000',
    kept: '26500',
    agoMs: 51 * MINUTE
  },
  {
    reason: 'stage_of_person',
    field: 'stage',
    base: 'Em Qualificação',
    lost: 'Qualificado',
    kept: 'Novo Lead',
    agoMs: 190 * MINUTE
  }
];

const AUTHORS: ChangeAuthor[] = [
  { who: 'person', user_id: 301, name: 'Ana Ribeiro' },
  { who: 'automation' },
  { who: 'unknown' }
];

function lost(seed: Lost, index: number, now: number): ConflictView {
  const lead = LEADS[(index * 5 + 3) % 60]!;
  const { agoMs, ...rest } = seed;
  return {
    ...rest,
    id: 70 - index,
    at_ms: now - agoMs,
    is_open: true,
    is_undone: false,
    is_ours_kept: seed.reason === 'overwritten',
    entity_kind: 'lead',
    entity_kommo_id: lead.kommo_id,
    entity_name: lead.name,
    lead_id: lead.id,
    changed_by: AUTHORS[index % AUTHORS.length]!
  };
}

/** The outbox of one pretended account. */
export class FakeOutgoing {
  rows: OutboxView[];
  conflicts: ConflictView[];
  isPaused = false;

  constructor(isEmpty: boolean) {
    const now = Date.now();
    this.rows = isEmpty ? [] : SEEDS.map((seed, index) => view(seed, index, now));
    this.conflicts = isEmpty ? [] : LOST.map((seed, index) => lost(seed, index, now));
  }

  summary(): OutboxSummary {
    const open = this.rows.filter((row) => row.state === 'waiting' || row.state === 'sending');
    return {
      open: open.length,
      wedged: this.rows.filter((row) => row.state === 'wedged').length,
      oldest_at_ms: open.length ? Math.min(...open.map((row) => row.created_at_ms)) : null,
      conflicts: this.conflicts.filter((one) => one.is_open).length,
      is_paused: this.isPaused
    };
  }

  /** A little later: what was under way arrived, and the next is sent. */
  tick(now = Date.now()): boolean {
    if (this.isPaused) return false;
    const moved = this.rows.map((row): OutboxView => {
      if (row.state === 'sending') return { ...row, state: 'done', ended_at_ms: now };
      return row.state === 'waiting' && row.due_at_ms <= now ? { ...row, state: 'sending' } : row;
    });
    const changed = moved.some((row, index) => row !== this.rows[index]);
    this.rows = moved;
    return changed;
  }

  list = (request: OutboxListRequest): OutboxList => {
    const found = this.rows.filter(
      (row) =>
        (!request.states?.length || request.states.includes(row.state)) &&
        (request.before_id == null || row.id < request.before_id)
    );
    return { summary: this.summary(), rows: found.slice(0, request.limit ?? 100) };
  };

  /** Whether a wedged change is one of these. */
  has(id: number): boolean {
    return this.rows.some((row) => row.id === id && row.state === 'wedged');
  }

  retry = (id: number, allAlike: boolean): OutboxSummary => {
    const asked = this.#wedged(id);
    const now = Date.now();
    this.rows = this.rows.map((row): OutboxView => {
      const isMeant =
        row.id === id || (allAlike && row.state === 'wedged' && row.cause === asked.cause);
      return isMeant ? { ...row, state: 'waiting', cause: null, due_at_ms: now } : row;
    });
    return this.summary();
  };

  discard = (id: number): OutboxSummary => {
    this.#wedged(id);
    this.rows = this.rows.map((row): OutboxView =>
      row.id === id ? { ...row, state: 'discarded', ended_at_ms: Date.now() } : row
    );
    return this.summary();
  };

  pause = (isPaused: boolean): OutboxSummary => {
    this.isPaused = isPaused;
    return this.summary();
  };

  conflictList = (request: Partial<ConflictListRequest>): ConflictList => ({
    open: this.summary().conflicts,
    rows: this.conflicts.filter(
      (one) =>
        (request.with_ended || one.is_open) &&
        (request.before_id == null || one.id < request.before_id)
    )
  });

  /** Ends a conflict; undone, the lost value is asked for again. */
  end = (id: number, isUndone: boolean): ConflictList => {
    const found = this.conflicts.find((one) => one.id === id && one.is_open);
    if (!found) throw new BackendError('conflict_unknown');
    this.conflicts = this.conflicts.map((one) =>
      one.id === id ? { ...one, is_open: false, is_undone: isUndone } : one
    );
    if (isUndone) {
      const now = Date.now();
      const again = { ...edit(found.field, found.kept, found.lost), state: 'waiting' } as const;
      const row = view({ ...again, agoMs: 0 }, 0, now);
      const { entity_name, entity_kommo_id, lead_id } = found;
      this.rows = [
        { ...row, id: 901 + this.rows.length, entity_name, entity_kommo_id, lead_id },
        ...this.rows
      ];
    }
    return this.conflictList({});
  };

  #wedged(id: number): OutboxView {
    if (!this.has(id)) throw new BackendError('change_unknown');
    return this.rows.find((row) => row.id === id)!;
  }
}
