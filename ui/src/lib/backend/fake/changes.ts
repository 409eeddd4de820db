import type {
  AppEvent,
  BatchTakenBack,
  CardChange,
  ChangesPromised,
  Commands,
  LeadDetail,
  LeadRow,
  OutboxSummary,
  PendingView
} from '../contract.gen';
import { BackendError } from '../errors';
import { applyTo, problemOf } from './apply';
import { isDifferent, leadsOf, previewOf } from './bulk';
import { freshDetail, freshRow } from './detail';
import { LEADS } from './leads';
import { pendingFromTheStart, saidOf, saidWork, type Said } from './said';

type Request<C extends keyof Commands> = Commands[C]['request'];

/** How long a change waits before it is "sent", and how long many can be taken back. */
const SENT_AFTER_MS = 1_800;
const UNDO_MS = 10_000;
const MOST = 10_000;
/** Whoever writes this into a field sees how a refusal looks. */
const REFUSED = /recusar/i;

interface Promise_ {
  id: number;
  batch: string;
  lead: LeadRow;
  before: LeadDetail;
  /** Takes its mark off, or makes it the mark of a wedged change. */
  settle: (pending: PendingView | null) => void;
  isWedged: boolean;
  dueMs: number;
  timer?: ReturnType<typeof setTimeout>;
}

/** Changes to leads as the core plays them: shown at once, "sent" a little later, some of them refused. */
export class FakeChanges {
  #details = new Map<string, LeadDetail>();
  #open: Promise_[] = [];
  #next = 9_001;
  #emit: (event: AppEvent) => void;
  #accountId: () => string;

  constructor(emit: (event: AppEvent) => void, accountId: () => string) {
    this.#emit = emit;
    this.#accountId = accountId;
    this.detail(LEADS[1]!.id);
    const known = this.#details.get(LEADS[1]!.id)!;
    known.pending = pendingFromTheStart(known);
    LEADS[1]!.is_pending = true;
  }

  detail(id: string): LeadDetail {
    const lead = LEADS.find((one) => one.id === id || String(one.kommo_id) === id);
    if (!lead) throw new BackendError('lead_unknown');
    const known = this.#details.get(lead.id) ?? freshDetail(lead);
    this.#details.set(lead.id, known);
    return structuredClone(known);
  }

  summary(): OutboxSummary {
    const wedged = this.#open.filter((one) => one.isWedged).length;
    return {
      open: this.#open.length - wedged,
      wedged,
      oldest_at_ms: null,
      conflicts: 0,
      is_paused: false
    };
  }

  editLead = ({ lead_id, changes }: Request<'lead_edit'>): ChangesPromised =>
    this.#promise(this.#rowOf(lead_id), changes, null);

  editContact = ({ contact_id, changes }: Request<'contact_edit'>): ChangesPromised => {
    const owner = [...this.#details.values()].find((one) =>
      one.contacts.some((contact) => contact.id === contact_id)
    );
    if (!owner) throw new BackendError('contact_unknown');
    return this.#promise(this.#rowOf(owner.row.id), changes, contact_id);
  };

  addNote = ({ lead_id, text }: Request<'note_add'>) => this.#work(lead_id, text, null);

  addTask = ({ lead_id, text, due_at_ms }: Request<'task_add'>) =>
    this.#work(lead_id, text, due_at_ms);

