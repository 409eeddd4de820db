import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { zone } from '$lib/format';
import { locale } from '$lib/i18n';
import { fieldLines, isFilled } from './edit/lines';
import { factOf, fieldFact } from './fact';
import { eventChange, eventTitle } from '$lib/words/event';
import { noteKind } from './note';

const plain = (text: string | null | undefined) => text?.replace(/[\u00a0\u202f]/g, ' ');

beforeEach(() => {
  locale.use('pt-BR');
  zone.use('America/Sao_Paulo');
});
afterEach(() => locale.use('pt-BR'));

describe('a custom field', () => {
  it.each([
    ['date', '1763866800', '23/11/2025'],
    ['birthday', '-315608400', '01/01/1960'],
    ['date_time', '1763919180', '23/11/2025 14:33'],
    ['date', 'amanhã', 'amanhã'],
    ['monetary', '4250.5', 'R$ 4.250,50'],
    ['numeric', '78', '78'],
    ['numeric', '1234567.125', '1.234.567,125'],
    ['checkbox', 'true', 'Sim'],
    ['checkbox', 'false', 'Não'],
    ['select', 'Indicação', 'Indicação'],
    ['something_new', 'x', 'x']
  ])('of type %s holding %s reads %s', (kind, value, expected) => {
    expect(plain(factOf(kind, value, 'BRL').text)).toBe(expected);
  });

  it('that is an address can be opened, and nothing else can', () => {
    expect(factOf('url', 'https://www.exemplo.com.br/casa/', 'BRL')).toEqual({
      text: 'exemplo.com.br/casa',
      href: 'https://www.exemplo.com.br/casa/'
    });
    expect(factOf('url', 'exemplo.com.br', 'BRL').href).toBe('https://exemplo.com.br/');
    expect(factOf('url', 'javascript:alert(1)', 'BRL').href).toBeUndefined();
    expect(factOf('url', 'não tem', 'BRL').href).toBeUndefined();
    expect(factOf('text', 'https://exemplo.com.br', 'BRL').href).toBeUndefined();
  });

  it('for a phone shows it as phones are shown, whatever its type', () => {
    const field = (name: string, kind: string, value: string) =>
      fieldFact({ name, kind }, value, 'BRL').text;
    expect(field('WhatsApp', 'text', '5511987654417')).toBe('+55 11 98765-4417');
    expect(field('Telefone', 'numeric', '11987654417')).toBe('11 98765-4417');
    expect(field('WhatsApp', 'text', 'do escritório')).toBe('do escritório');
    expect(field('Contrato', 'text', '5511987654417')).toBe('5511987654417');
  });

  it('stands in the account’s order, and what the account no longer has comes last and is only read', () => {
    const value = (id: number, values: string[]) => ({
      field_id: id,
      name: `Campo ${id}`,
      kind: 'multiselect',
      values,
      enum_ids: []
    });
    const field = (id: number) => ({
      kommo_id: id,
      entity: 'lead' as const,
      name: `Campo ${id}`,
      kind: 'multiselect',
      code: null,
      options: []
    });
    const lines = fieldLines(
      [value(9, ['x']), value(2, ['', ' ']), value(3, ['A'])],
      [3, 2].map(field)
    );
    expect(lines.map((line) => [line.field.kommo_id, line.isKnown, isFilled(line)])).toEqual([
      [3, true, true],
      [2, true, false],
      [9, false, true]
    ]);
  });
});

describe('the history of a lead', () => {
  const event = (kind: string, before: string | null, after: string | null) => ({
    kommo_id: 'e1',
    kind,
    created_at_ms: 0,
    created_by: null,
    before,
    after
  });

  it('is worded by kind', () => {
    expect(eventTitle('lead_status_changed')).toBe('Etapa mudou');
    expect(eventTitle('custom_field_1246490_value_changed')).toBe('Campo mudou');
  });

  it('has words for a kind that is new to us', () => {
    expect(eventTitle('hologram_shown')).toBe('Mudança no Kommo');
  });

  it('says from what to what', () => {
    expect(eventChange(event('lead_status_changed', 'Novo', 'Qualificado'), 'BRL')).toBe(
      'Novo → Qualificado'
    );
    expect(plain(eventChange(event('sale_field_changed', '18000', '26500'), 'BRL'))).toBe(
      'R$ 18.000 → R$ 26.500'
    );
    expect(eventChange(event('name_field_changed', 'Antes', null), 'BRL')).toBe('Antes → vazio');
    expect(eventChange(event('entity_tag_added', null, 'Lead Quente'), 'BRL')).toBe('Lead Quente');
    expect(eventChange(event('incoming_chat_message', null, null), 'BRL')).toBeNull();
  });

  it('names notes that are not plain ones', () => {
    expect(noteKind({ kind: 'call_in' })).toBe('Ligação recebida');
    expect(noteKind({ kind: 'common' })).toBeNull();
  });
});
