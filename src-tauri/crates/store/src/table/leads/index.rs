//! `leads_fts` and `lead_field_values`: what is derived from a lead so that it can be found.

use cadencia_domain::field::{FieldItem, FieldValue};
use cadencia_domain::id::KommoContactId;
use cadencia_domain::text::fold;
use rusqlite::{Connection, Transaction, params};
use std::collections::BTreeSet;

/// The searchable text of a lead: its own and that of its contacts that are known.
fn whole_text(conn: &Connection, lead_kommo_id: i64, own_text: &str) -> rusqlite::Result<String> {
    let mut text = own_text.to_owned();
    let mut statement = conn.prepare_cached(
        "SELECT d.search_text FROM lead_contacts lc
         JOIN contacts c ON c.kommo_id = lc.contact_kommo_id
         JOIN contact_documents d ON d.contact_row = c.row_id
         WHERE lc.lead_kommo_id = ?1 ORDER BY lc.position",
    )?;
    let mut rows = statement.query([lead_kommo_id])?;
    while let Some(row) = rows.next()? {
        text.push('\n');
        text.push_str(row.get_ref(0)?.as_str()?);
    }
    Ok(text)
}

/// Writes the lead's entry anew.
pub(super) fn put(
    tx: &Transaction<'_>,
    row_id: i64,
    lead_kommo_id: i64,
    own_text: &str,
    is_new: bool,
) -> rusqlite::Result<()> {
    if !is_new {
        remove(tx, row_id)?;
    }
    let text = whole_text(tx, lead_kommo_id, own_text)?;
    tx.prepare_cached("INSERT INTO leads_fts (rowid, text) VALUES (?1, ?2)")?
        .execute(params![row_id, text])?;
    Ok(())
}

/// Takes the lead's entry out.
pub(super) fn remove(tx: &Transaction<'_>, row_id: i64) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM leads_fts WHERE rowid = ?1")?.execute([row_id])?;
    Ok(())
}

/// Writes the entries of all leads of these contacts anew, because what the contacts add to them changed.
pub(crate) fn reindex_leads_of(tx: &Transaction<'_>, contacts: &[KommoContactId]) -> rusqlite::Result<()> {
    let mut leads = BTreeSet::new();
    {
        let mut statement = tx.prepare_cached(
            "SELECT l.row_id, l.kommo_id FROM lead_contacts lc JOIN leads l ON l.kommo_id = lc.lead_kommo_id
             WHERE lc.contact_kommo_id = ?1 AND l.deleted_at_ms IS NULL",
        )?;
        for contact in contacts {
            let mut rows = statement.query([contact.0])?;
            while let Some(row) = rows.next()? {
                leads.insert((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
            }
        }
    }
    for (row_id, kommo_id) in leads {
        let own: String = tx
            .prepare_cached("SELECT search_text FROM lead_documents WHERE lead_row = ?1")?
            .query_row([row_id], |row| row.get(0))?;
        put(tx, row_id, kommo_id, &own, false)?;
    }
    Ok(())
}

/// Writes the filterable values of a lead that has none yet.
pub(super) fn insert_field_values(
    tx: &Transaction<'_>,
    row_id: i64,
    fields: &[FieldValue],
) -> rusqlite::Result<()> {
    let mut statement = tx.prepare_cached(
        "INSERT OR REPLACE INTO lead_field_values (lead_row, field_kommo_id, position, enum_id, number, text_folded)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for field in fields {
        for (position, item) in field.items.iter().enumerate() {
            let position = i64::try_from(position).unwrap_or(i64::MAX);
            statement.execute(params![
                row_id,
                field.field.0,
                position,
                item.enum_id,
                number(item),
                text(item),
            ])?;
        }
    }
    Ok(())
}

/// A flag counts as 1 or 0. A choice is no number, whatever its label reads like.
fn number(item: &FieldItem) -> Option<f64> {
    match item.value {
        _ if item.enum_id.is_some() => None,
        serde_json::Value::Bool(flag) => Some(f64::from(u8::from(flag))),
        _ => item.number(),
    }
}

fn text(item: &FieldItem) -> Option<String> {
    match &item.value {
        serde_json::Value::String(text) => Some(fold(text)),
        serde_json::Value::Object(object) => {
            let parts: Vec<&str> = object.values().filter_map(serde_json::Value::as_str).collect();
            Some(fold(&parts.join("\n")))
        }
        _ => None,
    }
}

/// Takes the filterable values of a lead out, which had these fields.
pub(super) fn remove_field_values(
    tx: &Transaction<'_>,
    row_id: i64,
    fields: &[FieldValue],
) -> rusqlite::Result<()> {
    let mut statement =
        tx.prepare_cached("DELETE FROM lead_field_values WHERE field_kommo_id = ?1 AND lead_row = ?2")?;
    for field in fields {
        statement.execute(params![field.field.0, row_id])?;
    }
    Ok(())
}
