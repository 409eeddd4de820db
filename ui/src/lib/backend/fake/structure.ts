import type {
  FieldView,
  MappingView,
  PipelineView,
  StageViewKind,
  TagView,
  UserView
} from '../contract.gen';

type StageSeed = [status: number, name: string, color: string, kind: StageViewKind, leads: number];

const SOLAR: StageSeed[] = [
  [9100, 'Etapa de leads de entrada', '#c1c1c1', 'incoming', 12],
  [9101, 'Novo Lead', '#98cbff', 'ordinary', 341],
  [9102, 'Em Qualificação', '#ffeab2', 'ordinary', 1208],
  [9103, 'Qualificado', '#c1e0ff', 'ordinary', 412],
  [9104, 'Reunião Agendada', '#deff81', 'ordinary', 96],
  [9105, 'Reunião Confirmada', '#87f2c0', 'ordinary', 58],
  [9106, 'Em Negociação', '#fff000', 'ordinary', 203],
  [9107, 'Proposta Enviada', '#f9deff', 'ordinary', 132],
  [142, 'Fechado / Ganho', '#ccff66', 'won', 842],
  [143, 'Fechado / Perdido', '#d5d8db', 'lost', 4910]
];

const AFTER: StageSeed[] = [
  [9200, 'Etapa de leads de entrada', '#c1c1c1', 'incoming', 0],
  [9201, 'Instalação agendada', '#98cbff', 'ordinary', 24],
  [9202, 'Em homologação', '#ffeab2', 'ordinary', 41],
  [142, 'Fechado / Ganho', '#ccff66', 'won', 310],
  [143, 'Fechado / Perdido', '#d5d8db', 'lost', 7]
];

function pipeline(id: number, name: string, isMain: boolean, seeds: StageSeed[]): PipelineView {
  return {
    kommo_id: id,
    name,
    is_main: isMain,
    is_archived: false,
    stages: seeds.map(([status, stage, color, kind, leads]) => ({
      pipeline_id: id,
      status_id: status,
      name: stage,
      color,
      kind,
      lead_count: leads,
      value: leads * 17_430
    }))
  };
}

export const PIPELINES = [
  pipeline(7001, 'SolarPrime', true, SOLAR),
  pipeline(7002, 'Pós-venda', false, AFTER)
];

export const USERS: UserView[] = [
  ['Ana Ribeiro', true, 402],
  ['Bruno Teixeira', false, 618],
  ['Carla Menezes', false, 587],
  ['Diego Farias', false, 611]
].map(([name, admin, open], index) => ({
  kommo_id: 301 + index,
  name: name as string,
  is_admin: admin as boolean,
  is_active: true,
  open_leads: open as number
}));

export const TAGS: TagView[] = [
  ['WhatsApp Lead', null],
  ['Lead Quente', '#ff8f92'],
  ['Lead Morno', '#ffdc7f'],
  ['Lead Frio', '#98cbff'],
  ['Alto Valor', '#87f2c0'],
  ['Urgente', '#ff8f92']
].map(([name, color], index) => ({
  kommo_id: 501 + index,
  name: name as string,
  color: color as string | null
}));

type FieldSeed = [
  entity: FieldView['entity'],
  name: string,
  kind: string,
  options?: string[],
  code?: string
];

const FIELD_SEEDS: FieldSeed[] = [
  [
    'lead',
    'Origem do Lead',
    'select',
    ['WhatsApp', 'Website', 'Indicação', 'Facebook', 'Instagram']
  ],
  ['lead', 'Concorrente', 'text'],
  ['lead', 'Valor Conta de Luz', 'monetary'],
  ['lead', 'Score de Qualificação', 'numeric'],
  ['lead', 'Data/Hora Reunião', 'date_time'],
  ['lead', 'Notas da IA', 'textarea'],
  [
    'lead',
    'Interesses',
    'multiselect',
    ['Painel solar', 'Bateria', 'Carro elétrico', 'Mercado livre']
  ],
  ['lead', 'Tem telhado próprio', 'checkbox'],
  ['lead', 'Site', 'url'],
  ['lead', 'Previsão de fechamento', 'date'],
  ['lead', 'Tipo de instalação', 'radiobutton', ['Telhado', 'Solo', 'Estacionamento']],
  ['lead', 'Endereço da obra', 'smart_address'],
  ['lead', 'Proposta', 'file'],
  ['contact', 'Telefone', 'multitext', ['WORK', 'WORKDD', 'MOB', 'FAX', 'HOME', 'OTHER'], 'PHONE'],
  ['contact', 'E-mail', 'multitext', ['WORK', 'PRIV', 'OTHER'], 'EMAIL'],
  ['contact', 'Cargo', 'text', [], 'POSITION'],
  ['contact', 'Aniversário', 'birthday']
];

export const FIELDS: FieldView[] = FIELD_SEEDS.map(
  ([entity, name, kind, options, code], index) => ({
    kommo_id: 1246490 + index,
    entity,
    name,
    kind,
    code: code ?? null,
    options: (options ?? []).map((label, place) => ({ enum_id: 800 + index * 20 + place, label }))
  })
);

export function mapping(accountId: string): MappingView {
  return {
    account_id: accountId,
    pipelines: PIPELINES,
    fields: FIELDS,
    users: USERS,
    current_user_id: USERS[0]!.kommo_id,
    users_refused: false,
    tags: TAGS,
    loss_reasons: ['Preço', 'Sem interesse', 'Comprou de outro', 'Não respondeu'].map(
      (name, index) => ({
        kommo_id: 900 + index,
        name
      })
    ),
    task_types: ['Follow-up', 'Reunião', 'Ligar', 'Enviar proposta'].map((name, index) => ({
      kommo_id: index + 1,
      name
    })),
    proposals: []
  };
}
