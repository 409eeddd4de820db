import type {
  ContactView,
  FieldValueView,
  LeadCreateRequest,
  LeadDetail,
  LeadRow
} from '../contract.gen';
import { event } from './leads';
import { FIELDS } from './structure';

const MINUTE = 60_000;
const now = Date.now();
const soon = String(Math.floor(now / 1000) + 172_800);

/** What stands in the fields of every lead, by the field's place. */
const VALUES: string[][] = [
  ['Indicação'],
  ['Origo'],
  ['4250'],
  ['78'],
  [soon],
  ['Quer visita. Pergunta muito pelo prazo de instalação.'],
  ['Painel solar', 'Bateria'],
  ['true'],
  ['https://www.estreladosul.com.br']
];

function fieldValue(index: number): FieldValueView {
  const field = FIELDS[index]!;
  const values = VALUES[index] ?? [];
  return {
    field_id: field.kommo_id,
    name: field.name,
    kind: field.kind,
    values,
    enum_ids: field.options
      .filter((option) => values.includes(option.label))
      .map((option) => option.enum_id)
  };
}

function kindOf(code: string, label: string): number | null {
  const field = FIELDS.find((one) => one.code === code);
  return field?.options.find((one) => one.label === label)?.enum_id ?? null;
}

function contact(lead: LeadRow, isMain: boolean): ContactView {
  const number = lead.kommo_id + (isMain ? 1 : 500_001);
  const phone = isMain ? lead.phone : '+551132105544';
  return {
    id: `${lead.id}-${isMain ? 'c' : 'd'}`,
    kommo_id: number,
    name: isMain ? (lead.contact_name ?? '') : 'Financeiro',
    is_main: isMain,
    phones: phone ? [{ typed: phone, e164: phone, enum_id: kindOf('PHONE', 'MOB') }] : [],
    emails: [
      {
        text: isMain ? 'contato@example.com.br' : 'financeiro@example.com.br',
        enum_id: kindOf('EMAIL', 'WORK')
      }
    ],
    fields: isMain
      ? [
          {
            field_id: FIELDS.find((field) => field.code === 'POSITION')!.kommo_id,
            name: 'Cargo',
            kind: 'text',
            values: ['Proprietária'],
            enum_ids: []
          }
        ]
      : [],
    pending: [],
    web_url: `https://solarhorizonte.kommo.com/contacts/detail/${number}`
  };
}

const SAID: [isIncoming: boolean, minutes: number, text: string][] = [
  [true, 12, 'Consegue passar aqui amanhã de manhã?'],
  [false, 15, 'Sim, a visita leva uns 40 minutos.'],
  [true, 21, ''],
  [false, 60, 'Pode me mandar uma foto da última conta de luz?'],
  [true, 64, 'Boa tarde. Vi o anúncio e queria saber quanto fica para uma padaria.']
];

export function freshDetail(lead: LeadRow): LeadDetail {
  return {
    row: lead,
    web_url: `https://solarhorizonte.kommo.com/leads/detail/${lead.kommo_id}`,
    deleted_at_ms: null,
    closed_at_ms: null,
    loss_reason: null,
    company: { kommo_id: 44, name: 'Estrela do Sul Alimentos' },
    contacts: [contact(lead, true), ...(lead.kommo_id % 9 === 7 ? [contact(lead, false)] : [])],
    fields: FIELDS.flatMap((field, index) => (field.entity === 'lead' ? [fieldValue(index)] : [])),
    tasks: [
      {
        kommo_id: lead.kommo_id * 10,
        text: 'Contatar lead quente para agendamento',
        task_type: 'Ligar',
        due_at_ms: now + 50 * MINUTE,
        is_completed: false,
        result: null,
        responsible_id: lead.responsible_id
      }
    ],
    notes: [
      {
        kommo_id: 2,
        kind: 'common',
        text: 'Conta de luz perto de R$ 4.250. Decide junto com o sócio.',
        created_by: 301,
        created_at_ms: now - 90 * MINUTE,
        is_pinned: false
      }
    ],
    events: [
      event('lead_status_changed', 3, 'Novo Lead', 'Em Qualificação'),
      event('entity_tag_added', 4, null, 'Lead Quente'),
      event('incoming_chat_message', 12, null, null),
      event('lead_added', 2000, null, null)
    ],
    messages: SAID.map(([is_incoming, minutes, text], index) => ({
      kommo_id: `m${index}`,
      is_incoming,
      text,
      origin: 'waba',
      created_at_ms: now - minutes * MINUTE
    })),
    pending: [],
    pending_work: [],
    synced_at_ms: now - 8000
  };
}

/** A lead that somebody just made. */
export function freshRow(asked: LeadCreateRequest, number: number): LeadRow {
  return {
    id: `0192f0a0-0000-7000-8000-${String(number).padStart(12, '9')}`,
    kommo_id: 9_990_000 + number,
    name: asked.name,
    price: asked.price,
    pipeline_id: asked.pipeline_id,
    status_id: asked.status_id,
    responsible_id: asked.responsible_id ?? null,
    contact_name: null,
    phone: null,
    tags: asked.tags.map((name, index) => ({ kommo_id: 700 + index, name, color: null })),
    created_at_ms: Date.now(),
    updated_at_ms: Date.now(),
    next_task_at_ms: null,
    is_pending: true
  };
}
