//! What a change starts from when the one before it did not happen.

use super::{COLUMNS, read_row};
use crate::column::to_json;
use cadencia_domain::write::Write;
use rusqlite::{OptionalExtension as _, Transaction, params};

/// Lets what waits behind change `id` to set the same thing start from where that one did.
pub(super) fn hand_on(tx: &Transaction<'_>, id: i64) -> rusqlite::Result<()> {
    let sql = format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1");
    let failed = tx.prepare_cached(&sql)?.query_row([id], read_row)?;
    let Write::Edit { base: before, wanted: failed_value, .. } = &failed.write else { return Ok(()) };
    let sql = format!(
        "SELECT {COLUMNS} FROM outbox WHERE lane = ?1 AND subject = ?2 AND state = 'waiting' AND id > ?3
         ORDER BY id LIMIT 1"
    );
    let behind = tx
        .prepare_cached(&sql)?
        .query_row(params![failed.lane, failed.write.subject(), id], read_row)
        .optional()?;
    let Some(mut behind) = behind else { return Ok(()) };
    if let Write::Edit { base, .. } = &mut behind.write
        && base.means(failed_value)
    {
        *base = before.clone();
        tx.execute(
            "UPDATE outbox SET write_json = ?2 WHERE id = ?1",
            params![behind.id, to_json(&behind.write)?],
        )?;
    }
    Ok(())
}
