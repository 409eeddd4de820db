//! `import_runs`, `import_entities` and `import_pages`: full readings of the account, and how far they came.
//!
//! A page is noted in the transaction that writes its rows. A page that is noted is never fetched again.

use crate::column::{parsed, stored_list};
use crate::error::{During as _, StoreError};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use std::collections::BTreeSet;

stored_list! {
    /// Where a reading stands.
    ImportState {
        /// At work, or to be taken up at the next start.
        Running = "running",
        /// Held by a person, or until somebody signs in.
        Paused = "paused",
        /// Given up by a person. Final.
        Cancelled = "cancelled",
        /// Everything was read. Final.
        Finished = "finished",
        /// Given up. Final.
        Failed = "failed",
    }
}

stored_list! {
    /// Where one kind of thing stands within a reading.
    ImportEntityState {
        /// Not begun.
        Waiting = "waiting",
        /// Begun.
        Running = "running",
        /// All pages are here.
        Done = "done",
        /// Kommo does not let this user or plan read it.
        Refused = "refused",
    }
}

stored_list! {
    /// What a reading reads.
    ImportEntity {
        /// Pipelines, users, fields, tags, loss reasons and the profile.
        Structure = "structure",
        /// Leads.
        Leads = "leads",
        /// Contacts.
        Contacts = "contacts",
        /// Companies.
        Companies = "companies",
        /// Tasks.
        Tasks = "tasks",
        /// Notes of leads.
        LeadNotes = "lead_notes",
        /// Notes of contacts.
        ContactNotes = "contact_notes",
        /// Notes of companies.
        CompanyNotes = "company_notes",
        /// Kommo's history.
        Events = "events",
    }
}

/// A reading's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImportRunId(pub i64);

/// A reading of the whole account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRun {
    /// Its number.
    pub id: ImportRunId,
    /// Where it stands.
    pub state: ImportState,
    /// When it began, by our clock.
    pub started_at: UtcMillis,
    /// When it reached a final state.
    pub finished_at: Option<UtcMillis>,
    /// Why it failed: a code.
    pub failure: Option<String>,
    /// What it reads, in the order of [`ImportEntity::ALL`].
    pub entities: Vec<ImportProgress>,
}

/// How far one kind of thing is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportProgress {
    /// What.
    pub entity: ImportEntity,
    /// Where it stands.
    pub state: ImportEntityState,
    /// Pages there are, once known.
    pub total_pages: Option<u32>,
    /// Items there may be, as far as one can tell.
    pub estimated_items: Option<u32>,
    /// Pages here.
    pub pages: u32,
    /// Items those pages held.
    pub items: u32,
}

fn read(row: &Row<'_>) -> rusqlite::Result<ImportRun> {
    Ok(ImportRun {
        id: ImportRunId(row.get(0)?),
        state: parsed(row, 1, ImportState::parse)?,
        started_at: UtcMillis(row.get(2)?),
        finished_at: row.get::<_, Option<i64>>(3)?.map(UtcMillis),
        failure: row.get(4)?,
        entities: Vec::new(),
    })
}