  completeTask = ({ task_id, result }: Request<'task_complete'>): ChangesPromised => {
    const owner = [...this.#details.values()].find((one) =>
      one.tasks.some((task) => task.kommo_id === task_id)
    );
    const task = owner?.tasks.find((one) => one.kommo_id === task_id);
    if (!owner || !task) throw new BackendError('task_unknown');
    const lead = this.#rowOf(owner.row.id);
    const before = structuredClone(owner);
    Object.assign(task, { is_completed: true, result: result || null });
    return this.#queue(
      lead,
      before,
      saidWork(`task:${task_id}`, 'task_done'),
      false,
      this.#batch(),
      SENT_AFTER_MS
    );
  };

  createLead = (asked: Request<'lead_create'>): ChangesPromised => {
    if (!asked.name.trim()) throw new BackendError('value_invalid', 'name', 'correct_input');
    LEADS.unshift(freshRow(asked, this.#next++));
    const lead = LEADS[0]!;
    const batch = this.#batch();
    this.#queue(lead, this.detail(lead.id), saidWork('lead', 'lead'), false, batch, SENT_AFTER_MS);
    this.#tell([lead.id]);
    return { batch_id: batch, changes: 1, undo_until_ms: null };
  };

  preview = ({ leads, change }: Request<'lead_bulk_preview'>) =>
    previewOf(leadsOf(leads), change, MOST);

  applyBulk = ({ leads, change }: Request<'lead_bulk_apply'>): ChangesPromised => {
    const asked = leadsOf(leads);
    if (asked.length > MOST) throw new BackendError('too_many_leads', '10.000', 'correct_input');
    const different = asked.filter((lead) => isDifferent(lead, change));
    const batch = this.#batch();
    for (const lead of different) {
      const before = this.detail(lead.id);
      this.#set(lead, applyTo(this.detail(lead.id), change));
      this.#queue(lead, before, saidOf(change, before), false, batch, UNDO_MS);
    }
    this.#tell([]);
    return { batch_id: batch, changes: different.length, undo_until_ms: Date.now() + UNDO_MS };
  };

  takeBack = ({ batch_id }: Request<'batch_take_back'>): BatchTakenBack => {
    const mine = this.#open.filter((one) => one.batch === batch_id);
    // As if Kommo had been quicker with some.
    const late = mine.length > 6 ? mine.splice(-Math.ceil(mine.length / 8)).length : 0;
    for (const one of mine) {
      clearTimeout(one.timer);
      this.#set(one.lead, one.before);
      one.settle(null);
    }
    this.#open = this.#open.filter((one) => !mine.includes(one));
    this.#tell([]);
    return { taken_back: mine.length, too_late: late };
  };

  retry = (id: number): OutboxSummary => {
    this.#free(id, (pending) => ({ ...pending, is_wedged: false, cause: null }));
    setTimeout(() => this.#free(id, () => null), SENT_AFTER_MS);
    return this.summary();
  };

  discard = (id: number): OutboxSummary => {
    this.#free(id, () => null);
    return this.summary();
  };

  #free(id: number, next: (pending: PendingView) => PendingView | null): void {
    for (const detail of this.#details.values()) {
      const isHere = (one: { outbox_id: number }) => one.outbox_id === id;
      if (!detail.pending.some(isHere) && !detail.pending_work.some(isHere)) continue;
      detail.pending = detail.pending.flatMap((one) => (isHere(one) ? (next(one) ?? []) : one));
      detail.pending_work = detail.pending_work.filter((one) => !isHere(one));
      this.#rowOf(detail.row.id).is_pending = detail.pending.length > 0;
      this.#open = this.#open.filter((one) => one.id !== id);
      this.#tell([detail.row.id]);
      return;
    }
  }

  #promise(lead: LeadRow, changes: CardChange[], contactId: string | null): ChangesPromised {
    const problem = changes.map(problemOf).find(Boolean);
    if (problem) throw new BackendError('value_invalid', problem, 'correct_input');
    const batch = this.#batch();
    for (const change of changes) {
      const before = this.detail(lead.id);
      this.#set(lead, applyTo(this.detail(lead.id), change, contactId));
      const isRefused = REFUSED.test(JSON.stringify(change));
      const contact = before.contacts.find((one) => one.id === contactId);
      const said = saidOf(change, before, contact);
      this.#queue(lead, before, said, isRefused, batch, SENT_AFTER_MS, contactId);
    }
    this.#tell([lead.id]);
    return { batch_id: batch, changes: changes.length, undo_until_ms: null };
  }

  #work(leadId: string, text: string, dueMs: number | null): ChangesPromised {
    const lead = this.#rowOf(leadId);
    const detail = this.#details.get(lead.id)!;
    const id = this.#next++;
    const isRefused = REFUSED.test(text);
    detail.pending_work.push({
      outbox_id: id,
      is_task: dueMs !== null,
      text,
      due_at_ms: dueMs,
      created_at_ms: Date.now(),
      is_wedged: false,
      cause: null
    });
    setTimeout(() => {
      const work = detail.pending_work.find((one) => one.outbox_id === id);
      if (!work) return;
      if (isRefused) Object.assign(work, { is_wedged: true, cause: 'no_right' });
      else {
        detail.pending_work = detail.pending_work.filter((one) => one !== work);
        if (dueMs === null)
          detail.notes.unshift({
            kommo_id: id,
            kind: 'common',
            text,
            created_by: 301,
            created_at_ms: Date.now(),
            is_pinned: false
          });
        else
          detail.tasks.push({
            kommo_id: id,
            text,
            task_type: 'Follow-up',
            due_at_ms: dueMs,
            is_completed: false,
            result: null,
            responsible_id: lead.responsible_id
          });
      }
      this.#tell([lead.id]);
    }, SENT_AFTER_MS);
    return { batch_id: this.#batch(), changes: 1, undo_until_ms: null };
  }

  #queue(
    lead: LeadRow,
    before: LeadDetail,
    said: Said,
    isRefused: boolean,
    batch: string,
    afterMs: number,
    contactId: string | null = null
  ): ChangesPromised {
    const detail = this.#details.get(lead.id)!;
    const card = () => detail.contacts.find((one) => one.id === contactId) ?? detail;
    const settle = (pending: PendingView | null) => {
      const others = card().pending.filter((one) => one.subject !== said.subject);
      card().pending = pending ? [...others, pending] : others;
      lead.is_pending = detail.pending.length > 0;
    };
    const one: Promise_ = {
      id: this.#next++,
      batch,
      lead,
      before,
      settle,
      isWedged: false,
      dueMs: Date.now() + afterMs
    };
    settle({ ...said, is_wedged: false, outbox_id: one.id, cause: null });
    this.#open.push(one);
    one.timer = setTimeout(() => {
      if (isRefused) {
        this.#set(lead, before);
        one.isWedged = true;
        settle({ ...said, is_wedged: true, outbox_id: one.id, cause: 'refused_by_kommo' });
      } else {
        settle(null);
        this.#open = this.#open.filter((other) => other !== one);
      }
      this.#tell([lead.id]);
    }, afterMs);
    return { batch_id: batch, changes: 1, undo_until_ms: null };
  }

  /** New contents in the same object, so that what waits still finds it. */
  #set(lead: LeadRow, detail: LeadDetail): void {
    const known = this.#details.get(lead.id) ?? detail;
    const { pending, pending_work } = known;
    Object.assign(lead, detail.row, { is_pending: lead.is_pending, updated_at_ms: Date.now() });
    Object.assign(known, detail, { row: lead, pending, pending_work });
    this.#details.set(lead.id, known);
  }

  #tell(leadIds: string[]): void {
    const account_id = this.#accountId();
    this.#emit({ type: 'leads_changed', account_id, lead_ids: leadIds });
    this.#emit({ type: 'outbox_changed', account_id, summary: this.summary() });
  }

  #rowOf(id: string): LeadRow {
    this.detail(id);
    return LEADS.find((one) => one.id === id || String(one.kommo_id) === id)!;
  }

  #batch = () => `b${this.#next++}`;
}
