//! Users, pipelines, fields, tags and everything else a lead refers to.

use serde_json::{Value, json};

use super::stages;
use crate::chance::uuid_of;
use crate::state::{
    Account, Bot, Enum, FIRST_KIND, Field, FieldType, IdKind, Ids, Kind, LOST, LossReason, Pipeline, Rights,
    Source, Status, TaskType, User, WON, World,
};

pub(crate) const SOURCE_NAMES: [(&str, &str); 5] = [
    ("WhatsApp Solar Horizonte", "waba"),
    ("Instagram", "instagram_business"),
    ("Facebook", "facebook"),
    ("Site", "onlinechat"),
    ("Indicação", "referral"),
];

const PEOPLE: [(&str, &str, bool, bool); 8] = [
    ("Marina Duarte", "marina", true, true),
    ("Rafael Nogueira", "rafael", false, true),
    ("Camila Prado", "camila", false, true),
    ("Thiago Bittencourt", "thiago", false, true),
    ("Larissa Fontes", "larissa", false, true),
    ("Bruno Siqueira", "bruno", false, true),
    ("Assistente SDR", "sdr", false, true),
    ("Otávio Reis", "otavio", false, false),
];

pub(super) fn account(seed: u64, now: i64) -> Account {
    Account {
        id: 32_000_000 + (seed % 900_000) as u32,
        name: "Solar Horizonte".to_owned(),
        subdomain: "solarhorizonte".to_owned(),
        created_at: now - 2 * 365 * 24 * 60 * 60,
        country: "BR".to_owned(),
        currency: "BRL".to_owned(),
        currency_symbol: "R$".to_owned(),
        timezone: "America/Sao_Paulo".to_owned(),
        timezone_offset: "-03:00".to_owned(),
        amojo_id: uuid_of(seed, "amojo"),
        chat_quota: 10_000,
    }
}

/// The administrator is the first user, so tokens can be issued before the users are there.
pub(super) fn owner_id(seed: u64) -> u32 {
    Ids::new(seed).next(IdKind::User)
}

pub(super) fn fill(world: &mut World, now: i64) {
    users(world);
    task_types(world);
    pipelines(world);
    lead_fields(world);
    contact_fields(world);
    company_fields(world);
    tags(world);
    loss_reasons(world, now);
    sources(world);
    bots(world);
}

fn users(world: &mut World) {
    for (name, login, is_admin, is_active) in PEOPLE {
        let id = world.ids.next(IdKind::User);
        world.users.push(User {
            id,
            name: name.to_owned(),
            email: format!("{login}@solarhorizonte.example"),
            lang: "pt".to_owned(),
            uuid: uuid_of(world.seed, login),
            amojo_id: uuid_of(world.seed, &format!("amojo {login}")),
            phone: None,
            rights: Rights { is_admin, is_active, view: "A" },
        });
    }
}

fn task_types(world: &mut World) {
    let known = [
        (1, "Acompanhamento", Some("FOLLOW_UP")),
        (2, "Reunião", Some("MEETING")),
        (2_900_001, "Visita técnica", None),
        (2_900_003, "Enviar proposta", None),
    ];
    for (id, name, code) in known {
        world.task_types.push(TaskType {
            id,
            name: name.to_owned(),
            code: code.map(str::to_owned),
            color: code.is_none().then(|| "cc0000".to_owned()),
        });
    }
}

fn pipelines(world: &mut World) {
    let main: Vec<(&str, &str)> = stages::MAIN.iter().map(|(name, color, _)| (*name, *color)).collect();
    add_pipeline(world, "Vendas", 10, true, &main);
    add_pipeline(world, "Pós-venda", 20, false, &stages::AFTER_SALES);
}

