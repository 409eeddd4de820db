import { beforeEach, describe, expect, it } from 'vitest';
import { locale } from '$lib/i18n';
import { changeNeeds } from './change-needs';

const outbox = { open: 0, wedged: 0, oldest_at_ms: null, conflicts: 0, is_paused: false };

beforeEach(() => locale.use('pt-BR'));

describe('changes that need a person', () => {
  it('are none while everything goes its way', () => {
    expect(changeNeeds(null)).toEqual([]);
    expect(changeNeeds({ outbox: { ...outbox, open: 12 } })).toEqual([]);
  });

  it('are those that were not accepted and those that met another, each with its way', () => {
    const needs = changeNeeds({ outbox: { ...outbox, wedged: 1, conflicts: 2 } });
    expect(needs.map(({ title, tone, action }) => [title, tone, action?.href])).toEqual([
      ['1 mudança não foi enviada', 'bad', '/sync?tab=stuck'],
      ['2 conflitos com o Kommo', 'warn', '/sync?tab=conflicts']
    ]);
  });

  it('are those that wait for somebody to resume sending', () => {
    const [need] = changeNeeds({ outbox: { ...outbox, open: 4, is_paused: true } });
    expect(need?.body).toBe('4 mudanças esperam até o envio ser retomado.');
    expect(need?.action?.href).toBe('/sync?tab=outbox');
  });
});
