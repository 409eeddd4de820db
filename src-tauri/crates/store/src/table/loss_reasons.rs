//! `loss_reasons`: why leads are lost.

use super::Kept;
use crate::error::{During as _, StoreError};
use cadencia_domain::id::KommoLossReasonId;
use cadencia_domain::lead::LossReason;
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, Transaction, params};

/// Every reason ever seen, in Kommo's order.
///
/// # Errors
/// Faults of the file.
pub fn list_all(conn: &Connection) -> Result<Vec<Kept<LossReason>>, StoreError> {
    const WHAT: &str = "list loss reasons";
    let mut statement = conn
        .prepare_cached(
            "SELECT kommo_id, name, sort, removed_at_ms FROM loss_reasons ORDER BY sort, kommo_id",
        )
        .during(WHAT)?;
    statement
        .query_map([], |row| {
            let item =
                LossReason { kommo_id: KommoLossReasonId(row.get(0)?), name: row.get(1)?, sort: row.get(2)? };
            Ok(Kept { item, removed_at: row.get::<_, Option<i64>>(3)?.map(UtcMillis) })
        })
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// The reasons Kommo has now, in its order.
///
/// # Errors
/// Faults of the file.
pub fn list(conn: &Connection) -> Result<Vec<LossReason>, StoreError> {
    let kept = list_all(conn)?;
    Ok(kept.into_iter().filter(|reason| reason.removed_at.is_none()).map(|reason| reason.item).collect())
}

/// Takes over the whole list as Kommo has it. What vanished is kept, marked removed.
///
/// # Errors
/// Faults of the file.
pub fn replace_all(tx: &Transaction<'_>, reasons: &[LossReason], now: UtcMillis) -> Result<(), StoreError> {
    write_all(tx, reasons, now).during("write loss reasons")
}

fn write_all(tx: &Transaction<'_>, reasons: &[LossReason], now: UtcMillis) -> rusqlite::Result<()> {
    tx.execute("UPDATE loss_reasons SET removed_at_ms = ?1 WHERE removed_at_ms IS NULL", [now.0])?;
    for reason in reasons {
        tx.prepare_cached(
            "INSERT INTO loss_reasons (kommo_id, name, sort) VALUES (?1, ?2, ?3)
             ON CONFLICT (kommo_id) DO UPDATE SET name = excluded.name, sort = excluded.sort, removed_at_ms = NULL",
        )?
        .execute(params![reason.kommo_id.0, reason.name, reason.sort])?;
    }
    Ok(())
}
