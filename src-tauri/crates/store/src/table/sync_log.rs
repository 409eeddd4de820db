//! `sync_log`: everything that crossed the border with Kommo or was decided here.

use crate::column::{json, parsed, stored_list, to_json};
use crate::error::{During as _, StoreError};
use crate::search::Terms;
use crate::table::account_profiles;
use cadencia_domain::phone::Masked;
use cadencia_domain::text::fold;
use cadencia_domain::time::UtcMillis;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params, params_from_iter};

stored_list! {
    /// Which way it went.
    LogDirection {
        /// From Kommo.
        In = "in",
        /// To Kommo.
        Out = "out",
        /// Neither: decided here.
        Local = "local",
    }
}

stored_list! {
    /// What became of it.
    LogOutcome {
        /// Done.
        Done = "done",
        /// Failed; may be tried again.
        Failed = "failed",
        /// Not yet.
        Waiting = "waiting",
        /// Refused for good.
        Refused = "refused",
    }
}

stored_list! {
    /// Who wanted it.
    LogActor {
        /// A person.
        Person = "person",
        /// The program by itself.
        Engine = "engine",
        /// The AI agent.
        Agent = "agent",
        /// Somebody in Kommo.
        Kommo = "kommo",
    }
}

/// What is written. Nothing in it may be a secret; phones are masked by the writer.
#[derive(Clone, Debug, PartialEq)]
pub struct NewLogEntry {
    /// When, by our clock.
    pub at: UtcMillis,
    /// Which way.
    pub direction: LogDirection,
    /// By what way, such as `poll`, `import` or `sign_in`.
    pub channel: String,
    /// What was done: a code the screen has words for.
    pub operation: String,
    /// The entity, when it is about one.
    pub entity: Option<LogEntity>,
    /// What the words need, such as counts.
    pub details: serde_json::Value,
    /// What became of it.
    pub outcome: LogOutcome,
    /// Why not: a code the screen has words for.
    pub error_code: Option<String>,
    /// How long it took.
    pub duration_ms: Option<u32>,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// Who wanted it.
    pub actor: LogActor,
    /// What it changed.
    pub difference: Option<serde_json::Value>,
    /// What was sent or came, without secrets and phones.
    pub payload_redacted: Option<String>,
}

/// The entity an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntity {
    /// What it is: `lead`, `contact`, `task`...
    pub kind: String,
    /// Kommo's number, when it has one.
    pub kommo_id: Option<i64>,
    /// Its name at that time.
    pub name: Option<String>,
}

/// What is read.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// Grows with every entry.
    pub id: i64,
    /// The rest.
    pub entry: NewLogEntry,
}

/// Codes that the screen has the searched words for. An entry with any of them is found by the search too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogWorded {
    /// What was done.
    pub operations: Vec<String>,
    /// By what way.
    pub channels: Vec<String>,
    /// What became of it.
    pub outcomes: Vec<LogOutcome>,
    /// What it is about, of entries without its name.
    pub entity_kinds: Vec<String>,
    /// Fields that changed.
    pub fields: Vec<String>,
}

/// Entries to show. Empty lists and `None` do not restrict.
#[derive(Clone, Default, PartialEq)]
pub struct LogQuery {
    /// What the person typed: all words.
    pub search: Option<String>,
    /// What else the search finds: rows that the screen words as what was typed.
    pub worded: LogWorded,
    /// Any of these.
    pub directions: Vec<LogDirection>,
    /// Any of these.
    pub outcomes: Vec<LogOutcome>,
    /// Any of these.
    pub actors: Vec<LogActor>,
    /// Any of these.
    pub channels: Vec<String>,
    /// Any of these.
    pub operations: Vec<String>,
    /// About this entity (kind and Kommo's number).
    pub entity: Option<(String, i64)>,
    /// Not earlier.
    pub from: Option<UtcMillis>,
    /// Not later.
    pub to: Option<UtcMillis>,
    /// Only older entries than this one: the next page.
    pub before_id: Option<i64>,
    /// Only newer entries than this one: the live tail.
    pub after_id: Option<i64>,
    /// Entries to answer at most.
    pub limit: u32,
}

