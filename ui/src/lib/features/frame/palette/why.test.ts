import { beforeEach, describe, expect, it } from 'vitest';
import { setBackend } from '$lib/backend';
import { fakeBackend } from '$lib/backend/fake';
import { freshDetail } from '$lib/backend/fake/detail';
import { LEADS } from '$lib/backend/fake/leads';
import { locale } from '$lib/i18n';
import { accounts } from '$lib/state/accounts.svelte';
import { sync } from '$lib/state/sync.svelte';
import { actions } from './commands';
import { sources } from './sources';
import { isUnexplained, whyOf, whyOfDetail } from './why';

const lead = {
  ...LEADS[0]!,
  name: 'Padaria Estrela',
  contact_name: 'Marina Duarte',
  phone: '+5511987654417',
  kommo_id: 9375000,
  tags: [{ kommo_id: 1, name: 'Lead Quente', color: null }]
};

beforeEach(() => locale.use('pt-BR'));

describe('why a lead was found', () => {
  it('needs no words when its name says it', () => {
    expect(whyOf(lead, 'padaria')).toBeNull();
    expect(isUnexplained(lead, 'padaria')).toBe(false);
  });

  it.each([
    ['4417', '+55 11 98765-4417'],
    ['(11) 98765', '+55 11 98765-4417'],
    ['11 8765-4417', '+55 11 98765-4417'],
    ['011987654417', '+55 11 98765-4417'],
    ['quente', 'Lead Quente'],
    ['padaria quente', 'Lead Quente'],
    ['marina', 'Marina Duarte'],
    ['9375', '#9375000']
  ])('is, for %s, %s', (search, why) => {
    expect(whyOf(lead, search)).toBe(why);
  });

  it('is looked for in the whole lead when the row does not tell', () => {
    expect(isUnexplained(lead, 'contato@example')).toBe(true);
    const detail = { ...freshDetail(LEADS[0]!), row: lead };
    const field = (name: string, kind: string, value: string) => ({
      field_id: 1,
      name,
      kind,
      values: [value],
      enum_ids: []
    });
    detail.fields = [
      field('Origem', 'select', 'Indicação'),
      field('WhatsApp', 'text', '5521912345678'),
      field('Visita', 'date', '1763866800')
    ];
    expect(whyOfDetail(detail, 'contato@exa')).toBe('contato@example.com.br');
    expect(whyOfDetail(detail, 'alimentos')).toBe('Estrela do Sul Alimentos');
    expect(whyOfDetail(detail, 'indicacao')).toBe('Origem: Indicação');
    expect(whyOfDetail(detail, '12345678')).toBe('WhatsApp: +55 21 91234-5678');
    expect(whyOfDetail(detail, '1763866')).toBeNull();
    expect(whyOfDetail(detail, 'origem')).toBeNull();
  });
});

describe('the lines of the palette', () => {
  it('show phones whole, as the table does, and read only the leads that do not explain themselves', async () => {
    const core = fakeBackend('usual');
    setBackend(core);
    const from = sources(() => {});
    expect(from.leadItem(lead, null).hint).toBe('+55 11 98765-4417');
    expect(from.leadItem(lead, 'Lead Quente').hint).toBe('Lead Quente');
    const named = await from.search('marina', 3);
    expect(named.leads).toHaveLength(3);
    expect(core.calls.map((call) => call.command)).toEqual(['lead_list']);
    setBackend({
      ...core,
      call: (async (command: string) =>
        command === 'lead_list'
          ? { total: 1, offset: 0, rows: [lead] }
          : { ...freshDetail(LEADS[0]!), row: lead }) as never
    });
    const [found] = (await from.search('contato@example', 3)).leads;
    expect(found?.why).toBe('contato@example.com.br');
    setBackend(null);
  });

  it('offer to poll only while Kommo can be asked', async () => {
    const core = fakeBackend('usual');
    const status = await core.call('sync_status', {});
    accounts.apply({ ...(await core.call('account_list')), current_id: 'a1' });
    sync.apply(status);
    const poll = () => actions(() => {}).find((one) => one.id === 'action:poll');
    expect(poll()?.unavailable).toBeUndefined();
    sync.apply({ ...status, connection: 'needs_sign_in' });
    expect(poll()?.unavailable).toBe('Entre de novo no Kommo primeiro');
    sync.apply(status);
  });
});