fn add_pipeline(world: &mut World, name: &str, sort: i64, is_main: bool, stages: &[(&str, &str)]) {
    let id = world.ids.next(IdKind::Pipeline);
    let mut statuses = vec![Status {
        id: world.ids.next(IdKind::Status),
        name: "Leads de entrada".to_owned(),
        sort: 0,
        is_editable: false,
        color: "#c1c1c1".to_owned(),
        kind: FIRST_KIND,
    }];
    for (index, (name, color)) in stages.iter().enumerate() {
        statuses.push(Status {
            id: world.ids.next(IdKind::Status),
            name: (*name).to_owned(),
            sort: index as i64 + 1,
            is_editable: true,
            color: (*color).to_owned(),
            kind: 0,
        });
    }
    for (id, name, color) in [(WON, "Fechado/Ganho", "#CCFF66"), (LOST, "Fechado/Perdido", "#D5D8DB")] {
        let (name, color) = (name.to_owned(), color.to_owned());
        statuses.push(Status { id, name, sort: 0, is_editable: false, color, kind: 0 });
    }
    let mut pipeline = Pipeline {
        id,
        name: name.to_owned(),
        sort,
        is_main,
        is_unsorted_on: true,
        is_archive: false,
        statuses,
    };
    pipeline.normalise();
    world.pipelines.push(pipeline);
}

fn add_field(
    world: &mut World,
    kind: Kind,
    name: &str,
    field_type: FieldType,
    code: Option<&str>,
    enums: &[&str],
) {
    let is_predefined = code.is_some();
    let enums = enums
        .iter()
        .enumerate()
        .map(|(index, value)| Enum {
            id: world.ids.next(IdKind::Enum),
            value: (*value).to_owned(),
            // The kinds of phones and addresses are known by their codes.
            code: (field_type == FieldType::Multitext).then(|| (*value).to_owned()),
            sort: if field_type == FieldType::Multitext {
                (index as i64 + 1) * 2
            } else {
                (index as i64 + 1) * 10
            },
        })
        .collect();
    let field = Field {
        id: world.ids.next(IdKind::Field),
        name: name.to_owned(),
        kind: field_type,
        code: code.map(str::to_owned),
        sort: 500 + world.fields(kind).len() as i64,
        is_api_only: false,
        is_predefined,
        is_deletable: !is_predefined,
        enums,
        group_id: if field_type == FieldType::TrackingData { Some("statistic".to_owned()) } else { None },
        required_statuses: json!([]),
        currency: (field_type == FieldType::Monetary).then(|| "BRL".to_owned()),
        remind: (field_type == FieldType::Birthday).then(|| "never".to_owned()),
    };
    world.fields_mut(kind).push(field);
}

fn lead_fields(world: &mut World) {
    use FieldType::{DateTime, Monetary, Numeric, Select, Text, Textarea, TrackingData, Url};
    let kind = Kind::Lead;
    let sources = ["WhatsApp", "Website", "Indicação", "Facebook", "Instagram"];
    let solutions =
        ["Usina própria", "Usina parceira", "Desconto >R$4000", "Desconto <R$4000", "Investimento"];
    let meetings = ["agendada", "realizada", "não compareceu", "cancelada"];
    add_field(world, kind, "Origem do Lead", Select, None, &sources);
    add_field(world, kind, "WhatsApp", Text, None, &[]);
    add_field(world, kind, "Valor Conta de Luz", Monetary, None, &[]);
    add_field(world, kind, "Tipo de Solução", Select, None, &solutions);
    add_field(world, kind, "Desconto Atual", Text, None, &[]);
    add_field(world, kind, "Concorrente", Text, None, &[]);
    add_field(world, kind, "Score de Qualificação", Numeric, None, &[]);
    add_field(world, kind, "Notas da IA", Textarea, None, &[]);
    add_field(world, kind, "Tentativas de Follow-up", Numeric, None, &[]);
    add_field(world, kind, "Data/Hora Reunião", DateTime, None, &[]);
    add_field(world, kind, "Status da Reunião", Select, None, &meetings);
    add_field(world, kind, "Link do Calendário", Url, None, &[]);
    add_field(world, kind, "Texto do Follow-up", Textarea, None, &[]);
    add_field(world, kind, "utm_source", TrackingData, Some("UTM_SOURCE"), &[]);
}

const PHONE_KINDS: [&str; 6] = ["WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"];
const EMAIL_KINDS: [&str; 3] = ["WORK", "PRIV", "OTHER"];