// People search for phones.
impl std::fmt::Debug for LogQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogQuery")
            .field("search", &self.search.as_deref().map(Masked))
            .field("worded", &self.worded)
            .field("directions", &self.directions)
            .field("outcomes", &self.outcomes)
            .field("actors", &self.actors)
            .field("channels", &self.channels)
            .field("operations", &self.operations)
            .field("entity", &self.entity)
            .field("from", &self.from)
            .field("to", &self.to)
            .field("before_id", &self.before_id)
            .field("after_id", &self.after_id)
            .field("limit", &self.limit)
            .finish()
    }
}

const COLUMNS: &str = "l.id, l.at_ms, l.direction, l.channel, l.operation, l.entity_kind, l.entity_kommo_id,
    l.entity_name, l.details_json, l.outcome, l.error_code, l.duration_ms, l.attempt, l.actor, l.difference_json,
    l.payload_redacted";

fn read(row: &Row<'_>) -> rusqlite::Result<LogEntry> {
    let kind: Option<String> = row.get(5)?;
    let entity = match kind {
        Some(kind) => Some(LogEntity { kind, kommo_id: row.get(6)?, name: row.get(7)? }),
        None => None,
    };
    let difference = match row.get_ref(14)? {
        rusqlite::types::ValueRef::Null => None,
        _ => Some(json(row, 14)?),
    };
    let entry = NewLogEntry {
        at: UtcMillis(row.get(1)?),
        direction: parsed(row, 2, LogDirection::parse)?,
        channel: row.get(3)?,
        operation: row.get(4)?,
        entity,
        details: json(row, 8)?,
        outcome: parsed(row, 9, LogOutcome::parse)?,
        error_code: row.get(10)?,
        duration_ms: row.get(11)?,
        attempt: row.get(12)?,
        actor: parsed(row, 13, LogActor::parse)?,
        difference,
        payload_redacted: row.get(15)?,
    };
    Ok(LogEntry { id: row.get(0)?, entry })
}

/// Appends an entry and returns its number.
///
/// # Errors
/// Faults of the file.
pub fn append(tx: &Transaction<'_>, entry: &NewLogEntry) -> Result<i64, StoreError> {
    write(tx, entry).during("write the log")
}

fn write(tx: &Transaction<'_>, entry: &NewLogEntry) -> rusqlite::Result<i64> {
    let details = to_json(&entry.details)?;
    let difference = entry.difference.as_ref().map(to_json).transpose()?;
    let entity = entry.entity.as_ref();
    tx.prepare_cached(
        "INSERT INTO sync_log (at_ms, direction, channel, operation, entity_kind, entity_kommo_id, entity_name,
             details_json, outcome, error_code, duration_ms, attempt, actor, difference_json, payload_redacted)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?
    .execute(params![
        entry.at.0,
        entry.direction.as_str(),
        entry.channel,
        entry.operation,
        entity.map(|entity| &entity.kind),
        entity.and_then(|entity| entity.kommo_id),
        entity.and_then(|entity| entity.name.as_ref()),
        details,
        entry.outcome.as_str(),
        entry.error_code,
        entry.duration_ms,
        entry.attempt,
        entry.actor.as_str(),
        difference,
        entry.payload_redacted,
    ])?;
    let id = tx.last_insert_rowid();
    let number = entity.and_then(|entity| entity.kommo_id).map(|id| id.to_string());
    let text = [
        entity.and_then(|entity| entity.name.as_deref()),
        number.as_deref(),
        Some(&entry.channel),
        Some(&entry.operation),
        entry.error_code.as_deref(),
        Some(&details),
        difference.as_deref(),
        entry.payload_redacted.as_deref(),
    ];
    let text = fold(&text.into_iter().flatten().collect::<Vec<_>>().join("\n"));
    tx.prepare_cached("INSERT INTO sync_log_fts (rowid, text) VALUES (?1, ?2)")?
        .execute(params![id, text])?;
    Ok(id)
}

