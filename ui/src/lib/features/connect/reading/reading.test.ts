import { describe, expect, it } from 'vitest';
import { readAddress } from './address';
import { readCode, readIntegrationId, readRedirect, readSecretKey } from './integration';
import { strengthOf } from './strength';
import { decodeToken, readToken } from './token';

const NOW = Date.UTC(2026, 10, 24, 12);
const DAY = 86_400_000;
const ID = '6d1a0c9e-3b52-4f0e-9a77-0c1d2e3f4a5b';
const SECRET = 'aB3'.repeat(21) + 'x';
const CODE = 'def50200' + 'a1b2c3d4'.repeat(40);
const OURS = 'http://localhost:8000/auth/kommo/callback';

function part(value: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}

function token(claims: object): string {
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

const inDays = (days: number) => Math.floor((NOW + days * DAY) / 1000);

describe('the address', () => {
  it.each([
    ['acme', 'acme', 'acme.kommo.com'],
    [' ACME ', 'acme', 'acme.kommo.com'],
    ['acme.kommo.com', 'acme', 'acme.kommo.com'],
    ['https://acme.kommo.com/leads/pipeline/8572511/?skip_filter=Y', 'acme', 'acme.kommo.com'],
    ['http://solar-norte.amocrm.com#x', 'solar-norte', 'solar-norte.kommo.com'],
    ['acme.kommo.com:443', 'acme', 'acme.kommo.com'],
    ['https://acme.kommo.com.', 'acme', 'acme.kommo.com']
  ])('%s is understood as %s', (typed, value, host) => {
    const reading = readAddress(typed);
    expect(reading.value).toBe(value);
    expect(reading.note).toMatchObject({ tone: 'good', values: { host } });
  });

  it.each([
    ['https://www.kommo.com/', 'connect.note.address_www'],
    ['kommo.com', 'connect.note.address_www'],
    ['acme.example.org', 'connect.note.address_other_site'],
    ['ana@acme.com.br', 'connect.note.address_email'],
    ['minha empresa', 'connect.note.address_letters'],
    ['ação', 'connect.note.address_letters'],
    ['-acme', 'connect.note.address_letters'],
    ['acme_1', 'connect.note.address_letters']
  ])('%s is refused with the reason', (typed, key) => {
    expect(readAddress(typed)).toEqual({ value: null, note: { tone: 'bad', key } });
  });

  it('is not called wrong while it is being typed', () => {
    const whole = 'https://acme.kommo.com/leads';
    for (let length = 0; length <= whole.length; length++)
      expect(readAddress(whole.slice(0, length)).note?.tone, whole.slice(0, length)).not.toBe(
        'bad'
      );
  });
});

describe('the token', () => {
  const good = token({ exp: inDays(900), account_id: 32720107, name: 'ç' });

  it('is read with its end', () => {
    expect(readToken(good, NOW)).toEqual({
      value: good,
      note: { tone: 'good', key: 'connect.note.token_good', atMs: NOW + 900 * DAY }
    });
  });

  it('survives the way people copy', () => {
    const middle = Math.floor(good.length / 2);
    for (const pasted of [
      `Bearer ${good}`,
      `  "${good}"\n`,
      `${good.slice(0, middle)}\n  ${good.slice(middle)}\u200b`
    ])
      expect(readToken(pasted, NOW).value).toBe(good);
  });

  it('that is over is told at once', () => {
    const over = token({ exp: inDays(-1) });
    expect(readToken(over, NOW)).toEqual({
      value: null,
      note: { tone: 'bad', key: 'connect.note.token_expired', atMs: NOW - DAY }
    });
  });

  it('that ends soon works, with a warning', () => {
    const soon = token({ exp: inDays(3) });
    expect(readToken(soon, NOW)).toMatchObject({ value: soon, note: { tone: 'warn' } });
  });

  it('that was cut is never taken for a whole one', () => {
    const payloadEnd = good.lastIndexOf('.');
    for (let length = 8; length <= payloadEnd; length++)
      expect(readToken(good.slice(0, length), NOW).value, `${length}`).toBeNull();
  });

  it('of another account is refused while reconnecting', () => {
    expect(readToken(good, NOW, 1).note?.key).toBe('connect.note.token_other_account');
    expect(readToken(good, NOW, 32720107).value).toBe(good);
  });

  it.each([
    [CODE, 'connect.note.token_is_code'],
    [ID, 'connect.note.token_is_id'],
    [SECRET, 'connect.note.token_is_secret'],
    ['https://acme.kommo.com', 'connect.note.token_is_address'],
    ['minha senha', 'connect.note.token_other']
  ])('is told apart from %s', (pasted, key) => {
    expect(readToken(pasted, NOW)).toMatchObject({ value: null, note: { key } });
  });

  it('without a readable end is not one', () => {
    expect(decodeToken(token({ exp: 'soon' }))).toBeNull();
    expect(decodeToken(token({}))).toBeNull();
    expect(decodeToken(`${part({})}.${part(null)}.x`)).toBeNull();
    expect(decodeToken('eyJ.eyJ.x')).toBeNull();
  });
});

describe('the keys of an integration', () => {
  it('are taken as they are', () => {
    expect(readIntegrationId(` ${ID}\n`)).toEqual({ value: ID, note: null });
    expect(readSecretKey(SECRET)).toEqual({ value: SECRET, note: null });
    expect(readCode(CODE)).toEqual({ value: CODE, note: null });
  });

  it.each([
    [readIntegrationId, SECRET, 'connect.note.id_is_secret'],
    [readIntegrationId, CODE, 'connect.note.id_is_code'],
    [readIntegrationId, 'integration', 'connect.note.id_other'],
    [readSecretKey, ID, 'connect.note.secret_is_id'],
    [readSecretKey, CODE, 'connect.note.secret_is_code'],
    [readCode, ID, 'connect.note.code_is_id'],
    [readCode, SECRET, 'connect.note.code_is_secret'],
    [readCode, token({ exp: 1 }), 'connect.note.code_is_token'],
    [readCode, 'https://acme.kommo.com/', 'connect.note.code_is_address']
  ])('are told apart when swapped (%#)', (read, pasted, key) => {
    expect(read(pasted)).toMatchObject({ value: null, note: { tone: 'bad', key } });
  });

  it('half an ID is only unfinished', () => {
    for (let length = 1; length < ID.length; length++)
      expect(readIntegrationId(ID.slice(0, length))).toMatchObject({
        value: null,
        note: { tone: 'hint' }
      });
  });

  it('a code is found inside the address that brought it', () => {
    expect(readCode(`${OURS}?code=${CODE}&referer=acme.kommo.com`).value).toBe(CODE);
  });

  it('a short key is doubted but not refused: its shape is not documented', () => {
    expect(readSecretKey('s3cr')).toMatchObject({ value: 's3cr', note: { tone: 'warn' } });
    expect(readCode('def502')).toMatchObject({ value: 'def502', note: { tone: 'warn' } });
  });
});

describe('the redirect URL', () => {
  it('stays exactly as typed, because Kommo compares it letter by letter', () => {
    expect(readRedirect(` ${OURS}/ `, OURS)).toMatchObject({
      value: `${OURS}/`,
      note: { tone: 'hint', key: 'connect.note.redirect_own' }
    });
    expect(readRedirect(OURS, OURS)).toEqual({ value: OURS, note: null });
  });

  it.each(['localhost:8000', 'callback', 'javascript:alert(1)', 'http://a b'])(
    '%s is no address',
    (typed) => {
      expect(readRedirect(typed, OURS)).toMatchObject({ value: null, note: { tone: 'bad' } });
    }
  );
});

describe('a passphrase', () => {
  it.each([
    ['sol', 'short'],
    ['12345678', 'weak'],
    ['abcdefghij', 'weak'],
    ['aaaaaaaaaaaa', 'weak'],
    ['Senha123!', 'weak'],
    ['kommo2026', 'weak'],
    ['girassol', 'weak'],
    ['Girassol7x', 'fair'],
    ['girassolazul', 'fair'],
    ['telha azul cabo lua', 'strong']
  ])('%s is %s', (passphrase, strength) => {
    expect(strengthOf(passphrase)).toBe(strength);
  });
});
