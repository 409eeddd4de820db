import { describe, expect, it } from 'vitest';
import { maybe } from '$lib/i18n';
import { isWebAddress } from './backend';
import { ERROR_CODES } from './contract.gen';
import { BackendError, toBackendError } from './errors';

describe('errors of the core', () => {
  it('keep their code, detail, hint and time', () => {
    const error = toBackendError({
      code: 'port_taken',
      detail: '8000',
      hint: 'open_connection_settings',
      retry_at: 5
    });
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({
      code: 'port_taken',
      detail: '8000',
      hint: 'open_connection_settings',
      retryAtMs: 5
    });
  });

  it('are understood when the host sends them as text', () => {
    const text = JSON.stringify({ code: 'lead_unknown', detail: '', hint: null, retry_at: null });
    expect(toBackendError(text).code).toBe('lead_unknown');
  });

  it.each([['a message'], [{ code: 'made_up' }], [null], [new TypeError('x')]])(
    'become "internal" when they are none of ours: %j',
    (thrown) => {
      expect(toBackendError(thrown).code).toBe('internal');
    }
  );

  it.each([...ERROR_CODES, 'host_unreachable', 'host_refused'])('have words for %s', (code) => {
    expect(maybe(`errors.${code}.title`, { detail: 'x' })).toBeTruthy();
    expect(maybe(`errors.${code}.body`, { detail: 'x' })).toBeTruthy();
  });
});

describe('what may leave the window', () => {
  it.each([
    ['https://acme.kommo.com/leads/detail/1', true],
    ['http://localhost:8000/auth/kommo/login', true],
    ['http://127.0.0.1:8000/', true],
    ['http://example.com/', false],
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['not an address', false]
  ])('%s: %s', (url, allowed) => {
    expect(isWebAddress(url)).toBe(allowed);
  });
});