/// The entries that `query` asks for, the latest first.
///
/// # Errors
/// Faults of the file.
pub fn list(conn: &Connection, query: &LogQuery) -> Result<Vec<LogEntry>, StoreError> {
    const WHAT: &str = "read the log";
    let region = account_profiles::phone_region(conn).during(WHAT)?;
    let (sql, values) = statement(query, &region);
    let mut statement = conn.prepare(&sql).during(WHAT)?;
    statement.query_map(params_from_iter(values), read).and_then(Iterator::collect).during(WHAT)
}

/// How many entries match, without regard to `before_id`, `after_id` and `limit`; counted up to `at_most`.
///
/// # Errors
/// Faults of the file.
pub fn count(conn: &Connection, query: &LogQuery, at_most: u32) -> Result<u32, StoreError> {
    const WHAT: &str = "count the log";
    let region = account_profiles::phone_region(conn).during(WHAT)?;
    let whole = LogQuery { before_id: None, after_id: None, limit: at_most, ..query.clone() };
    let (sql, values) = statement(&whole, &region);
    let (_, rest) = sql.split_once(" FROM ").unwrap_or(("", &sql));
    let mut statement = conn.prepare(&format!("SELECT count(*) FROM (SELECT 1 FROM {rest})")).during(WHAT)?;
    statement.query_row(params_from_iter(values), |row| row.get(0)).during(WHAT)
}

fn statement(query: &LogQuery, region: &str) -> (String, Vec<Value>) {
    let mut conditions = vec!["1".to_owned()];
    let mut values: Vec<Value> = Vec::new();
    let mut value = |value: Value| {
        values.push(value);
        format!("?{}", values.len())
    };
    let terms = query.search.as_deref().map(|text| Terms::of(text, region)).unwrap_or_default();
    let mut worded = match terms {
        Terms::Matching(_) | Terms::Hopeless => worded(&query.worded, &mut value),
        _ => Vec::new(),
    };
    // Walked from the latest entry on, so that a page never costs more than looking for its rows.
    let from = match terms {
        // What the screen words so is found besides.
        _ if !worded.is_empty() => {
            if let Terms::Matching(matching) = terms {
                let at = value(matching.into());
                worded
                    .push(format!("l.id IN (SELECT rowid FROM sync_log_fts WHERE sync_log_fts MATCH {at})"));
            }
            conditions.push(format!("({})", worded.join(" OR ")));
            if query.entity.is_some() { "sync_log l INDEXED BY sync_log_by_entity" } else { "sync_log l" }
        }
        Terms::Matching(matching) => {
            let at = value(matching.into());
            conditions.push(format!("sync_log_fts MATCH {at}"));
            "sync_log_fts CROSS JOIN sync_log l ON l.id = sync_log_fts.rowid"
        }
        Terms::Hopeless => {
            conditions.push("0".to_owned());
            "sync_log l"
        }
        _ if query.entity.is_some() => "sync_log l INDEXED BY sync_log_by_entity",
        _ => "sync_log l",
    };
    let lists = [
        ("l.direction", query.directions.iter().map(|item| item.as_str().to_owned()).collect::<Vec<_>>()),
        ("l.outcome", query.outcomes.iter().map(|item| item.as_str().to_owned()).collect()),
        ("l.actor", query.actors.iter().map(|item| item.as_str().to_owned()).collect()),
        ("l.channel", query.channels.clone()),
        ("l.operation", query.operations.clone()),
    ];
    for (column, any) in lists {
        if !any.is_empty() {
            let places: Vec<String> = any.into_iter().map(|text| value(text.into())).collect();
            conditions.push(format!("+{column} IN ({})", places.join(", ")));
        }
    }
    if let Some((kind, kommo_id)) = &query.entity {
        let (kind, kommo_id) = (value(kind.clone().into()), value((*kommo_id).into()));
        conditions.push(format!("l.entity_kind = {kind} AND l.entity_kommo_id = {kommo_id}"));
    }
    for (test, bound) in [
        ("+l.at_ms >=", query.from.map(|at| at.0)),
        ("+l.at_ms <=", query.to.map(|at| at.0)),
        ("l.id <", query.before_id),
        ("l.id >", query.after_id),
    ] {
        if let Some(bound) = bound {
            let at = value(bound.into());
            conditions.push(format!("{test} {at}"));
        }
    }
    let order = if from.starts_with("sync_log_fts") { "sync_log_fts.rowid" } else { "l.id" };
    let sql = format!(
        "SELECT {COLUMNS} FROM {from} WHERE {} ORDER BY {order} DESC LIMIT {}",
        conditions.join(" AND "),
        query.limit
    );
    (sql, values)
}

