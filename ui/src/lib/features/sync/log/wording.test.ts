import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogRow } from '$lib/backend';
import { locale } from '$lib/i18n';
import { OUTGOING } from './outgoing.testing';
import { catalogue } from '$lib/i18n/catalogue';
import { factLines, fieldValue, noteText, operationText, subjectText } from './wording';

function row(operation: string, details: Record<string, string> = {}, more?: Partial<LogRow>) {
  return {
    id: 1,
    at_ms: 0,
    direction: 'in',
    channel: 'poll',
    entity_kind: null,
    entity_kommo_id: null,
    entity_name: null,
    operation,
    details,
    outcome: 'done',
    error_code: null,
    duration_ms: null,
    attempt: 1,
    actor: 'engine',
    ...more
  } satisfies LogRow as LogRow;
}

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

/** Every operation of the core with the facts it gives. */
const OPERATIONS: [operation: string, details: Record<string, string>, words: string][] = [
  ['import_started', {}, 'Importação começou'],
  [
    'import_page',
    { entity: 'contacts', page: '12', items: '250' },
    'Parte da importação chegou | Contatos: 250 itens, parte 12'
  ],
  [
    'import_finished',
    { leads: '100000', contacts: '1', seconds: '58' },
    'Importação terminou | 100.000 leads, 1 contato em 58,0 s'
  ],
  ['import_cancelled', {}, 'Importação interrompida'],
  ['import_waiting', {}, 'Importação espera a conexão | continua sozinha'],
  [
    'structure_read',
    { pipelines: '2', stages: '14', fields: '1', users: '4' },
    'Estrutura da conta lida | 2 funis, 14 etapas, 1 campo, 4 pessoas'
  ],
  [
    'poll_finished',
    { changes: '0', requests: '3' },
    'Consulta de mudanças | nenhuma nova, 3 requisições'
  ],
  ['lead_created', {}, 'Lead criado'],
  ['lead_changed', {}, 'Lead mudou'],
  ['lead_deleted', {}, 'Lead apagado no Kommo'],
  ['lead_restored', {}, 'Lead restaurado no Kommo'],
  ['contact_created', {}, 'Contato criado'],
  ['contact_changed', {}, 'Contato mudou'],
  ['contact_deleted', {}, 'Contato apagado no Kommo'],
  ['company_changed', {}, 'Empresa mudou'],
  ['task_created', { text: 'Ligar para Marina' }, 'Tarefa criada | Ligar para Marina'],
  ['task_changed', {}, 'Tarefa mudou'],
  ['task_completed', {}, 'Tarefa concluída'],
  ['task_deleted', {}, 'Tarefa apagada'],
  ['note_added', {}, 'Nota adicionada'],
  ['note_changed', {}, 'Nota mudou'],
  [
    'sweep_finished',
    { checked: '8214', deleted: '1' },
    'Conferência de apagados | 8.214 conferidos, 1 apagado'
  ],
  [
    'request_failed',
    { method: 'GET', path: '/api/v4/leads', status: '500' },
    'Requisição ao Kommo falhou | resposta 500 em /api/v4/leads'
  ],
  [
    'list_refused',
    { entity: 'contacts' },
    'Lista não liberada | Contatos: o Kommo não mostra ao dono deste acesso'
  ],
  ['list_allowed', { entity: 'tasks' }, 'Lista liberada de novo | Tarefas'],
  ['rate_limited', { seconds: '1' }, 'Kommo pediu para esperar | aguardou 1 s'],
  ['ip_blocked', {}, 'Kommo bloqueou este computador | tudo parou até o bloqueio sair'],
  ['signed_in', { method: 'oauth' }, 'Acesso ao Kommo concedido | com integração privada'],
  ['token_refreshed', {}, 'Acesso ao Kommo renovado'],
  ['token_refresh_failed', {}, 'Renovação do acesso falhou'],
  [
    'sign_in_lost',
    {},
    'O acesso ao Kommo não é mais aceito | nada novo chega até você entrar de novo'
  ],
  ['signed_out', {}, 'Você saiu desta conta'],
  ['connection_lost', {}, 'Conexão com o Kommo perdida | tentando de novo sozinho'],
  ['connection_trouble', {}, 'Leitura do Kommo interrompida | continua sozinha'],
  ['connection_restored', {}, 'Conexão com o Kommo voltou'],
  ['log_trimmed', { rows: '1' }, 'Linhas antigas apagadas | 1 linha'],
  ['events_read', {}, 'Histórico recente lido']
];