fn with_progress(conn: &Connection, mut run: ImportRun) -> rusqlite::Result<ImportRun> {
    run.entities = conn
        .prepare_cached(
            "SELECT e.entity, e.state, e.total_pages, e.estimated_items, count(p.page), coalesce(sum(p.items), 0)
             FROM import_entities e LEFT JOIN import_pages p ON p.run_id = e.run_id AND p.entity = e.entity
             WHERE e.run_id = ?1 GROUP BY e.entity",
        )?
        .query_map([run.id.0], |row| {
            Ok(ImportProgress {
                entity: parsed(row, 0, ImportEntity::parse)?,
                state: parsed(row, 1, ImportEntityState::parse)?,
                total_pages: row.get(2)?,
                estimated_items: row.get(3)?,
                pages: row.get(4)?,
                items: row.get(5)?,
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    run.entities.sort_by_key(|progress| progress.entity);
    Ok(run)
}

/// Begins a reading of these things.
///
/// # Errors
/// Faults of the file; [`StoreError::Sql`] when another reading is running or paused.
pub fn start(
    tx: &Transaction<'_>,
    entities: &[ImportEntity],
    now: UtcMillis,
) -> Result<ImportRunId, StoreError> {
    const WHAT: &str = "begin an import";
    tx.execute("INSERT INTO import_runs (state, started_at_ms) VALUES ('running', ?1)", [now.0])
        .during(WHAT)?;
    let id = tx.last_insert_rowid();
    for entity in entities {
        tx.execute(
            "INSERT INTO import_entities (run_id, entity, state) VALUES (?1, ?2, 'waiting')",
            params![id, entity.as_str()],
        )
        .during(WHAT)?;
    }
    Ok(ImportRunId(id))
}

/// The reading that is running or paused.
///
/// # Errors
/// Faults of the file.
pub fn open(conn: &Connection) -> Result<Option<ImportRun>, StoreError> {
    select(conn, "WHERE state IN ('running', 'paused')")
}

/// The latest reading, whatever became of it.
///
/// # Errors
/// Faults of the file.
pub fn latest(conn: &Connection) -> Result<Option<ImportRun>, StoreError> {
    select(conn, "ORDER BY id DESC LIMIT 1")
}

/// The latest reading that read everything.
///
/// # Errors
/// Faults of the file.
pub fn latest_finished(conn: &Connection) -> Result<Option<ImportRun>, StoreError> {
    select(conn, "WHERE state = 'finished' ORDER BY id DESC LIMIT 1")
}

fn select(conn: &Connection, rest: &str) -> Result<Option<ImportRun>, StoreError> {
    const WHAT: &str = "read an import";
    let sql = format!("SELECT id, state, started_at_ms, finished_at_ms, failure FROM import_runs {rest}");
    let run = conn
        .prepare_cached(&sql)
        .and_then(|mut statement| statement.query_row([], read).optional())
        .during(WHAT)?;
    run.map(|run| with_progress(conn, run)).transpose().during(WHAT)
}

/// Moves a reading on. False when it is in a final state, which it never leaves, or not there.
/// `failure` (a code) goes with [`ImportState::Failed`] and with nothing else.
///
/// # Errors
/// Faults of the file; [`StoreError::Sql`] when `failure` does not fit the state.
pub fn set_state(
    tx: &Transaction<'_>,
    id: ImportRunId,
    state: ImportState,
    failure: Option<&str>,
    now: UtcMillis,
) -> Result<bool, StoreError> {
    let is_final = !matches!(state, ImportState::Running | ImportState::Paused);
    let changed = tx
        .execute(
            "UPDATE import_runs SET state = ?2, failure = ?3, finished_at_ms = ?4
             WHERE id = ?1 AND state IN ('running', 'paused')",
            params![id.0, state.as_str(), failure, is_final.then_some(now.0)],
        )
        .during("move an import on")?;
    Ok(changed == 1)
}

/// Moves one kind of thing on.
///
/// # Errors
/// Faults of the file.
pub fn set_entity_state(
    tx: &Transaction<'_>,
    id: ImportRunId,
    entity: ImportEntity,
    state: ImportEntityState,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE import_entities SET state = ?3 WHERE run_id = ?1 AND entity = ?2",
        params![id.0, entity.as_str(), state.as_str()],
    )
    .during("move an import on")?;
    Ok(())
}

/// Notes what became known of the size of one kind of thing; `None` leaves what is known.
///
/// # Errors
/// Faults of the file.
pub fn set_size(
    tx: &Transaction<'_>,
    id: ImportRunId,
    entity: ImportEntity,
    total_pages: Option<u32>,
    estimated_items: Option<u32>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE import_entities SET total_pages = coalesce(?3, total_pages),
             estimated_items = coalesce(?4, estimated_items)
         WHERE run_id = ?1 AND entity = ?2",
        params![id.0, entity.as_str(), total_pages, estimated_items],
    )
    .during("note the size of an import")?;
    Ok(())
}

/// Notes that a page is here: to be called in the transaction that writes its rows.
///
/// # Errors
/// Faults of the file; [`StoreError::Sql`] when the reading does not read this.
pub fn add_page(
    tx: &Transaction<'_>,
    id: ImportRunId,
    entity: ImportEntity,
    page: u32,
    items: u32,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO import_pages (run_id, entity, page, items) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (run_id, entity, page) DO UPDATE SET items = excluded.items",
    )
    .and_then(|mut statement| statement.execute(params![id.0, entity.as_str(), page, items]))
    .during("note an imported page")?;
    Ok(())
}

/// The pages that are here.
///
/// # Errors
/// Faults of the file.
pub fn pages(conn: &Connection, id: ImportRunId, entity: ImportEntity) -> Result<BTreeSet<u32>, StoreError> {
    const WHAT: &str = "list imported pages";
    let mut statement = conn
        .prepare_cached("SELECT page FROM import_pages WHERE run_id = ?1 AND entity = ?2")
        .during(WHAT)?;
    statement
        .query_map(params![id.0, entity.as_str()], |row| row.get(0))
        .and_then(Iterator::collect)
        .during(WHAT)
}
