import { EMPTY, type Note, type Reading } from './note';

const HOSTS = ['kommo.com', 'amocrm.com'];
const LONGEST_NAME = 63;

function bad(key: Note['key']): Reading {
  return { value: null, note: { tone: 'bad', key } };
}

/**
 * Understands "your Kommo address" as people write it: `acme`, `acme.kommo.com`, or any address copied from
 * the browser while they are in Kommo. The value is the account's name alone.
 */
export function readAddress(typed: string): Reading {
  const text = typed.trim().toLowerCase();
  if (text === '') return EMPTY;
  if (text.includes('@')) return bad('connect.note.address_email');
  if (/^https?:\/{0,2}$/.test(text) && text.includes(':')) return { value: null, note: null };

  const host = (text.replace(/^https?:\/\//, '').split(/[/?#]/)[0] ?? '').replace(/:\d*$/, '');
  const dot = host.indexOf('.');
  const name = dot < 0 ? host : host.slice(0, dot);
  const rest = dot < 0 ? null : host.slice(dot + 1).replace(/\.$/, '');

  if (name === 'www') return bad('connect.note.address_www');
  if (HOSTS.includes(host)) return bad('connect.note.address_www');
  if (rest !== null && !HOSTS.includes(rest)) {
    const unfinished = HOSTS.some((known) => known.startsWith(rest));
    return unfinished
      ? {
          value: null,
          note: { tone: 'hint', key: 'connect.note.address_unfinished', values: { name } }
        }
      : bad('connect.note.address_other_site');
  }
  const fits =
    /^[a-z0-9-]+$/.test(name) &&
    name.length <= LONGEST_NAME &&
    !name.startsWith('-') &&
    !name.endsWith('-');
  if (!fits) return bad('connect.note.address_letters');
  return {
    value: name,
    note: {
      tone: 'good',
      key: 'connect.note.address_understood',
      // Kommo's older addresses lead to the same account.
      values: { host: `${name}.${HOSTS[0]}` }
    }
  };
}

/** Where the account's integrations are listed in Kommo. */
export function integrationsUrl(subdomain: string): string {
  return `https://${subdomain}.kommo.com/settings/widgets/`;
}
