import { describe, expect, it } from 'vitest';
import { BackendError } from '$lib/backend';
import { ERROR_CODES } from '$lib/backend/contract.gen';
import { locale, LOCALES, translate } from '$lib/i18n';
import { problemSentence } from './words';

/** The codes whose detail is a fact for people. */
const NAMED = [
  'passphrase_too_short',
  'redirect_mismatch',
  'port_taken',
  'storage_not_writable',
  'too_many_leads'
];

describe.each(LOCALES)('the words of the errors in %s', (code) => {
  it.each([...ERROR_CODES, 'host_unreachable', 'host_refused'])(
    '%s says what happened, what it means and what to do',
    (error) => {
      for (const part of ['title', 'body', 'action'])
        expect(translate(code, `errors.${error}.${part}`, { detail: '' }), part).toBeTruthy();
    }
  );

  it('name the detail where it is a fact for people, and only there', () => {
    locale.use(code);
    for (const error of ERROR_CODES) {
      const sentence = problemSentence(new BackendError(error, 'DETAIL'));
      expect(sentence.includes('DETAIL'), error).toBe(NAMED.includes(error));
    }
    locale.use('pt-BR');
  });
});
