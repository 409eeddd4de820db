import type { ContactList, ContactRow, ContactSearchRequest, ContactView } from '../contract.gen';
import { BackendError } from '../errors';

const person = (
  kommo_id: number,
  name: string,
  phone: string | null,
  email: string | null,
  lead_name: string | null,
  leads: number
): ContactRow => ({ kommo_id, name, phone, email, lead_name, leads });

const PEOPLE: readonly ContactRow[] = [
  person(90_001, 'Marina Alves', '+5511987654321', 'marina@example.com.br', 'Casa Alves', 3),
  person(90_002, 'Mário Prado', '+5521998761234', null, null, 0),
  person(90_003, '', '+551133334444', 'contato@prado.example', 'Galpão Prado', 1)
];

const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();

export function searchPeople({ search = '', limit = 20 }: ContactSearchRequest): ContactList {
  const words = plain(search).split(/\s+/).filter(Boolean);
  const rows = PEOPLE.filter((one) => {
    const text = plain(`${one.name} ${one.phone ?? ''} ${one.email ?? ''}`);
    return words.length > 0 && words.every((word) => text.includes(word));
  });
  return { rows: rows.slice(0, limit ?? 20), has_more: rows.length > (limit ?? 20) };
}

/** A person as a card of a lead. */
export function contactOf(number: number): ContactView {
  const row = PEOPLE.find((one) => one.kommo_id === number);
  if (!row) throw new BackendError('contact_unknown');
  return {
    id: `c${number}`,
    kommo_id: number,
    name: row.name,
    is_main: false,
    phones: row.phone ? [{ typed: row.phone, e164: row.phone, enum_id: null }] : [],
    emails: row.email ? [{ text: row.email, enum_id: null }] : [],
    fields: [],
    pending: [],
    web_url: `https://solarhorizonte.kommo.com/contacts/detail/${number}`
  };
}
