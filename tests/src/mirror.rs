//! The account as it is stored here, read beside the program.

use crate::expected::{Snapshot, sorted, stage_key};
use cadencia_domain::field::{EntityKind, FieldValue};
use cadencia_domain::lead::Tag;
use cadencia_domain::time::UtcMillis;
use cadencia_domain::work::EntityRef;
use cadencia_store::{
    AccountStore, Connection, StoreError, companies, contacts, leads, notes, pipelines, tags, tasks, users,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// More than any test's account has.
const ALL: u32 = 1_000_000;

pub(crate) async fn snapshot(store: &AccountStore) -> Snapshot {
    let read = store.read(|conn| {
        let mut all = Snapshot::new();
        all.insert("leads", leads_in(conn)?);
        all.insert("contacts", contacts_in(conn)?);
        all.insert("companies", companies_in(conn)?);
        all.insert("tasks", tasks_in(conn)?);
        all.insert("notes", notes_in(conn)?);
        all.insert("users", users_in(conn)?);
        all.insert("stages", stages_in(conn)?);
        all.insert("tags", tags_in(conn)?);
        Ok(all)
    });
    read.await.expect("the mirror can be read")
}

type Rows = Result<BTreeMap<i64, Value>, StoreError>;

fn leads_in(conn: &Connection) -> Rows {
    let stored = leads::page_after(conn, None, ALL)?.into_iter();
    let rows = stored.filter(|stored| stored.deleted_at.is_none()).map(|stored| {
        let lead = stored.lead;
        let contacts = lead.contacts.iter().map(|link| json!([link.contact.0, link.is_main])).collect();
        let row = json!({
            "name": lead.name,
            "price": lead.price_cents / 100,
            "pipeline": lead.pipeline.0,
            "status": lead.status.0,
            "responsible": lead.responsible.map(|id| id.0),
            "loss_reason": lead.loss_reason.map(|id| id.0),
            "source": lead.source.map(|id| id.0),
            "company": lead.company.map(|id| id.0),
            "contacts": sorted(contacts),
            "tags": names(&lead.tags),
            "values": values(&lead.fields),
            "created_by": lead.created_by.map(|id| id.0),
            "updated_by": lead.updated_by.map(|id| id.0),
            "created_at": seconds(lead.created_at),
            "updated_at": seconds(lead.updated_at),
            "closed_at": lead.closed_at.map(seconds),
        });
        (lead.kommo_id.0, row)
    });
    Ok(rows.collect())
}

fn contacts_in(conn: &Connection) -> Rows {
    let stored = contacts::page_after(conn, None, ALL)?.into_iter();
    let rows = stored.filter(|stored| stored.deleted_at.is_none()).map(|stored| {
        let contact = stored.contact;
        let row = json!({
            "name": contact.name,
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "responsible": contact.responsible.map(|id| id.0),
            "company": contact.company.map(|id| id.0),
            "is_unsorted": contact.is_unsorted,
            "tags": names(&contact.tags),
            "values": values(&contact.fields),
            "created_at": seconds(contact.created_at),
            "updated_at": seconds(contact.updated_at),
        });
        (contact.kommo_id.0, row)
    });
    Ok(rows.collect())
}

fn companies_in(conn: &Connection) -> Rows {
    let stored = companies::page_after(conn, None, ALL)?.into_iter();
    let rows = stored.filter(|company| !company.is_deleted).map(|company| {
        let row = json!({
            "name": company.name,
            "responsible": company.responsible.map(|id| id.0),
            "tags": names(&company.tags),
            "values": values(&company.fields),
            "created_at": seconds(company.created_at),
            "updated_at": seconds(company.updated_at),
        });
        (company.kommo_id.0, row)
    });
    Ok(rows.collect())
}

fn tasks_in(conn: &Connection) -> Rows {
    let rows = tasks::page_after(conn, None, ALL)?.into_iter().map(|task| {
        let row = json!({
            "about": task.about.map(about),
            "text": task.text,
            "type": task.task_type,
            "responsible": task.responsible.map(|id| id.0),
            "due_at": seconds(task.due_at),
            "is_completed": task.is_completed,
            "result": task.result,
            "created_at": seconds(task.created_at),
            "updated_at": seconds(task.updated_at),
        });
        (task.kommo_id.0, row)
    });
    Ok(rows.collect())
}

fn notes_in(conn: &Connection) -> Rows {
    let rows = notes::page_after(conn, None, ALL)?.into_iter().map(|note| {
        let row = json!({
            "about": about(note.about),
            "type": note.kind,
            "params": note.params,
            "created_by": note.created_by.map(|id| id.0),
            "created_at": seconds(note.created_at),
            "updated_at": seconds(note.updated_at),
        });
        (note.kommo_id.0, row)
    });
    Ok(rows.collect())
}

fn users_in(conn: &Connection) -> Rows {
    let known = users::list(conn)?.into_iter();
    Ok(known.map(|user| (user.kommo_id.0, json!({"name": user.name, "is_active": user.is_active}))).collect())
}

fn stages_in(conn: &Connection) -> Rows {
    let mut all = BTreeMap::new();
    for pipeline in pipelines::list(conn)? {
        for stage in &pipeline.stages {
            let key = stage_key(pipeline.kommo_id.0, stage.status.0);
            all.insert(key, json!({"pipeline": pipeline.name, "name": stage.name}));
        }
    }
    Ok(all)
}

fn tags_in(conn: &Connection) -> Rows {
    let known = tags::list(conn, EntityKind::Lead)?.into_iter();
    Ok(known.map(|tag| (tag.kommo_id.0, json!({"name": tag.name}))).collect())
}

fn names(tags: &[Tag]) -> Value {
    sorted(tags.iter().map(|tag| json!(tag.name)).collect())
}

fn values(fields: &[FieldValue]) -> Value {
    let shown = fields.iter().map(|field| {
        let items: Vec<Value> = field.items.iter().map(|item| json!([item.value, item.enum_id])).collect();
        json!([field.field.0, items])
    });
    sorted(shown.collect())
}

fn about(entity: EntityRef) -> Value {
    json!([entity.kind.as_str(), entity.kommo_id])
}

fn seconds(at: UtcMillis) -> i64 {
    at.unix_seconds()
}
