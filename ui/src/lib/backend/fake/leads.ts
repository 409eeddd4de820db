import type { EventView, LeadList, LeadListRequest, LeadRow, RecentEvent } from '../contract.gen';
import { PIPELINES, TAGS, USERS } from './structure';

const FIRST =
  'Marina Otávio Luciana Rafael Tereza Igor Helena Jorge Camila Antônio Bianca Sérgio'.split(' ');
const LAST =
  'Duarte Brandão Prado Nunes Campos Sampaio Vieira Moura Lacerda Bastos Queiroz Pires'.split(' ');
const FIRMS = [
  'Padaria Estrela do Sul',
  'Mercado Bom Preço',
  'Condomínio Aroeira',
  'Clínica Vida Nova'
];
const MINUTE = 60_000;
const now = Date.now();

/** A number in [0, 1) that is always the same for the same row and purpose. */
function chance(index: number, purpose: number): number {
  const x = Math.sin(index * 12.9898 + purpose * 78.233) * 43758.5453;
  return x - Math.floor(x);
}

const stages = PIPELINES[0]!.stages;
const total = stages.reduce((sum, stage) => sum + stage.lead_count, 0);

function stageOf(index: number) {
  let place = Math.floor(chance(index, 1) * total);
  for (const stage of stages) {
    if (place < stage.lead_count) return stage;
    place -= stage.lead_count;
  }
  return stages[1]!;
}

function row(index: number): LeadRow {
  const pick = <T>(list: readonly T[], purpose: number) =>
    list[Math.floor(chance(index, purpose) * list.length)]!;
  const person = `${pick(FIRST, 2)} ${pick(LAST, 3)}`;
  const stage = stageOf(index);
  const updated = now - Math.floor(index * 3.1 + chance(index, 4) * 30) * MINUTE;
  const digits = String(10_000_000 + Math.floor(chance(index, 5) * 89_999_999));
  return {
    id: `0192f0a0-0000-7000-8000-${String(index).padStart(12, '0')}`,
    kommo_id: 9_375_000 + index,
    name: index % 9 === 1 ? `${pick(FIRMS, 6)} ${Math.floor(index / 9) + 1}` : person,
    price: Math.round(chance(index, 7) * 90) * 1000,
    pipeline_id: stage.pipeline_id,
    status_id: stage.status_id,
    responsible_id: pick(USERS, 8).kommo_id,
    contact_name: person,
    phone: index % 37 === 5 ? null : `+55119${digits}`,
    tags: TAGS.filter((_, tag) => chance(index, 10 + tag) > 0.75),
    created_at_ms: updated - Math.floor(chance(index, 9) * 40_000) * MINUTE,
    updated_at_ms: updated,
    next_task_at_ms: index % 4 === 0 ? now + (index % 96) * 30 * MINUTE - 600 * MINUTE : null,
    is_pending: false
  };
}

export const LEADS: LeadRow[] = Array.from({ length: total }, (_, index) => row(index));

const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();

export function matches(lead: LeadRow, request: LeadListRequest): boolean {
  const words = plain(request.search ?? '')
    .split(/\s+/)
    .filter(Boolean);
  const text = plain(`${lead.name} ${lead.contact_name ?? ''} ${lead.phone ?? ''}`);
  if (!words.every((word) => text.includes(word))) return false;
  const filters = request.filters;
  if (!filters) return true;
  const closed = lead.status_id === 142 || lead.status_id === 143;
  const inStage = ({ pipeline_id, status_id }: { pipeline_id: number; status_id: number }) =>
    lead.pipeline_id === pipeline_id && lead.status_id === status_id;
  return (
    (!filters.stages?.length || filters.stages.some(inStage)) &&
    (!filters.pipeline_ids?.length || filters.pipeline_ids.includes(lead.pipeline_id)) &&
    (!filters.responsible_ids?.length ||
      filters.responsible_ids.includes(lead.responsible_id ?? 0)) &&
    (!filters.tag_ids?.length || lead.tags.some((tag) => filters.tag_ids.includes(tag.kommo_id))) &&
    (filters.is_open === undefined || filters.is_open === !closed) &&
    (filters.has_task === undefined || filters.has_task === (lead.next_task_at_ms !== null)) &&
    lead.price >= (filters.price_from ?? 0) &&
    lead.price <= (filters.price_to ?? Infinity) &&
    lead.created_at_ms >= (filters.created_from_ms ?? 0) &&
    lead.created_at_ms < (filters.created_to_ms ?? Infinity) &&
    lead.updated_at_ms >= (filters.updated_from_ms ?? 0) &&
    lead.updated_at_ms < (filters.updated_to_ms ?? Infinity)
  );
}

const KEYS: Record<string, (lead: LeadRow) => string | number> = {
  name: (lead) => plain(lead.name),
  price: (lead) => lead.price,
  stage: (lead) => stages.findIndex((stage) => stage.status_id === lead.status_id),
  responsible: (lead) => USERS.find((user) => user.kommo_id === lead.responsible_id)?.name ?? '',
  created: (lead) => lead.created_at_ms,
  updated: (lead) => lead.updated_at_ms,
  next_task: (lead) => lead.next_task_at_ms ?? Infinity
};

export function leadList(request: LeadListRequest): LeadList {
  const found = LEADS.filter((lead) => matches(lead, request));
  const { column, descending } = request.sort ?? { column: 'updated' as const, descending: true };
  const key = KEYS[column]!;
  found.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) * (descending ? -1 : 1));
  const offset = request.offset ?? 0;
  return {
    total: found.length,
    offset,
    rows: structuredClone(found.slice(offset, offset + (request.limit ?? 100)))
  };
}

export function event(
  kind: string,
  minutes: number,
  before: string | null,
  after: string | null
): EventView {
  return {
    kommo_id: `e-${kind}-${minutes}`,
    kind,
    created_at_ms: now - minutes * MINUTE,
    created_by: minutes % 2 ? 301 : null,
    before,
    after
  };
}

export function recent(): RecentEvent[] {
  const happened: [kind: string, minutes: number, before: string | null, after: string | null][] = [
    ['lead_status_changed', 1, 'Novo Lead', 'Em Qualificação'],
    ['incoming_chat_message', 4, null, null],
    ['entity_tag_added', 6, null, 'Lead Quente'],
    ['task_completed', 15, null, 'Ligação feita, quer proposta'],
    ['entity_responsible_changed', 22, 'Bruno Teixeira', 'Carla Menezes'],
    ['sale_field_changed', 41, '18000', '26500'],
    ['lead_added', 58, null, null]
  ];
  return happened.map(([kind, minutes, before, after], index) => ({
    lead_id: LEADS[index]!.id,
    lead_kommo_id: LEADS[index]!.kommo_id,
    lead_name: LEADS[index]!.name,
    event: event(kind, minutes, before, after)
  }));
}
