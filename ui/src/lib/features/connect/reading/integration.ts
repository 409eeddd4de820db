import { cleaned, EMPTY, kindOf, type Note, type Reading } from './note';

/** Shorter than any secret key or code that Kommo gives. */
const SHORT = 32;

function refuse(key: Note['key']): Reading {
  return { value: null, note: { tone: 'bad', key } };
}

/** Understands the integration's ID, a UUID such as `6d1a0c9e-...`. */
export function readIntegrationId(pasted: string): Reading {
  const text = cleaned(pasted);
  if (text === '') return EMPTY;
  const kind = kindOf(text);
  if (kind === 'id') return { value: text, note: null };
  if (kind === 'secret') return refuse('connect.note.id_is_secret');
  if (kind === 'code') return refuse('connect.note.id_is_code');
  if (kind === 'token') return refuse('connect.note.id_is_token');
  if (kind === 'address') return refuse('connect.note.id_is_address');
  const beginning = /^[0-9a-f]{1,8}(-[0-9a-f]{0,4}){0,3}(-[0-9a-f]{0,11})?$/i.test(text);
  return beginning
    ? { value: null, note: { tone: 'hint', key: 'connect.note.id_unfinished' } }
    : refuse('connect.note.id_other');
}

/** Understands the integration's secret key. Its shape is not documented: only clear mistakes are refused. */
export function readSecretKey(pasted: string): Reading {
  const text = cleaned(pasted);
  if (text === '') return EMPTY;
  switch (kindOf(text)) {
    case 'id':
      return refuse('connect.note.secret_is_id');
    case 'code':
      return refuse('connect.note.secret_is_code');
    case 'token':
      return refuse('connect.note.secret_is_token');
    case 'address':
      return refuse('connect.note.secret_is_address');
    default:
      return {
        value: text,
        note: text.length < SHORT ? { tone: 'warn', key: 'connect.note.secret_short' } : null
      };
  }
}

/** The code inside a return address such as `http://localhost:8000/auth/kommo/callback?code=...`. */
function codeInAddress(text: string): string | null {
  try {
    return new URL(text).searchParams.get('code');
  } catch {
    return null;
  }
}

/** Understands the authorization code, also when the whole return address was pasted. */
export function readCode(pasted: string): Reading {
  const text = cleaned(pasted);
  if (text === '') return EMPTY;
  switch (kindOf(text)) {
    case 'id':
      return refuse('connect.note.code_is_id');
    case 'token':
      return refuse('connect.note.code_is_token');
    case 'secret':
      return refuse('connect.note.code_is_secret');
    case 'address': {
      const code = codeInAddress(text);
      return code
        ? { value: code, note: { tone: 'good', key: 'connect.note.code_from_address' } }
        : refuse('connect.note.code_is_address');
    }
    default:
      return {
        value: text,
        note: text.length < SHORT ? { tone: 'warn', key: 'connect.note.code_short' } : null
      };
  }
}

/** Understands a redirect URL. It has to equal the one in Kommo letter by letter, so nothing is normalised. */
export function readRedirect(typed: string, ours: string): Reading {
  const text = typed.trim();
  if (text === '') return EMPTY;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return refuse('connect.note.redirect_not_address');
  }
  if (!['http:', 'https:'].includes(url.protocol) || /\s/.test(text))
    return refuse('connect.note.redirect_not_address');
  return {
    value: text,
    note: text === ours ? null : { tone: 'hint', key: 'connect.note.redirect_own' }
  };
}
