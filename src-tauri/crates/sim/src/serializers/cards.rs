//! Leads, contacts and companies. They borrow from the account and are written straight to text: pages of them
//! are most of what a client reads.

use serde::Serialize;
use serde_json::Value;

use super::definitions::loss_reason;
use super::values::{FieldJson, custom_fields_values};
use crate::query::Query;
use crate::state::{Card, Company, Contact, Kind, Lead, World};

/// `{"self":{"href":...}}`.
#[derive(Serialize)]
pub(crate) struct Links {
    #[serde(rename = "self")]
    own: Href,
}

#[derive(Serialize)]
struct Href {
    href: String,
}

fn links(base: &str, kind: Kind, id: u32, tail: &str) -> Links {
    Links { own: Href { href: format!("{base}/api/v4/{}/{id}{tail}", kind.plural()) } }
}

/// What every card shows.
#[derive(Serialize)]
pub(crate) struct CardJson<'a> {
    id: u32,
    name: &'a str,
    responsible_user_id: u32,
    group_id: u32,
    created_by: u32,
    updated_by: u32,
    created_at: i64,
    updated_at: i64,
    closest_task_at: Option<i64>,
    is_deleted: bool,
    custom_fields_values: Option<Vec<FieldJson<'a>>>,
    account_id: u32,
    #[serde(rename = "_links")]
    links: Links,
    #[serde(rename = "_embedded")]
    embedded: Embedded<'a>,
}

/// What hangs on a card. Only tags are always there.
#[derive(Default, Serialize)]
pub(crate) struct Embedded<'a> {
    tags: Vec<TagJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    companies: Option<Vec<LinkedJson>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts: Option<Vec<LinkedJson>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leads: Option<Vec<LinkedJson>>,
    /// An array, although a lead has at most one.
    #[serde(skip_serializing_if = "Option::is_none")]
    loss_reason: Option<Vec<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    catalog_elements: Option<[u8; 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Option<SourceJson<'a>>>,
}

#[derive(Serialize)]
struct TagJson<'a> {
    id: u32,
    name: &'a str,
    color: Option<&'a str>,
}

#[derive(Serialize)]
struct SourceJson<'a> {
    id: u32,
    name: &'a str,
}

/// Another card: only its id, never its name.
#[derive(Serialize)]
struct LinkedJson {
    id: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_main: Option<bool>,
    #[serde(rename = "_links")]
    links: Links,
}

fn linked(base: &str, kind: Kind, id: u32) -> LinkedJson {
    LinkedJson { id, is_main: None, links: links(base, kind, id, "") }
}

fn live(world: &World, base: &str, kind: Kind, ids: &[u32]) -> Vec<LinkedJson> {
    ids.iter().filter(|id| world.live_card(kind, **id).is_some()).map(|id| linked(base, kind, *id)).collect()
}

fn card_json<'a>(
    world: &'a World,
    kind: Kind,
    card: &'a Card,
    mut embedded: Embedded<'a>,
    links: Links,
) -> CardJson<'a> {
    let known = card.tags.iter().filter_map(|id| world.tags(kind).get(*id));
    embedded.tags =
        known.map(|tag| TagJson { id: tag.id, name: &tag.name, color: tag.color.as_deref() }).collect();
    CardJson {
        id: card.id,
        name: &card.name,
        responsible_user_id: card.responsible,
        group_id: card.group_id,
        created_by: card.created_by,
        updated_by: card.updated_by,
        created_at: card.created_at,
        updated_at: card.updated_at,
        closest_task_at: world.closest_task_at(kind, card.id),
        is_deleted: card.deleted_at.is_some(),
        custom_fields_values: custom_fields_values(world, kind, card),
        account_id: world.account.id,
        links,
        embedded,
    }
}

/// What a request's `with` asks for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LeadParts {
    contacts: bool,
    loss_reason: bool,
    price_by_robot: bool,
    catalog_elements: bool,
    source_id: bool,
    source: bool,
}