/// The conditions of entries whose codes are among `worded`, each of which is enough.
fn worded(worded: &LogWorded, value: &mut impl FnMut(Value) -> String) -> Vec<String> {
    let mut conditions = Vec::new();
    let outcomes = worded.outcomes.iter().map(|outcome| outcome.as_str().to_owned()).collect();
    for (column, any) in [
        ("+l.operation", &worded.operations),
        ("+l.channel", &worded.channels),
        ("+l.outcome", &outcomes),
        ("l.entity_name IS NULL AND +l.entity_kind", &worded.entity_kinds),
    ] {
        if !any.is_empty() {
            let places: Vec<String> = any.iter().map(|code| value(code.clone().into())).collect();
            conditions.push(format!("{column} IN ({})", places.join(", ")));
        }
    }
    conditions.extend(worded.fields.iter().map(|field| {
        let at = value(format!(",{field},").into());
        format!("instr(',' || json_extract(l.details_json, '$.fields') || ',', {at}) > 0")
    }));
    conditions
}

/// One entry.
///
/// # Errors
/// Faults of the file.
pub fn get(conn: &Connection, id: i64) -> Result<Option<LogEntry>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM sync_log l WHERE l.id = ?1");
    conn.query_row(&sql, [id], read).optional().during("read an entry of the log")
}

/// The number of the latest entry; 0 when there is none.
///
/// # Errors
/// Faults of the file.
pub fn latest_id(conn: &Connection) -> Result<i64, StoreError> {
    conn.query_row("SELECT coalesce(max(id), 0) FROM sync_log", [], |row| row.get(0)).during("read the log")
}

