import { cleaned, EMPTY, kindOf, type Note, type Reading } from './note';

/** What a Kommo token says of itself. Read without checking its signature: Kommo publishes no key for that. */
export interface TokenClaims {
  /** Unix milliseconds. */
  expiresAtMs: number;
  /** Kommo's number of the account; `null` when the token does not say. */
  accountId: number | null;
}

const DAY_MS = 86_400_000;
/** Less than this is worth a warning: the account would soon stop syncing. */
const SOON_MS = 14 * DAY_MS;

function decodePart(part: string): unknown {
  const base64 = part.replace(/-/g, '+').replace(/_/g, '/');
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}

/** The claims of a token, or nothing when the text is not a whole one. */
export function decodeToken(text: string): TokenClaims | null {
  const parts = text.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || !header || !payload || !signature) return null;
  try {
    decodePart(header);
    const claims = decodePart(payload);
    if (typeof claims !== 'object' || claims === null) return null;
    const { exp, account_id: account } = claims as Record<string, unknown>;
    if (typeof exp !== 'number' || !Number.isFinite(exp)) return null;
    return {
      expiresAtMs: Math.floor(exp) * 1000,
      accountId: typeof account === 'number' ? account : null
    };
  } catch {
    return null;
  }
}

function note(tone: Note['tone'], key: Note['key'], atMs?: number): Note {
  return atMs === undefined ? { tone, key } : { tone, key, atMs };
}

/**
 * Understands a pasted long-lived token and says at once whether it can work.
 * `expectedAccount` is Kommo's number of the account that is being reconnected.
 */
export function readToken(pasted: string, nowMs: number, expectedAccount?: number | null): Reading {
  const text = cleaned(pasted.replace(/^\s*bearer\s+/i, ''));
  if (text === '') return EMPTY;
  const refuse = (key: Note['key'], atMs?: number): Reading => ({
    value: null,
    note: note('bad', key, atMs)
  });

  const kind = kindOf(text);
  if (kind === 'code') return refuse('connect.note.token_is_code');
  if (kind === 'id') return refuse('connect.note.token_is_id');
  if (kind === 'secret') return refuse('connect.note.token_is_secret');
  if (kind === 'address') return refuse('connect.note.token_is_address');
  if (kind !== 'token') return refuse('connect.note.token_other');

  const claims = decodeToken(text);
  if (!claims) return refuse('connect.note.token_cut');
  if (claims.expiresAtMs <= nowMs) return refuse('connect.note.token_expired', claims.expiresAtMs);
  if (expectedAccount && claims.accountId && claims.accountId !== expectedAccount)
    return refuse('connect.note.token_other_account');
  const left = claims.expiresAtMs - nowMs;
  return {
    value: text,
    note:
      left < SOON_MS
        ? note('warn', 'connect.note.token_soon', claims.expiresAtMs)
        : note('good', 'connect.note.token_good', claims.expiresAtMs)
  };
}
