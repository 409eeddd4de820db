//! `custom_fields` and `field_options`.

use super::Kept;
use crate::error::{During as _, StoreError};
use cadencia_domain::field::{CustomField, EntityKind, FieldOption};
use cadencia_domain::id::KommoFieldId;
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, Transaction, params};
use std::collections::HashMap;

/// Every field of an entity ever seen, in Kommo's order, with the options it has now (of a removed field: had last).
///
/// # Errors
/// Faults of the file.
pub fn list_all(conn: &Connection, entity: EntityKind) -> Result<Vec<Kept<CustomField>>, StoreError> {
    read_all(conn, entity).during("list custom fields")
}

/// The fields of an entity that Kommo has now, in its order.
///
/// # Errors
/// Faults of the file.
pub fn list(conn: &Connection, entity: EntityKind) -> Result<Vec<CustomField>, StoreError> {
    let kept = list_all(conn, entity)?;
    Ok(kept.into_iter().filter(|field| field.removed_at.is_none()).map(|field| field.item).collect())
}

fn read_all(conn: &Connection, entity: EntityKind) -> rusqlite::Result<Vec<Kept<CustomField>>> {
    let mut options: HashMap<i64, Vec<FieldOption>> = HashMap::new();
    let mut statement = conn.prepare_cached(
        "SELECT field_kommo_id, enum_id, label FROM field_options WHERE entity = ?1 AND removed_at_ms IS NULL
         ORDER BY field_kommo_id, position",
    )?;
    let rows = statement.query_map([entity.as_str()], |row| {
        Ok((row.get(0)?, FieldOption { enum_id: row.get(1)?, label: row.get(2)? }))
    })?;
    for row in rows {
        let (field, option) = row?;
        options.entry(field).or_default().push(option);
    }
    let mut statement = conn.prepare_cached(
        "SELECT kommo_id, name, kind, code, sort, is_api_only, removed_at_ms FROM custom_fields WHERE entity = ?1
         ORDER BY sort, kommo_id",
    )?;
    statement
        .query_map([entity.as_str()], |row| {
            let kommo_id: i64 = row.get(0)?;
            let item = CustomField {
                kommo_id: KommoFieldId(kommo_id),
                entity,
                name: row.get(1)?,
                kind: row.get(2)?,
                code: row.get(3)?,
                sort: row.get(4)?,
                is_api_only: row.get(5)?,
                options: options.remove(&kommo_id).unwrap_or_default(),
            };
            Ok(Kept { item, removed_at: row.get::<_, Option<i64>>(6)?.map(UtcMillis) })
        })?
        .collect()
}

/// Takes over all fields of an entity as Kommo has them (`fields` of other entities are passed over). What vanished
/// is kept, marked removed.
///
/// # Errors
/// Faults of the file.
pub fn replace_all(
    tx: &Transaction<'_>,
    entity: EntityKind,
    fields: &[CustomField],
    now: UtcMillis,
) -> Result<(), StoreError> {
    write_all(tx, entity, fields, now).during("write custom fields")
}

fn write_all(
    tx: &Transaction<'_>,
    entity: EntityKind,
    fields: &[CustomField],
    now: UtcMillis,
) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE custom_fields SET removed_at_ms = ?2 WHERE entity = ?1 AND removed_at_ms IS NULL",
        params![entity.as_str(), now.0],
    )?;
    for field in fields.iter().filter(|field| field.entity == entity) {
        tx.prepare_cached(
            "INSERT INTO custom_fields (entity, kommo_id, name, kind, code, sort, is_api_only)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (entity, kommo_id) DO UPDATE SET name = excluded.name, kind = excluded.kind,
                 code = excluded.code, sort = excluded.sort, is_api_only = excluded.is_api_only,
                 removed_at_ms = NULL",
        )?
        .execute(params![
            entity.as_str(),
            field.kommo_id.0,
            field.name,
            field.kind,
            field.code,
            field.sort,
            field.is_api_only
        ])?;
        tx.prepare_cached(
            "UPDATE field_options SET removed_at_ms = ?3
             WHERE entity = ?1 AND field_kommo_id = ?2 AND removed_at_ms IS NULL",
        )?
        .execute(params![entity.as_str(), field.kommo_id.0, now.0])?;
        for (position, option) in field.options.iter().enumerate() {
            tx.prepare_cached(
                "INSERT INTO field_options (entity, field_kommo_id, enum_id, label, position)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (entity, field_kommo_id, enum_id) DO UPDATE SET label = excluded.label,
                     position = excluded.position, removed_at_ms = NULL",
            )?
            .execute(params![
                entity.as_str(),
                field.kommo_id.0,
                option.enum_id,
                option.label,
                i64::try_from(position).unwrap_or(i64::MAX)
            ])?;
        }
    }
    Ok(())
}