describe('the words of a log row', () => {
  beforeEach(() => locale.use('pt-BR'));
  afterEach(() => locale.use('pt-BR'));

  it.each(OPERATIONS)('%s %o is said as a sales person would', (operation, details, words) => {
    const said = [operationText(row(operation, details)), noteText(row(operation, details))];
    expect(plain(said.filter(Boolean).join(' | '))).toBe(words);
  });

  it('counts what was trimmed from the log', () => {
    expect(noteText(row('log_trimmed', { rows: '1' }))).toBe('1 linha');
    expect(noteText(row('log_trimmed', { rows: '1200' }))).toBe('1.200 linhas');
  });

  it.each(['pt-BR', 'en', 'es'] as const)('has words in %s for every operation', (code) => {
    for (const [operation] of OPERATIONS) {
      expect(catalogue[code].has(`sync.op.${operation}.title`), operation).toBe(true);
    }
    expect(
      [...catalogue[code].keys()].filter((key) => /^sync\.op\..*title$/.test(key))
    ).toHaveLength(OPERATIONS.length + OUTGOING.length);
  });

  it('shows an operation it does not know by its code, readably', () => {
    expect(operationText(row('talk_was_moved'))).toBe('Talk was moved');
    expect(noteText(row('talk_was_moved', { where: 'x' }))).toBe('');
  });

  it('says less rather than leave a hole where a fact is missing', () => {
    expect(operationText(row('import_page'))).toBe('Parte da importação chegou');
    expect(noteText(row('import_page', { entity: 'leads' }))).toBe('');
  });

  it('names what changed', () => {
    expect(operationText(row('lead_changed', { fields: 'stage' }))).toBe('Etapa mudou');
    expect(operationText(row('lead_changed', { fields: 'stage,price,Concorrente' }))).toBe(
      'Etapa, valor e concorrente mudaram'
    );
    expect(operationText(row('lead_changed', { fields: 'a,b,c,d' }))).toBe('4 campos mudaram');
    expect(
      operationText(row('lead_changed', { fields: 'stage', before: 'Novo', after: 'Qualificado' }))
    ).toBe('Etapa: Novo → Qualificado');
    expect(
      plain(operationText(row('lead_changed', { fields: 'price', before: '', after: '26500' })))
    ).toBe('Valor: vazio → R$ 26.500,00');
  });

  it('says who did it, unless it was the program by itself', () => {
    expect(noteText(row('lead_changed', {}, { actor: 'kommo' }))).toBe('por pessoa no Kommo');
    expect(noteText(row('signed_out', {}, { actor: 'person' }))).toBe('por você');
  });

  it('never counts a name that happens to be a number', () => {
    expect(noteText(row('task_created', { text: '2025' }))).toBe('2025');
  });

  it('names what it is about', () => {
    expect(subjectText(row('lead_changed', {}, { entity_name: 'Marina Duarte' }))).toBe(
      'Marina Duarte'
    );
    const bare = { entity_kind: 'lead', entity_kommo_id: 9375000 };
    expect(subjectText(row('lead_changed', {}, bare))).toBe('Lead #9375000');
    expect(subjectText(row('x', {}, { entity_kind: 'robot', entity_kommo_id: 7 }))).toBe('#7');
    expect(subjectText(row('poll_finished'))).toBe('');
  });

  it('lists the facts with labels', () => {
    expect(
      factLines(row('request_failed', { method: 'GET', status: '500', odd_thing: 'x' }))
    ).toEqual([
      { label: 'Método', value: 'GET' },
      { label: 'Resposta', value: '500' },
      { label: 'Odd thing', value: 'x' }
    ]);
  });

  it('shows emptiness and yes or no as words', () => {
    expect(fieldValue('name', null, 'BRL')).toBe('vazio');
    expect(fieldValue('Tem telhado', 'true', 'BRL')).toBe('Sim');
  });
});
