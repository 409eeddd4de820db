import { describe, expect, it } from 'vitest';
import { BackendError } from '$lib/backend';
import { t } from '$lib/i18n';
import { Draft } from './draft.svelte';

describe('a draft', () => {
  it('stays the person’s when the value changes elsewhere, and knows that it did', () => {
    const draft = new Draft('');
    draft.open('antes');
    draft.value = 'digitando';
    expect(draft.hasMoved('antes')).toBe(false);
    expect(draft.hasMoved('de fora')).toBe(true);
    expect(draft.value).toBe('digitando');
  });

  it('sends nothing when nothing was changed', async () => {
    const draft = new Draft('');
    draft.open('igual');
    let sent = 0;
    await draft.send(async () => void sent++);
    expect(sent).toBe(0);
    expect(draft.isOpen).toBe(false);
  });

  it('closes at once, and opens again with what was typed when it is refused', async () => {
    const draft = new Draft('');
    draft.open('antes');
    draft.value = 'depois';
    const sending = draft.send(() => Promise.reject(new BackendError('value_invalid')));
    expect(draft.isOpen).toBe(false);
    await sending;
    expect(draft.isOpen).toBe(true);
    expect(draft.value).toBe('depois');
    expect(draft.error).toContain(t('errors.value_invalid.title'));
  });
});
