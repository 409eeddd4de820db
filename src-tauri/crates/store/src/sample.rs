//! Things to store in tests.

use cadencia_domain::contact::Contact;
use cadencia_domain::field::{FieldItem, FieldValue};
use cadencia_domain::id::{
    ContactId, KommoContactId, KommoFieldId, KommoLeadId, KommoPipelineId, KommoStatusId, KommoTagId, LeadId,
};
use cadencia_domain::lead::{Lead, LeadContact, Tag};
use cadencia_domain::time::UtcMillis;
use rusqlite::Connection;
use serde_json::json;

/// An account database in memory, for tests that need one connection.
pub(crate) fn account() -> Connection {
    crate::connection::in_memory(crate::migration::ACCOUNT).unwrap()
}

/// Runs `work` in a transaction that is kept.
pub(crate) fn write<T>(conn: &mut Connection, work: impl FnOnce(&rusqlite::Transaction<'_>) -> T) -> T {
    let tx = conn.transaction().unwrap();
    let result = work(&tx);
    tx.commit().unwrap();
    result
}

/// Identities that are told apart by their number.
pub(crate) fn lead_ids() -> impl FnMut() -> LeadId {
    let mut number = 0;
    move || {
        number += 1;
        LeadId::from_uuid(uuid::Uuid::from_u128(number))
    }
}

/// As [`lead_ids`].
pub(crate) fn contact_ids() -> impl FnMut() -> ContactId {
    let mut number = 0;
    move || {
        number += 1;
        ContactId::from_uuid(uuid::Uuid::from_u128(number))
    }
}

pub(crate) fn lead(kommo_id: i64, name: &str) -> Lead {
    Lead {
        kommo_id: KommoLeadId(kommo_id),
        name: name.to_owned(),
        price_cents: 100 * kommo_id,
        pipeline: KommoPipelineId(1),
        status: KommoStatusId(11),
        responsible: None,
        loss_reason: None,
        source: None,
        company: None,
        contacts: Vec::new(),
        tags: Vec::new(),
        fields: Vec::new(),
        created_by: None,
        updated_by: None,
        created_at: UtcMillis(kommo_id),
        updated_at: UtcMillis(1_000 + kommo_id),
        closed_at: None,
        closest_task_at: None,
        is_deleted: false,
    }
}

pub(crate) fn link(contact: i64, is_main: bool) -> LeadContact {
    LeadContact { contact: KommoContactId(contact), is_main }
}

pub(crate) fn tag(kommo_id: i64, name: &str) -> Tag {
    Tag { kommo_id: KommoTagId(kommo_id), name: name.to_owned(), color: None }
}

pub(crate) fn field(kommo_id: i64, kind: &str, value: serde_json::Value, enum_id: Option<i64>) -> FieldValue {
    FieldValue {
        field: KommoFieldId(kommo_id),
        name: "Campo".to_owned(),
        code: None,
        kind: kind.to_owned(),
        items: vec![FieldItem { value, enum_id, enum_code: None }],
    }
}

pub(crate) fn contact(kommo_id: i64, name: &str, phones: &[&str], emails: &[&str]) -> Contact {
    let multitext = |code: &str, texts: &[&str]| FieldValue {
        field: KommoFieldId(if code == "PHONE" { 901 } else { 902 }),
        name: code.to_owned(),
        code: Some(code.to_owned()),
        kind: "multitext".to_owned(),
        items: texts
            .iter()
            .map(|text| FieldItem { value: json!(text), enum_id: None, enum_code: Some("WORK".to_owned()) })
            .collect(),
    };
    let mut fields = Vec::new();
    if !phones.is_empty() {
        fields.push(multitext("PHONE", phones));
    }
    if !emails.is_empty() {
        fields.push(multitext("EMAIL", emails));
    }
    Contact {
        kommo_id: KommoContactId(kommo_id),
        name: name.to_owned(),
        first_name: None,
        last_name: None,
        responsible: None,
        company: None,
        fields,
        tags: Vec::new(),
        created_at: UtcMillis(kommo_id),
        updated_at: UtcMillis(1_000 + kommo_id),
        is_unsorted: false,
        is_deleted: false,
    }
}
