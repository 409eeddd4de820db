import type { CardChange, ContactView, FieldInput, LeadDetail } from '../contract.gen';
import { contactOf } from './people';
import { FIELDS, TAGS } from './structure';

export function subjectOf(change: CardChange): string {
  if (change.of === 'field') return `field:${change.field_id}`;
  if (change.of === 'tag_add' || change.of === 'tag_remove')
    return `tag:${change.name.toLowerCase()}`;
  if (change.of === 'link' || change.of === 'unlink') return `contact:${change.contact_id}`;
  return change.of;
}

/** The name of a field that cannot hold the value. */
export function problemOf(change: CardChange): string | null {
  if (change.of === 'name' && !change.text.trim()) return 'name';
  if (change.of === 'price' && !Number.isInteger(change.amount)) return 'price';
  const isLong =
    change.of === 'field' && change.value.as === 'text' && change.value.text.length > 256;
  const field = FIELDS.find((one) => change.of === 'field' && one.kommo_id === change.field_id);
  return isLong && field?.kind !== 'textarea' ? (field?.name ?? null) : null;
}

export function textsOf(input: FieldInput, fieldId: number): string[] {
  const field = FIELDS.find((one) => one.kommo_id === fieldId);
  switch (input.as) {
    case 'empty':
      return [];
    case 'text':
      return [input.text];
    case 'number':
      return [String(input.number)];
    case 'yes_no':
      return [String(input.value)];
    case 'moment':
      return [String(input.unix_s)];
    case 'texts':
      return input.items.map((item) => item.text);
    case 'options':
      return (field?.options ?? [])
        .filter((option) => input.enum_ids.includes(option.enum_id))
        .map((option) => option.label);
  }
}

function setField(card: LeadDetail | ContactView, fieldId: number, input: FieldInput): void {
  const field = FIELDS.find((one) => one.kommo_id === fieldId);
  if (!field) return;
  const values = textsOf(input, fieldId);
  const items = input.as === 'texts' ? input.items : [];
  const texts = items.map(({ text, enum_id }) => ({ text, enum_id: enum_id ?? null }));
  if ('phones' in card && field.code === 'PHONE') {
    card.phones = texts.map(({ text: typed, enum_id }) => ({
      typed,
      e164: typed.startsWith('+') ? typed : null,
      enum_id
    }));
  } else if ('emails' in card && field.code === 'EMAIL') card.emails = texts;
  else {
    const value = {
      field_id: fieldId,
      name: field.name,
      kind: field.kind,
      values,
      enum_ids: input.as === 'options' ? input.enum_ids : []
    };
    card.fields = [...card.fields.filter((one) => one.field_id !== fieldId), value];
  }
}

/** The lead with the change in it; the argument is a copy of its own. */
export function applyTo(
  detail: LeadDetail,
  change: CardChange,
  contactId: string | null = null
): LeadDetail {
  const { row } = detail;
  const contact = detail.contacts.find((one) => one.id === contactId);
  switch (change.of) {
    case 'name':
      if (contact) contact.name = change.text;
      else row.name = change.text;
      break;
    case 'price':
      row.price = change.amount;
      break;
    case 'stage':
      Object.assign(row, { pipeline_id: change.pipeline_id, status_id: change.status_id });
      break;
    case 'responsible':
      row.responsible_id = change.user_id;
      break;
    case 'field':
      setField(contact ?? detail, change.field_id, change.value);
      break;
    case 'tag_add':
      row.tags = [
        ...row.tags,
        TAGS.find((tag) => tag.name === change.name) ?? {
          kommo_id: 600 + row.tags.length,
          name: change.name,
          color: null
        }
      ];
      break;
    case 'tag_remove':
      row.tags = row.tags.filter((tag) => tag.name !== change.name);
      break;
    case 'link':
      if (!detail.contacts.some((one) => one.kommo_id === change.contact_id))
        detail.contacts.push(contactOf(change.contact_id));
      for (const one of detail.contacts)
        one.is_main = change.is_main ? one.kommo_id === change.contact_id : one.is_main;
      break;
    case 'unlink':
      detail.contacts = detail.contacts.filter((one) => one.kommo_id !== change.contact_id);
  }
  return detail;
}
