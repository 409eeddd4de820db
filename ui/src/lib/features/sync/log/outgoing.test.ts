import { beforeEach, describe, expect, it } from 'vitest';
import type { LogRow } from '$lib/backend';
import { locale, LOCALES, maybe } from '$lib/i18n';
import { OUTGOING } from './outgoing.testing';
import { factLines, noteText, operationText } from './wording';

function row(operation: string, details: Record<string, string> = {}, more = {}): LogRow {
  return {
    id: 1,
    at_ms: 0,
    direction: 'out',
    channel: 'outbox' as LogRow['channel'],
    entity_kind: 'lead',
    entity_kommo_id: 7,
    entity_name: 'Marina Duarte',
    operation,
    details,
    outcome: 'done',
    error_code: null,
    duration_ms: null,
    attempt: 1,
    actor: 'person',
    ...more
  };
}

beforeEach(() => locale.use('pt-BR'));

describe('a row about what goes to Kommo', () => {
  it.each(LOCALES)('has words for every operation, channel and actor in %s', (code) => {
    locale.use(code);
    for (const operation of OUTGOING) {
      expect(maybe(`sync.op.${operation}.title`), operation).toBeTruthy();
    }
    for (const key of ['channel.outbox', 'channel.webhook', 'actor.agent']) {
      expect(maybe(`sync.${key}`), key).toBeTruthy();
    }
  });

  it('tells a sent change from what to what, and who wanted it', () => {
    const sent = { fields: 'stage', before: 'Novo Lead', after: 'Qualificado' };
    expect(operationText(row('change_sent', sent))).toBe('Etapa: Novo Lead → Qualificado');
    const byAgent = row('change_sent', sent, { actor: 'agent' });
    expect(noteText(byAgent)).toBe('enviado ao Kommo · pelo agente de IA');
    expect(operationText(row('change_sent', { fields: 'stage,price' }))).toBe(
      'Etapa e valor mudaram'
    );
  });

  it('tells a tag that was put or taken', () => {
    expect(operationText(row('change_sent', { fields: 'tags', before: '', after: 'VIP' }))).toBe(
      'Tag adicionada: VIP'
    );
    expect(operationText(row('change_sent', { fields: 'tags', before: 'VIP', after: '' }))).toBe(
      'Tag removida: VIP'
    );
  });

  it.each([
    ['changed_in_kommo', 'Valor: ficou R$ 21.000,00, do Kommo, e não R$ 18.000,00'],
    ['overwritten', 'Valor: R$ 18.000,00, do Kommo, foi trocado por R$ 21.000,00'],
    ['new_to_us', 'Mudança não foi feita']
  ])('tells which value stayed when two met: %s', (reason, words) => {
    const lost = { fields: 'price', before: '18000', after: '21000', reason };
    const text = operationText(row('change_lost', lost)).replaceAll('\u00a0', ' ');
    expect(text).toBe(words);
    expect(factLines(row('change_lost', lost)).map((fact) => fact.label)).toEqual(['Campos']);
  });

  it('words the codes of what Kommo did not accept', () => {
    const wedged = row('change_wedged', { kind: 'edit', cause: 'field_missing' });
    expect(noteText(wedged)).toBe('O campo não existe mais no Kommo · por você');
    expect(factLines(wedged)).toEqual([
      { label: 'Tipo', value: 'Mudança' },
      { label: 'Motivo', value: 'O campo não existe mais no Kommo' }
    ]);
  });

  it('tells what a notice of Kommo is about, and nothing where that is not known', () => {
    const told = row('delivery_received', { kinds: 'lead_updated,note_added' }, { actor: 'kommo' });
    expect(noteText(told)).toBe('Lead mudou, nota adicionada · por pessoa no Kommo');
    const ignored = row('delivery_ignored', { reason: 'other_account' }, { actor: 'engine' });
    expect(noteText(ignored)).toBe('É de outra conta do Kommo');
    expect(noteText(row('delivery_ignored', {}, { actor: 'engine' }))).toBe('');
  });
});
