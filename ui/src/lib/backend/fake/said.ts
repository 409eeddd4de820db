import type { CardChange, ContactView, LeadDetail, PendingView } from '../contract.gen';
import { subjectOf, textsOf } from './apply';
import { FIELDS, PIPELINES, USERS } from './structure';

/** A change in the words of the core. */
export type Said = Pick<PendingView, 'subject' | 'kind' | 'field' | 'before' | 'after'>;

export const saidWork = (subject: string, kind: string): Said => ({
  subject,
  kind,
  field: null,
  before: null,
  after: null
});

const userName = (id: number | null) => USERS.find((user) => user.kommo_id === id)?.name ?? null;

function stageName(pipelineId: number, statusId: number): string | null {
  const pipeline = PIPELINES.find((one) => one.kommo_id === pipelineId);
  return pipeline?.stages.find((one) => one.status_id === statusId)?.name ?? null;
}

function named(change: CardChange & { of: 'field' }): string {
  const field = FIELDS.find((one) => one.kommo_id === change.field_id);
  const known = { PHONE: 'phone', EMAIL: 'email' }[field?.code ?? ''];
  return known ?? field?.name ?? String(change.field_id);
}

function stood(change: CardChange & { of: 'field' }, card: LeadDetail | ContactView): string {
  const code = FIELDS.find((one) => one.kommo_id === change.field_id)?.code;
  if ('phones' in card && code === 'PHONE') return card.phones.map((one) => one.typed).join(', ');
  if ('emails' in card && code === 'EMAIL') return card.emails.map((one) => one.text).join(', ');
  const value = card.fields.find((one) => one.field_id === change.field_id);
  return value?.values.join(', ') ?? '';
}

/** What a change asks for, before it is made. */
export function saidOf(
  change: CardChange,
  detail: LeadDetail,
  contact: ContactView | null = null
): Said {
  const { row } = detail;
  const said = (kind: string, field: string, before: string | null, after: string | null) => ({
    subject: subjectOf(change),
    kind,
    field,
    before: before || null,
    after: after || null
  });
  switch (change.of) {
    case 'name':
      return said('edit', 'name', contact?.name ?? row.name, change.text);
    case 'price':
      return said('edit', 'price', String(row.price), String(change.amount));
    case 'stage':
      return said(
        'edit',
        'stage',
        stageName(row.pipeline_id, row.status_id),
        stageName(change.pipeline_id, change.status_id)
      );
    case 'responsible':
      return said('edit', 'responsible', userName(row.responsible_id), userName(change.user_id));
    case 'field': {
      const after = textsOf(change.value, change.field_id).join(', ');
      return said('edit', named(change), stood(change, contact ?? detail), after);
    }
    case 'tag_add':
      return said('tag', 'tags', null, change.name);
    case 'tag_remove':
      return said('tag', 'tags', change.name, null);
    case 'link':
    case 'unlink': {
      const known = detail.contacts.find((one) => one.kommo_id === change.contact_id);
      const name = known?.name || String(change.contact_id);
      return change.of === 'link'
        ? said('link', 'contacts', null, name)
        : said('link', 'contacts', name, null);
    }
  }
}

/** What stands on one lead from the start: one change that was not accepted, and one on its way. */
export const pendingFromTheStart = (detail: LeadDetail): PendingView[] => [
  {
    ...saidOf({ of: 'price', amount: 42_000 }, detail),
    is_wedged: true,
    outbox_id: 8_001,
    cause: 'refused_by_kommo'
  },
  {
    ...saidOf({ of: 'responsible', user_id: 302 }, detail),
    is_wedged: false,
    outbox_id: 8_002,
    cause: null
  }
];
