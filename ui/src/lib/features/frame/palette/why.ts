// Why a lead was found when its name does not say so: the bit of it that was searched.
import type { LeadDetail, LeadRow } from '$lib/backend';
import { format, isPhoneField } from '$lib/format';
import { matchesWords } from '$lib/ui';

/** Fewer digits than these are not taken for a phone. */
const SHORTEST_PHONE = 4;
const MOST_BITS = 2;

const digitsOf = (text: string) => text.replace(/\D/g, '');

/** A Brazilian mobile number has a ninth digit, which people write or leave out. */
function phoneForms(phone: string): string[] {
  const digits = digitsOf(phone);
  const [, area, rest] = /^55(\d{2})(\d{8,9})$/.exec(digits) ?? [];
  if (!area || !rest) return [digits];
  return [digits, `55${area}${rest.length === 9 ? rest.slice(1) : `9${rest}`}`];
}

function hasPhone(phone: string, words: string[]): boolean {
  const typed = digitsOf(words.filter((word) => /^[\d()+\-./]+$/.test(word)).join(''));
  const number = typed.replace(/^0+/, '');
  return number.length >= SHORTEST_PHONE && phoneForms(phone).some((form) => form.includes(number));
}

interface Bit {
  text: string;
  /** What of it is searched; the text itself without it. */
  searched?: string;
  phone?: string;
}

/** What the row itself tells besides its name. */
const bitsOfRow = (lead: LeadRow): Bit[] => [
  ...(lead.phone ? [{ text: format.phone(lead.phone), phone: lead.phone }] : []),
  ...lead.tags.map((tag) => ({ text: tag.name })),
  ...(lead.contact_name ? [{ text: lead.contact_name }] : []),
  { text: `#${lead.kommo_id}` }
];

/** What only the whole lead tells: its other people, their e-mails, its company and its fields. */
const bitsOfDetail = (detail: LeadDetail): Bit[] => [
  ...detail.contacts.flatMap((contact): Bit[] => [
    ...contact.emails.map(({ text }) => ({ text })),
    ...contact.phones.map(({ e164, typed }) => ({
      text: e164 ? format.phone(e164) : typed,
      phone: e164 ?? typed
    })),
    { text: contact.name }
  ]),
  ...(detail.company ? [{ text: detail.company.name }] : []),
  // Dates are kept as seconds, which nobody searches for.
  ...detail.fields
    .filter(({ kind }) => !/date|birthday/.test(kind))
    .flatMap(({ name, values }) =>
      values.map((value): Bit => {
        if (!isPhoneField(name)) return { text: `${name}: ${value}`, searched: value };
        return { text: `${name}: ${format.typedPhone(value)}`, searched: value, phone: value };
      })
    )
];

const wordsOf = (search: string) => search.trim().split(/\s+/).filter(Boolean);

/** The searched words that the lead's name does not have. */
function unnamed(lead: LeadRow, search: string): string[] {
  return wordsOf(search).filter((word) => !matchesWords(lead.name, word));
}

function found(bits: Bit[], words: string[]): string | null {
  const matching = bits.filter(
    ({ text, searched, phone }) =>
      words.some((word) => matchesWords(searched ?? text, word)) ||
      (phone && hasPhone(phone, words))
  );
  const texts = [...new Set(matching.map(({ text }) => text))];
  return texts.length > 0 ? texts.slice(0, MOST_BITS).join(' · ') : null;
}

/** Why the row was found; null when its name says it, or when the row alone does not tell. */
export function whyOf(lead: LeadRow, search: string): string | null {
  return found(bitsOfRow(lead), unnamed(lead, search));
}

/** Whether neither the name nor the rest of the row tells why it was found. */
export function isUnexplained(lead: LeadRow, search: string): boolean {
  return unnamed(lead, search).length > 0 && whyOf(lead, search) === null;
}

/** As `whyOf`, of everything that is known of the lead. */
export function whyOfDetail(detail: LeadDetail, search: string): string | null {
  return found(bitsOfDetail(detail), unnamed(detail.row, search));
}