fn contact_fields(world: &mut World) {
    let kind = Kind::Contact;
    add_field(world, kind, "Telefone", FieldType::Multitext, Some("PHONE"), &PHONE_KINDS);
    add_field(world, kind, "E-mail", FieldType::Multitext, Some("EMAIL"), &EMAIL_KINDS);
    add_field(world, kind, "Cargo", FieldType::Text, Some("POSITION"), &[]);
    add_field(world, kind, "Aniversário", FieldType::Birthday, None, &[]);
    add_field(world, kind, "Perfil", FieldType::Radiobutton, None, &["Residencial", "Comercial", "Rural"]);
    add_field(world, kind, "Aceita contato", FieldType::Checkbox, None, &[]);
}

fn company_fields(world: &mut World) {
    let kind = Kind::Company;
    add_field(world, kind, "Telefone", FieldType::Multitext, Some("PHONE"), &PHONE_KINDS);
    add_field(world, kind, "E-mail", FieldType::Multitext, Some("EMAIL"), &EMAIL_KINDS);
    add_field(world, kind, "Site", FieldType::Url, Some("WEB"), &[]);
    add_field(world, kind, "Endereço", FieldType::Textarea, Some("ADDRESS"), &[]);
}

fn tags(world: &mut World) {
    let names = [
        "WhatsApp Lead",
        "Lead Quente",
        "Lead Morno",
        "Lead Frio",
        "Alto Valor",
        "Médio Valor",
        "Tem Concorrente",
        "Já Tem Desconto",
        "Urgente",
        "Alto Engajamento",
        "Lead Qualificado",
        "Reunião Agendada",
        "Cliente Fechado",
        "Lead Perdido",
        "Follow-up 1",
        "Follow-up 2",
        "Sem Resposta",
        "Reativado",
    ];
    for name in names {
        world.tag_named(Kind::Lead, name);
    }
    for name in ["VIP", "Síndico", "Indicador"] {
        world.tag_named(Kind::Contact, name);
    }
}

fn loss_reasons(world: &mut World, now: i64) {
    let names = [
        "Preço acima do esperado",
        "Fechou com concorrente",
        "Sem resposta",
        "Imóvel alugado",
        "Sem perfil de consumo",
        "Crédito negado",
        "Adiou a decisão",
    ];
    for (index, name) in names.into_iter().enumerate() {
        let id = world.ids.next(IdKind::LossReason);
        let sort = (index as i64 + 1) * 10_000;
        let created_at = now - 600 * 24 * 60 * 60;
        world.loss_reasons.push(LossReason { id, name: name.to_owned(), sort, created_at });
    }
}

fn sources(world: &mut World) {
    for (index, (name, origin)) in SOURCE_NAMES.into_iter().enumerate() {
        let id = world.ids.next(IdKind::Source);
        let services: Value = if origin == "waba" {
            json!([{"type": "whatsapp", "pages": [{"name": name, "id": "5511940000000", "link": "5511940000000"}],
                "params": {"waba": true, "is_supports_list_message": true}}])
        } else {
            json!([])
        };
        world.sources.push(Source {
            id,
            name: name.to_owned(),
            pipeline_id: world.pipelines.first().map(|pipeline| pipeline.id),
            external_id: format!("seed-{}", index + 1),
            is_default: index == 0,
            origin_code: Some(origin.to_owned()),
            services,
            is_own: false,
        });
    }
}

fn bots(world: &mut World) {
    let text_field = world.field_by_name(Kind::Lead, "Texto do Follow-up").map_or(0, |field| field.id);
    let known = [
        ("Follow-up pelo campo", format!("{{{{lead.cf.{text_field}}}}}")),
        ("Boas-vindas", "Olá! Aqui é da Solar Horizonte ☀️ Como posso ajudar?".to_owned()),
    ];
    for (name, text) in known {
        let id = world.ids.next(IdKind::Bot);
        world.bots.push(Bot { id, name: name.to_owned(), text, is_active: true });
    }
}