/// Deletes up to `limit` entries older than `before`, the oldest first. Returns how many.
///
/// # Errors
/// Faults of the file.
pub fn delete_before(tx: &Transaction<'_>, before: UtcMillis, limit: u32) -> Result<usize, StoreError> {
    const WHAT: &str = "age the log out";
    let old: Vec<i64> = {
        let mut statement =
            tx.prepare("SELECT id FROM sync_log WHERE at_ms < ?1 ORDER BY at_ms LIMIT ?2").during(WHAT)?;
        statement
            .query_map(params![before.0, limit], |row| row.get(0))
            .and_then(Iterator::collect)
            .during(WHAT)?
    };
    for id in &old {
        tx.prepare_cached("DELETE FROM sync_log_fts WHERE rowid = ?1")
            .and_then(|mut statement| statement.execute([id]))
            .during(WHAT)?;
        tx.prepare_cached("DELETE FROM sync_log WHERE id = ?1")
            .and_then(|mut statement| statement.execute([id]))
            .during(WHAT)?;
    }
    Ok(old.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{account, write};
    use serde_json::json;

    fn entry(at: i64, operation: &str, channel: &str, entity: LogEntity) -> NewLogEntry {
        NewLogEntry {
            at: UtcMillis(at),
            direction: LogDirection::In,
            channel: channel.to_owned(),
            operation: operation.to_owned(),
            entity: Some(entity),
            details: json!({}),
            outcome: LogOutcome::Done,
            error_code: None,
            duration_ms: None,
            attempt: 1,
            actor: LogActor::Kommo,
            difference: None,
            payload_redacted: None,
        }
    }

    fn about(kind: &str, kommo_id: i64, name: Option<&str>) -> LogEntity {
        LogEntity { kind: kind.to_owned(), kommo_id: Some(kommo_id), name: name.map(str::to_owned) }
    }

    #[test]
    fn a_search_finds_what_the_screen_words_like_that() {
        let mut conn = account();
        let ids: Vec<i64> = write(&mut conn, |tx| {
            let changed = NewLogEntry {
                details: json!({"fields": "stage,price"}),
                ..entry(3, "contact_changed", "poll", about("contact", 9, None))
            };
            [
                entry(1, "lead_created", "poll", about("lead", 77, Some("Usina Conceição"))),
                entry(2, "lead_changed", "import", about("lead", 78, Some("Telhado Maria"))),
                changed,
            ]
            .iter()
            .map(|entry| append(tx, entry).unwrap())
            .collect()
        });
        let found = |query: &LogQuery| -> Vec<i64> {
            list(&conn, query).unwrap().iter().map(|entry| entry.entry.at.0).collect()
        };
        let codes = |codes: &[&str]| codes.iter().map(ToString::to_string).collect::<Vec<_>>();
        let empty = LogWorded::default;
        let operations = || LogWorded { operations: codes(&["lead_created", "lead_deleted"]), ..empty() };
        let channels = || LogWorded { channels: codes(&["import"]), ..empty() };
        let kinds = |kind: &str| LogWorded { entity_kinds: codes(&[kind]), ..empty() };
        let fields = |field: &str| LogWorded { fields: codes(&[field]), ..empty() };
        let asked = |text: &str, worded: LogWorded| LogQuery {
            search: Some(text.to_owned()),
            worded,
            limit: 10,
            ..LogQuery::default()
        };
        for (text, worded, expected) in [
            ("criado", operations(), vec![1]),
            ("usina", channels(), vec![2, 1]),
            ("?", channels(), vec![2]),
            ("contato", kinds("contact"), vec![3]),
            ("telhado", kinds("lead"), vec![2]),
            ("etapa", fields("stage"), vec![3]),
            ("eta", fields("sta"), vec![]),
            ("feito", LogWorded { outcomes: vec![LogOutcome::Done], ..empty() }, vec![3, 2, 1]),
            ("", operations(), vec![3, 2, 1]),
            ("zzz", empty(), vec![]),
        ] {
            let query = asked(text, worded);
            assert_eq!(found(&query), expected, "{query:?}");
            assert_eq!(count(&conn, &query, 10).unwrap() as usize, expected.len(), "{query:?}");
        }
        // The other conditions hold for all that is found.
        let usina = || asked("usina", channels());
        assert_eq!(found(&LogQuery { before_id: Some(ids[1]), ..usina() }), [1]);
        assert_eq!(found(&LogQuery { entity: Some(("lead".to_owned(), 78)), ..usina() }), [2]);
    }

    #[test]
    fn a_question_prints_what_it_restricts_and_not_what_somebody_typed() {
        let query = LogQuery {
            search: Some("98765-4321".to_owned()),
            channels: vec!["poll".to_owned()],
            entity: Some(("lead".to_owned(), 4_242)),
            ..LogQuery::default()
        };
        let shown = format!("{query:?}");
        assert!(!shown.contains("8765") && !shown.contains("4321"), "{shown}");
        for told in ["search", "poll", "4242"] {
            assert!(shown.contains(told), "{told}: {shown}");
        }
    }
}
