import type {
  CardChange,
  ContactView,
  FieldValueView,
  FieldView,
  LeadDetail,
  PendingView,
  TagRef
} from '$lib/backend';
import type { Structure } from '../../structure.svelte';
import { valueAfter } from './value';

/** A change shown before the core has answered. */
export type Patch = (detail: LeadDetail) => LeadDetail;

/** The core does not tell tags apart by case. */
export const tagSubject = (name: string) => `tag:${name.toLowerCase()}`;

/** By what the core names what a change sets. */
export function subjectOf(change: CardChange): string {
  switch (change.of) {
    case 'field':
      return `field:${change.field_id}`;
    case 'tag_add':
    case 'tag_remove':
      return tagSubject(change.name);
    case 'link':
    case 'unlink':
      return `contact:${change.contact_id}`;
    default:
      return change.of;
  }
}

/** `subject` is on its way. */
export const awaited = (pending: readonly PendingView[], subject: string): PendingView[] => [
  ...pending.filter((one) => one.subject !== subject),
  {
    subject,
    is_wedged: false,
    // The core has not answered yet: it has no number and no words.
    outbox_id: 0,
    kind: 'edit',
    field: null,
    before: null,
    after: null,
    cause: null
  }
];

function withValue(fields: readonly FieldValueView[], value: FieldValueView): FieldValueView[] {
  const isThere = fields.some((one) => one.field_id === value.field_id);
  return isThere
    ? fields.map((one) => (one.field_id === value.field_id ? value : one))
    : [...fields, value];
}

function withTag(tags: readonly TagRef[], name: string, structure: Structure): TagRef[] {
  if (tags.some((tag) => tag.name === name)) return [...tags];
  const known = structure.view?.tags.find((tag) => tag.name === name);
  return [...tags, known ?? { kommo_id: 0, name, color: null }];
}

function changed(detail: LeadDetail, change: CardChange, structure: Structure): LeadDetail {
  const row = (patch: Partial<LeadDetail['row']>) => ({
    ...detail,
    row: { ...detail.row, ...patch }
  });
  switch (change.of) {
    case 'name':
      return row({ name: change.text });
    case 'price':
      return row({ price: change.amount });
    case 'responsible':
      return row({ responsible_id: change.user_id });
    case 'stage': {
      const { pipeline_id, status_id, loss_reason_id } = change;
      const reason = structure.view?.loss_reasons.find((one) => one.kommo_id === loss_reason_id);
      return { ...row({ pipeline_id, status_id }), loss_reason: reason?.name ?? null };
    }
    case 'tag_add':
      return row({ tags: withTag(detail.row.tags, change.name, structure) });
    case 'tag_remove':
      return row({ tags: detail.row.tags.filter((tag) => tag.name !== change.name) });
    case 'field': {
      const field = structure.field(change.field_id);
      return field
        ? { ...detail, fields: withValue(detail.fields, valueAfter(field, change.value)) }
        : detail;
    }
    case 'unlink':
      return {
        ...detail,
        contacts: detail.contacts.filter((one) => one.kommo_id !== change.contact_id)
      };
    case 'link':
      return {
        ...detail,
        contacts: detail.contacts.map((one) => ({
          ...one,
          is_main: change.is_main ? one.kommo_id === change.contact_id : one.is_main
        }))
      };
  }
}

export function leadPatch(change: CardChange, structure: Structure): Patch {
  return (detail) => ({
    ...changed(detail, change, structure),
    pending: awaited(detail.pending, subjectOf(change))
  });
}

function changedContact(contact: ContactView, change: CardChange, structure: Structure) {
  if (change.of === 'name') return { ...contact, name: change.text };
  const field: FieldView | undefined =
    change.of === 'field' ? structure.field(change.field_id) : undefined;
  if (change.of !== 'field' || !field) return contact;
  const items = change.value.as === 'texts' ? change.value.items : [];
  const texts = items.map(({ text, enum_id }) => ({ text, enum_id: enum_id ?? null }));
  if (field.code === 'PHONE') {
    const known = new Map(contact.phones.map((phone) => [phone.typed, phone]));
    const phones = texts.map(({ text, enum_id }) => ({
      typed: text,
      e164: known.get(text)?.e164 ?? text,
      enum_id
    }));
    return { ...contact, phones };
  }
  if (field.code === 'EMAIL') return { ...contact, emails: texts };
  return { ...contact, fields: withValue(contact.fields, valueAfter(field, change.value)) };
}

export function contactPatch(id: string, change: CardChange, structure: Structure): Patch {
  return (detail) => ({
    ...detail,
    contacts: detail.contacts.map((contact) =>
      contact.id === id
        ? {
            ...changedContact(contact, change, structure),
            pending: awaited(contact.pending, subjectOf(change))
          }
        : contact
    )
  });
}
