//! `companies`.

use crate::column::{json, to_json};
use crate::error::{During as _, StoreError};
use crate::freshness::{Applied, Arriving, Known, Verdict, digest, judge};
use cadencia_domain::contact::Company;
use cadencia_domain::id::{KommoCompanyId, KommoUserId};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

const COLUMNS: &str =
    "kommo_id, name, responsible_kommo_id, fields_json, tags_json, created_at_ms, updated_at_ms,
    deleted_at_ms";

fn read(row: &Row<'_>) -> rusqlite::Result<Company> {
    Ok(Company {
        kommo_id: KommoCompanyId(row.get(0)?),
        name: row.get(1)?,
        responsible: row.get::<_, Option<i64>>(2)?.map(KommoUserId),
        fields: json(row, 3)?,
        tags: json(row, 4)?,
        created_at: UtcMillis(row.get(5)?),
        updated_at: UtcMillis(row.get(6)?),
        is_deleted: row.get::<_, Option<i64>>(7)?.is_some(),
    })
}

/// A company, deleted or not.
///
/// # Errors
/// Faults of the file.
pub fn find(conn: &Connection, kommo_id: KommoCompanyId) -> Result<Option<Company>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM companies WHERE kommo_id = ?1");
    conn.prepare_cached(&sql)
        .and_then(|mut statement| statement.query_row([kommo_id.0], read).optional())
        .during("read a company")
}

/// Up to `limit` companies, deleted ones too, from the first after `after`: to walk over all.
///
/// # Errors
/// Faults of the file.
pub fn page_after(
    conn: &Connection,
    after: Option<KommoCompanyId>,
    limit: u32,
) -> Result<Vec<Company>, StoreError> {
    const WHAT: &str = "walk over companies";
    let sql = format!("SELECT {COLUMNS} FROM companies WHERE kommo_id > ?1 ORDER BY kommo_id LIMIT ?2");
    let mut statement = conn.prepare_cached(&sql).during(WHAT)?;
    statement
        .query_map(params![after.map_or(i64::MIN, |id| id.0), limit], read)
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// Takes over companies as Kommo gave them, asked at `read_at`. Newer knowledge is never overwritten.
///
/// # Errors
/// Faults of the file.
pub fn upsert_many(
    tx: &Transaction<'_>,
    companies: &[Company],
    read_at: UtcMillis,
) -> Result<Applied<KommoCompanyId>, StoreError> {
    write_many(tx, companies, read_at).during("write companies")
}

fn write_many(
    tx: &Transaction<'_>,
    companies: &[Company],
    read_at: UtcMillis,
) -> rusqlite::Result<Applied<KommoCompanyId>> {
    let mut applied = Applied::default();
    for company in companies {
        let known = tx
            .prepare_cached(
                "SELECT updated_at_ms, deleted_at_ms, synced_at_ms, content_digest FROM companies WHERE kommo_id = ?1",
            )?
            .query_row([company.kommo_id.0], |row| Known::read(row, 0))
            .optional()?;
        let digest = digest(company)?;
        let arriving =
            Arriving { updated_at: company.updated_at, is_deleted: company.is_deleted, digest, read_at };
        let verdict = judge(known, arriving);
        applied.note(verdict, company.kommo_id);
        if verdict == Verdict::Keep {
            continue;
        }
        let deleted_before = known.and_then(|known| known.deleted_at);
        tx.prepare_cached(
            "INSERT OR REPLACE INTO companies (kommo_id, name, responsible_kommo_id, fields_json, tags_json,
                 created_at_ms, updated_at_ms, deleted_at_ms, content_digest, synced_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            company.kommo_id.0,
            company.name,
            company.responsible.map(|id| id.0),
            to_json(&company.fields)?,
            to_json(&company.tags)?,
            company.created_at.0,
            company.updated_at.0,
            company.is_deleted.then(|| deleted_before.unwrap_or(read_at).0),
            digest,
            read_at.0,
        ])?;
    }
    Ok(applied)
}

/// Notes that these companies were deleted in Kommo, seen at `now` by our clock. Returns how many were not before.
///
/// # Errors
/// Faults of the file.
pub fn mark_deleted(
    tx: &Transaction<'_>,
    companies: &[KommoCompanyId],
    now: UtcMillis,
) -> Result<usize, StoreError> {
    const WHAT: &str = "note deleted companies";
    let mut statement = tx
        .prepare_cached(
            "UPDATE companies SET deleted_at_ms = ?2 WHERE kommo_id = ?1 AND deleted_at_ms IS NULL",
        )
        .during(WHAT)?;
    companies.iter().try_fold(0, |gone, company| {
        statement.execute(params![company.0, now.0]).map(|changed| gone + changed).during(WHAT)
    })
}