impl LeadParts {
    pub(crate) fn of(query: &Query) -> Self {
        Self {
            contacts: query.with("contacts"),
            loss_reason: query.with("loss_reason"),
            price_by_robot: query.with("is_price_modified_by_robot"),
            catalog_elements: query.with("catalog_elements"),
            source_id: query.with("source_id"),
            source: query.with("source"),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct LeadJson<'a> {
    #[serde(flatten)]
    card: CardJson<'a>,
    price: i64,
    status_id: u32,
    pipeline_id: u32,
    loss_reason_id: Option<u32>,
    closed_at: Option<i64>,
    score: Option<u32>,
    labor_cost: Option<u32>,
    is_price_computed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_price_modified_by_robot: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_id: Option<Option<u32>>,
}

pub(crate) fn lead<'a>(world: &'a World, lead: &'a Lead, parts: LeadParts, base: &str) -> LeadJson<'a> {
    let card = &lead.card;
    let mut embedded = Embedded {
        companies: Some(lead.company.iter().map(|id| linked(base, Kind::Company, *id)).collect()),
        ..Embedded::default()
    };
    if parts.contacts {
        let contacts = lead.contacts.iter();
        let contacts = contacts
            .map(|link| LinkedJson { is_main: Some(link.is_main), ..linked(base, Kind::Contact, link.id) })
            .collect();
        embedded.contacts = Some(contacts);
    }
    if parts.loss_reason {
        let reason = world.loss_reasons.iter().find(|reason| Some(reason.id) == lead.loss_reason_id);
        embedded.loss_reason = Some(reason.map(|reason| loss_reason(reason, base)).into_iter().collect());
    }
    embedded.catalog_elements = parts.catalog_elements.then_some([]);
    if parts.source {
        let source = world.sources.iter().find(|source| Some(source.id) == lead.source_id);
        embedded.source = Some(source.map(|source| SourceJson { id: source.id, name: &source.name }));
    }
    LeadJson {
        card: card_json(
            world,
            Kind::Lead,
            card,
            embedded,
            links(base, Kind::Lead, card.id, "?page=1&limit=50"),
        ),
        price: lead.price,
        status_id: lead.status_id,
        pipeline_id: lead.pipeline_id,
        loss_reason_id: lead.loss_reason_id,
        closed_at: lead.closed_at,
        score: None,
        labor_cost: None,
        is_price_computed: false,
        is_price_modified_by_robot: parts.price_by_robot.then_some(false),
        source_id: parts.source_id.then_some(lead.source_id),
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ContactParts {
    leads: bool,
    catalog_elements: bool,
    contacts: bool,
}

impl ContactParts {
    pub(crate) fn of(query: &Query) -> Self {
        Self {
            leads: query.with("leads"),
            catalog_elements: query.with("catalog_elements"),
            contacts: query.with("contacts"),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct ContactJson<'a> {
    #[serde(flatten)]
    card: CardJson<'a>,
    first_name: &'a str,
    last_name: &'a str,
    is_unsorted: bool,
}

pub(crate) fn contact<'a>(
    world: &'a World,
    contact: &'a Contact,
    parts: ContactParts,
    base: &str,
) -> ContactJson<'a> {
    let embedded = Embedded {
        companies: Some(contact.company.iter().map(|id| linked(base, Kind::Company, *id)).collect()),
        leads: parts.leads.then(|| live(world, base, Kind::Lead, &contact.leads)),
        catalog_elements: parts.catalog_elements.then_some([]),
        ..Embedded::default()
    };
    let links = links(base, Kind::Contact, contact.card.id, "");
    ContactJson {
        card: card_json(world, Kind::Contact, &contact.card, embedded, links),
        first_name: &contact.first_name,
        last_name: &contact.last_name,
        is_unsorted: contact.is_unsorted,
    }
}

pub(crate) fn company<'a>(
    world: &'a World,
    company: &'a Company,
    parts: ContactParts,
    base: &str,
) -> CardJson<'a> {
    let embedded = Embedded {
        leads: parts.leads.then(|| live(world, base, Kind::Lead, &company.leads)),
        contacts: parts.contacts.then(|| live(world, base, Kind::Contact, &company.contacts)),
        catalog_elements: parts.catalog_elements.then_some([]),
        ..Embedded::default()
    };
    card_json(world, Kind::Company, &company.card, embedded, links(base, Kind::Company, company.card.id, ""))
}
