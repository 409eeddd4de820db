//! Leads, contacts and companies.

use serde_json::{Value, json};

use super::definitions::loss_reason;
use super::values::custom_fields_values;
use crate::hal::{object, self_link};
use crate::query::Query;
use crate::state::{Card, Company, Contact, Kind, Lead, World};

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

pub(crate) fn lead(world: &World, lead: &Lead, parts: LeadParts, base: &str) -> Value {
    let card = &lead.card;
    let companies: Vec<Value> = lead.company.iter().map(|id| linked(base, Kind::Company, *id)).collect();
    let mut embedded = object! {"tags": tags(world, Kind::Lead, card), "companies": companies};
    if parts.contacts {
        let contacts = lead.contacts.iter().map(|link| {
            object! {
                "id": link.id,
                "is_main": link.is_main,
                "_links": self_link(base, &format!("contacts/{}", link.id)),
            }
        });
        embedded["contacts"] = contacts.collect();
    }
    if parts.loss_reason {
        let reason = world.loss_reasons.iter().find(|reason| Some(reason.id) == lead.loss_reason_id);
        embedded["loss_reason"] = reason.map(|reason| loss_reason(reason, base)).into_iter().collect();
    }
    if parts.catalog_elements {
        embedded["catalog_elements"] = json!([]);
    }
    if parts.source {
        let source = world.sources.iter().find(|source| Some(source.id) == lead.source_id);
        embedded["source"] =
            source.map_or(Value::Null, |source| json!({"id": source.id, "name": source.name}));
    }
    let mut body = object! {
        "id": card.id,
        "name": card.name.as_str(),
        "price": lead.price,
        "responsible_user_id": card.responsible,
        "group_id": card.group_id,
        "status_id": lead.status_id,
        "pipeline_id": lead.pipeline_id,
        "loss_reason_id": lead.loss_reason_id,
        "created_by": card.created_by,
        "updated_by": card.updated_by,
        "created_at": card.created_at,
        "updated_at": card.updated_at,
        "closed_at": lead.closed_at,
        "closest_task_at": world.closest_task_at(Kind::Lead, card.id),
        "is_deleted": card.deleted_at.is_some(),
        "custom_fields_values": custom_fields_values(world, Kind::Lead, card),
        "score": Value::Null,
        "account_id": world.account.id,
        "labor_cost": Value::Null,
        "is_price_computed": false,
        "_links": self_link(base, &format!("leads/{}?page=1&limit=50", card.id)),
        "_embedded": embedded,
    };
    if parts.price_by_robot {
        body["is_price_modified_by_robot"] = json!(false);
    }
    if parts.source_id {
        body["source_id"] = json!(lead.source_id);
    }
    body
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

pub(crate) fn contact(world: &World, contact: &Contact, parts: ContactParts, base: &str) -> Value {
    let card = &contact.card;
    let companies: Vec<Value> = contact.company.iter().map(|id| linked(base, Kind::Company, *id)).collect();
    let mut embedded = object! {"tags": tags(world, Kind::Contact, card), "companies": companies};
    if parts.leads {
        embedded["leads"] = linked_leads(world, &contact.leads, base);
    }
    if parts.catalog_elements {
        embedded["catalog_elements"] = json!([]);
    }
    object! {
        "id": card.id,
        "name": card.name.as_str(),
        "first_name": contact.first_name.as_str(),
        "last_name": contact.last_name.as_str(),
        "responsible_user_id": card.responsible,
        "group_id": card.group_id,
        "created_by": card.created_by,
        "updated_by": card.updated_by,
        "created_at": card.created_at,
        "updated_at": card.updated_at,
        "closest_task_at": world.closest_task_at(Kind::Contact, card.id),
        "is_deleted": card.deleted_at.is_some(),
        "is_unsorted": contact.is_unsorted,
        "custom_fields_values": custom_fields_values(world, Kind::Contact, card),
        "account_id": world.account.id,
        "_links": self_link(base, &format!("contacts/{}", card.id)),
        "_embedded": embedded,
    }
}

pub(crate) fn company(world: &World, company: &Company, parts: ContactParts, base: &str) -> Value {
    let card = &company.card;
    let mut embedded = object! {"tags": tags(world, Kind::Company, card)};
    if parts.leads {
        embedded["leads"] = linked_leads(world, &company.leads, base);
    }
    if parts.contacts {
        let contacts = company.contacts.iter().filter(|id| world.live_card(Kind::Contact, **id).is_some());
        embedded["contacts"] = contacts.map(|id| linked(base, Kind::Contact, *id)).collect();
    }
    if parts.catalog_elements {
        embedded["catalog_elements"] = json!([]);
    }
    object! {
        "id": card.id,
        "name": card.name.as_str(),
        "responsible_user_id": card.responsible,
        "group_id": card.group_id,
        "created_by": card.created_by,
        "updated_by": card.updated_by,
        "created_at": card.created_at,
        "updated_at": card.updated_at,
        "closest_task_at": world.closest_task_at(Kind::Company, card.id),
        "is_deleted": card.deleted_at.is_some(),
        "custom_fields_values": custom_fields_values(world, Kind::Company, card),
        "account_id": world.account.id,
        "_links": self_link(base, &format!("companies/{}", card.id)),
        "_embedded": embedded,
    }
}

fn linked_leads(world: &World, leads: &[u32], base: &str) -> Value {
    leads
        .iter()
        .filter(|id| world.live_card(Kind::Lead, **id).is_some())
        .map(|id| linked(base, Kind::Lead, *id))
        .collect()
}

fn linked(base: &str, kind: Kind, id: u32) -> Value {
    object! {"id": id, "_links": self_link(base, &format!("{}/{id}", kind.plural()))}
}

pub(crate) fn tags(world: &World, kind: Kind, card: &Card) -> Value {
    card.tags
        .iter()
        .filter_map(|id| world.tags(kind).get(*id))
        .map(|tag| object! {"id": tag.id, "name": tag.name.as_str(), "color": tag.color.as_deref()})
        .collect()
}
