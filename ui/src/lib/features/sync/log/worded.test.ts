import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeBackend } from '$lib/backend/fake';
import { locale } from '$lib/i18n';
import { EVERY_ROW, LogTail } from './tail.svelte';
import { wordedAs } from './worded';

beforeEach(() => locale.use('pt-BR'));
afterEach(() => locale.use('pt-BR'));

describe('a search by what rows show', () => {
  it('knows the operations that are worded so, without regard to accents and capitals', () => {
    expect(wordedAs('Contato criado')?.operations).toEqual(['contact_created']);
    expect(wordedAs('  historico LIDO ')?.operations).toEqual(['events_read']);
    expect(wordedAs('tudo parou até o bloqueio')?.operations).toEqual(['ip_blocked']);
  });

  it('knows the way by which rows came and how they ended', () => {
    expect(wordedAs('Consulta')).toMatchObject({
      operations: ['poll_finished', 'webhook_refused'],
      channels: ['poll']
    });
    expect(wordedAs('Envio')?.channels).toEqual(['outbox']);
    expect(wordedAs('Aviso')?.channels).toEqual(['webhook']);
    expect(wordedAs('falhou')).toMatchObject({ outcomes: ['failed'] });
  });

  it('knows the fields that changed, and finds every change by the word for it', () => {
    expect(wordedAs('Etapa mudou')).toMatchObject({ operations: [], fields: ['stage'] });
    expect(wordedAs('responsável')?.fields).toEqual(['responsible']);
    expect(wordedAs('mudaram')).toMatchObject({
      operations: [
        'lead_changed',
        'contact_changed',
        'company_changed',
        'task_changed',
        'note_changed',
        'change_sent'
      ],
      fields: []
    });
  });

  it('knows what a row without a name is about', () => {
    expect(wordedAs('empresa #')?.entity_kinds).toEqual(['company']);
  });

  it('speaks the language on the screen', () => {
    locale.use('en');
    expect(wordedAs('contact created')?.operations).toEqual(['contact_created']);
    expect(wordedAs('contato criado')).toBeNull();
  });

  it('has nothing to add to a name, a number or a single letter', () => {
    for (const search of ['Marina Duarte', '98765-4321', 'c', '  ', '?']) {
      expect(wordedAs(search), search).toBeNull();
    }
  });

  it('is asked of the core for the list, for what is new and for the export', async () => {
    const core = fakeBackend('usual');
    const tail = new LogTail((request) => core.call('log_list', request));
    await tail.ask({ ...EVERY_ROW, search: 'Lead criado' });
    expect(tail.rows.length).toBeGreaterThan(0);
    const meant = ['lead_created', 'lead_sent'];
    expect(tail.rows.every((row) => meant.includes(row.operation))).toBe(true);
    tail.append([tail.rows[0]!], 0);
    const asked = core.calls.map((call) => call.request);
    expect(asked).toHaveLength(2);
    for (const request of [...asked, tail.request]) {
      expect(request).toMatchObject({
        search: 'Lead criado',
        worded: { operations: meant }
      });
    }
  });
});
