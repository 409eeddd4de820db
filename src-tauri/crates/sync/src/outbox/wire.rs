//! Promised changes in Kommo's words.

use crate::pull::wire_kind;
use cadencia_domain::card_value::CardValue;
use cadencia_domain::field::FieldItem;
use cadencia_domain::id::KommoStatusId;
use cadencia_domain::work::EntityRef;
use cadencia_domain::write::Write;
use kommo::contacts::ContactWrite;
use kommo::field_values::FieldWrite;
use kommo::leads::{LeadPatch, LinkedContact, NewLead, NewLeadParts};
use kommo::notes::NewNote;
use kommo::tags::TagRef;
use kommo::tasks::NewTask;
use std::collections::BTreeMap;

/// One patch per lead.
pub(super) fn lead_patches(cards: &BTreeMap<i64, Vec<&Write>>) -> Vec<LeadPatch> {
    cards
        .iter()
        .map(|(id, writes)| {
            let mut patch =
                LeadPatch { id: Some(*id), request_id: Some(id.to_string()), ..LeadPatch::default() };
            for write in writes {
                match write {
                    Write::Edit { wanted, .. } => put_into_lead(&mut patch, wanted),
                    Write::Tag { name, is_added: true, .. } => {
                        patch.tags_to_add.push(TagRef::Name(name.clone()));
                    }
                    Write::Tag { name, .. } => patch.tags_to_delete.push(TagRef::Name(name.clone())),
                    _ => {}
                }
            }
            patch
        })
        .collect()
}

fn put_into_lead(patch: &mut LeadPatch, wanted: &CardValue) {
    match wanted {
        CardValue::Name { text } => patch.name = Some(text.clone()),
        CardValue::Price { cents } => patch.price = Some(cents / 100),
        CardValue::Stage { pipeline, status, loss_reason } => {
            patch.pipeline_id = Some(pipeline.0);
            patch.status_id = Some(status.0);
            patch.loss_reason_id = loss_reason.filter(|_| *status == KommoStatusId::LOST).map(|id| id.0);
        }
        CardValue::Responsible { user } => patch.responsible_user_id = user.map(|id| id.0),
        CardValue::Field { field, items } => patch.custom_fields_values.push(field_write(field.0, items)),
    }
}

/// One patch per person.
pub(super) fn contact_patches(cards: &BTreeMap<i64, Vec<&Write>>) -> Vec<ContactWrite> {
    cards
        .iter()
        .map(|(id, writes)| {
            let mut patch =
                ContactWrite { id: Some(*id), request_id: Some(id.to_string()), ..ContactWrite::default() };
            for write in writes {
                let Write::Edit { wanted, .. } = write else { continue };
                match wanted {
                    CardValue::Name { text } => patch.name = Some(text.clone()),
                    CardValue::Responsible { user } => patch.responsible_user_id = user.map(|id| id.0),
                    CardValue::Field { field, items } => {
                        patch.custom_fields_values.push(field_write(field.0, items));
                    }
                    CardValue::Price { .. } | CardValue::Stage { .. } => {}
                }
            }
            patch
        })
        .collect()
}

fn field_write(field: i64, items: &[FieldItem]) -> FieldWrite {
    if items.is_empty() {
        return FieldWrite::clear(field);
    }
    let items = items
        .iter()
        .map(|item| kommo::field_values::FieldItem {
            value: item.value.clone(),
            enum_id: item.enum_id,
            enum_code: item.enum_code.clone().filter(|_| item.enum_id.is_none()),
        })
        .collect();
    FieldWrite::raw(field, items)
}

/// A note with the date it was written here.
pub(super) fn note(about: EntityRef, text: &str, marker_at_s: i64, intent: &str) -> NewNote {
    let mut note = NewNote::text(about.kommo_id, text);
    note.created_at = Some(marker_at_s);
    note.request_id = Some(intent.to_owned());
    note
}

/// A task with the date it was asked for here.
pub(super) fn task(write: &Write, marker_at_s: i64, intent: &str) -> Option<NewTask> {
    let Write::Task { about, text, task_type, due_at, responsible } = write else { return None };
    Some(NewTask {
        text: text.clone(),
        complete_till: due_at.unix_seconds(),
        responsible_user_id: responsible.map(|id| id.0),
        entity_id: Some(about.kommo_id),
        entity_type: Some(wire_kind(about.kind)),
        task_type_id: Some(*task_type),
        created_at: Some(marker_at_s),
        request_id: Some(intent.to_owned()),
        ..NewTask::default()
    })
}

/// A lead with the date it was asked for here.
pub(super) fn lead(write: &Write, marker_at_s: i64, intent: &str) -> Option<NewLead> {
    let Write::Lead(lead) = write else { return None };
    Some(NewLead {
        name: Some(lead.name.clone()),
        price: Some(lead.price_cents / 100),
        status_id: Some(lead.status.0),
        pipeline_id: Some(lead.pipeline.0),
        responsible_user_id: lead.responsible.map(|id| id.0),
        created_at: Some(marker_at_s),
        request_id: Some(intent.to_owned()),
        embedded: NewLeadParts {
            tags: lead.tags.iter().map(|name| TagRef::Name(name.clone())).collect(),
            contacts: lead
                .contacts
                .iter()
                .enumerate()
                .map(|(place, id)| LinkedContact { id: id.0, is_main: place == 0 })
                .collect(),
            companies: Vec::new(),
        },
        ..NewLead::default()
    })
}
