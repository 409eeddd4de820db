//! `deliveries`: what webhooks brought, as it came.

use crate::column::{json, parsed, stored_list, to_json};
use crate::error::{During as _, StoreError};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use sha2::{Digest as _, Sha256};

stored_list! {
    /// What became of a delivery.
    DeliveryState {
        /// Kept, not yet looked at.
        Waiting = "waiting",
        /// Looked at; what it tells is here.
        Done = "done",
        /// Understood and not ours to act on.
        Ignored = "ignored",
        /// Not what Kommo sends.
        Unreadable = "unreadable",
    }
}

/// One delivery.
#[derive(Clone, PartialEq)]
pub struct Delivery {
    /// Grows with every new one.
    pub id: i64,
    /// What became of it.
    pub state: DeliveryState,
    /// When it came first, by our clock.
    pub received_at: UtcMillis,
    /// How often it came.
    pub times: u32,
    /// When it came last.
    pub last_received_at: UtcMillis,
    /// As it came; none once it aged out. Personal.
    pub body: Option<Vec<u8>>,
    /// What it tells, once read.
    pub kinds: Vec<String>,
    /// How often it was looked at.
    pub attempts: u32,
    /// When it was looked at last with success.
    pub handled_at: Option<UtcMillis>,
    /// Why it was ignored or could not be read.
    pub reason: Option<String>,
    /// What it changed here.
    pub effect: DeliveryEffect,
}

// The body is what people wrote.
impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("times", &self.times)
            .field("kinds", &self.kinds)
            .field("attempts", &self.attempts)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// What a delivery changed here.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct DeliveryEffect {
    /// Things that are different now.
    pub changes: u32,
    /// Messages that were new.
    pub messages: u32,
    /// Kommo's number of the lead it is about, when it is about one.
    pub lead: Option<i64>,
}

/// How a delivery ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handled {
    /// What it tells is here.
    Done(DeliveryEffect),
    /// Not ours to act on: a code.
    Ignored(&'static str),
    /// Not what Kommo sends: a code.
    Unreadable(&'static str),
}

/// What came in, for [`receive`].
#[derive(Clone)]
pub struct Arrived {
    /// The body.
    pub body: Vec<u8>,
    /// When, by our clock.
    pub at: UtcMillis,
}

impl std::fmt::Debug for Arrived {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arrived").field("bytes", &self.body.len()).field("at", &self.at).finish()
    }
}

const COLUMNS: &str = "id, state, received_at_ms, times, last_received_at_ms, body, kinds_json, attempts,
    handled_at_ms, reason, effect_json";

fn read(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        id: row.get(0)?,
        state: parsed(row, 1, DeliveryState::parse)?,
        received_at: UtcMillis(row.get(2)?),
        times: row.get(3)?,
        last_received_at: UtcMillis(row.get(4)?),
        body: row.get(5)?,
        kinds: json(row, 6)?,
        attempts: row.get(7)?,
        handled_at: row.get::<_, Option<i64>>(8)?.map(UtcMillis),
        reason: row.get(9)?,
        effect: json(row, 10)?,
    })
}

/// Keeps deliveries. One that was here before is counted, and looked at again: Kommo sends again what it believes was
/// not received, and two changes within a second may read alike. Returns how many were here before.
///
/// # Errors
/// Faults of the file.
pub fn receive(tx: &Transaction<'_>, arrived: &[Arrived]) -> Result<u32, StoreError> {
    const WHAT: &str = "keep a delivery";
    let mut again = 0;
    let mut statement = tx
        .prepare_cached(
            "INSERT INTO deliveries (state, received_at_ms, digest, times, last_received_at_ms, body, kinds_json,
                 attempts, effect_json)
             VALUES ('waiting', ?1, ?2, 1, ?1, ?3, '[]', 0, '{}')
             ON CONFLICT (digest) DO UPDATE SET times = times + 1, last_received_at_ms = excluded.last_received_at_ms,
                 body = excluded.body, state = 'waiting', handled_at_ms = NULL, reason = NULL
             RETURNING times",
        )
        .during(WHAT)?;
    for one in arrived {
        let digest = Sha256::digest(&one.body);
        let times: u32 =
            statement.query_row(params![one.at.0, &digest[..16], one.body], |row| row.get(0)).during(WHAT)?;
        again += u32::from(times > 1);
    }
    Ok(again)
}

/// Those that wait, the oldest first.
///
/// # Errors
/// Faults of the file.
pub fn waiting(conn: &Connection, limit: u32) -> Result<Vec<Delivery>, StoreError> {
    const WHAT: &str = "read deliveries";
    let sql = format!("SELECT {COLUMNS} FROM deliveries WHERE state = 'waiting' ORDER BY id LIMIT ?1");
    let mut statement = conn.prepare_cached(&sql).during(WHAT)?;
    statement.query_map([limit], read).and_then(Iterator::collect).during(WHAT)
}

/// Notes how deliveries ended. One that came again since it was read (it came `times` times then) goes on waiting.
///
/// # Errors
/// Faults of the file.
pub fn finish(
    tx: &Transaction<'_>,
    delivery: &Delivery,
    kinds: &[&str],
    handled: &Handled,
    now: UtcMillis,
) -> Result<(), StoreError> {
    const WHAT: &str = "note what a delivery brought";
    let (state, reason, effect) = match handled {
        Handled::Done(effect) => (DeliveryState::Done, None, effect.clone()),
        Handled::Ignored(reason) => (DeliveryState::Ignored, Some(*reason), DeliveryEffect::default()),
        Handled::Unreadable(reason) => (DeliveryState::Unreadable, Some(*reason), DeliveryEffect::default()),
    };
    let (kinds, effect) = (to_json(&kinds).during(WHAT)?, to_json(&effect).during(WHAT)?);
    tx.prepare_cached(
        "UPDATE deliveries SET state = ?2, reason = ?3, kinds_json = ?4, effect_json = ?5, handled_at_ms = ?6,
             attempts = attempts + 1
         WHERE id = ?1 AND times = ?7",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            delivery.id,
            state.as_str(),
            reason,
            kinds,
            effect,
            now.0,
            delivery.times
        ])
    })
    .during(WHAT)?;
    Ok(())
}

/// Lets a delivery be looked at again. False when it is not there or its body aged out.
///
/// # Errors
/// Faults of the file.
pub fn replay(tx: &Transaction<'_>, id: i64) -> Result<bool, StoreError> {
    let changed = tx
        .execute(
            "UPDATE deliveries SET state = 'waiting', handled_at_ms = NULL, reason = NULL
             WHERE id = ?1 AND body IS NOT NULL",
            [id],
        )
        .during("replay a delivery")?;
    Ok(changed > 0)
}

/// The latest deliveries, before `before_id` when given.
///
/// # Errors
/// Faults of the file.
pub fn list(
    conn: &Connection,
    state: Option<DeliveryState>,
    before_id: Option<i64>,
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    const WHAT: &str = "read deliveries";
    let sql = format!(
        "SELECT {COLUMNS} FROM deliveries WHERE (?1 IS NULL OR state = ?1) AND id < ?2 ORDER BY id DESC LIMIT ?3"
    );
    let mut statement = conn.prepare_cached(&sql).during(WHAT)?;
    statement
        .query_map(params![state.map(DeliveryState::as_str), before_id.unwrap_or(i64::MAX), limit], read)
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// One delivery.
///
/// # Errors
/// Faults of the file.
pub fn get(conn: &Connection, id: i64) -> Result<Option<Delivery>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM deliveries WHERE id = ?1");
    conn.query_row(&sql, [id], read).optional().during("read a delivery")
}

/// How many there are by what became of them, and when the last came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// In all.
    pub total: u32,
    /// That came first today.
    pub today: u32,
    /// Not yet looked at.
    pub waiting: u32,
    /// Not what Kommo sends.
    pub unreadable: u32,
    /// When the last one came.
    pub last_at: Option<UtcMillis>,
}

/// Counts deliveries; today began at `midnight`.
///
/// # Errors
/// Faults of the file.
pub fn counts(conn: &Connection, midnight: UtcMillis) -> Result<DeliveryCounts, StoreError> {
    conn.query_row(
        "SELECT count(*), count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'unreadable'),
             max(last_received_at_ms), count(*) FILTER (WHERE received_at_ms >= ?1) FROM deliveries",
        [midnight.0],
        |row| {
            Ok(DeliveryCounts {
                total: row.get(0)?,
                waiting: row.get(1)?,
                unreadable: row.get(2)?,
                last_at: row.get::<_, Option<i64>>(3)?.map(UtcMillis),
                today: row.get(4)?,
            })
        },
    )
    .during("count deliveries")
}

/// Forgets the bodies of deliveries older than `before`, and the rows of those a year older. Returns how many bodies.
///
/// # Errors
/// Faults of the file.
pub fn age_out(tx: &Transaction<'_>, before: UtcMillis, limit: u32) -> Result<usize, StoreError> {
    const WHAT: &str = "age deliveries out";
    const YEAR_MS: i64 = 366 * 24 * 3_600_000;
    tx.execute(
        "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries
             WHERE last_received_at_ms < ?1 AND state <> 'waiting' LIMIT ?2)",
        params![before.plus(-YEAR_MS).0, limit],
    )
    .during(WHAT)?;
    tx.execute(
        "UPDATE deliveries SET body = NULL WHERE id IN (SELECT id FROM deliveries
             WHERE received_at_ms < ?1 AND last_received_at_ms < ?1 AND body IS NOT NULL AND state <> 'waiting'
             LIMIT ?2)",
        params![before.0, limit],
    )
    .during(WHAT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{account, write};

    fn arrived(body: &str, at: i64) -> Arrived {
        Arrived { body: body.as_bytes().to_vec(), at: UtcMillis(at) }
    }

    #[test]
    fn a_delivery_that_comes_again_is_counted_and_looked_at_again() {
        let mut conn = account();
        assert_eq!(write(&mut conn, |tx| receive(tx, &[arrived("a", 1), arrived("b", 1)]).unwrap()), 0);
        let first = waiting(&conn, 10).unwrap();
        assert_eq!(first.len(), 2);
        let done = Handled::Done(DeliveryEffect { changes: 1, ..DeliveryEffect::default() });
        write(&mut conn, |tx| finish(tx, &first[0], &["lead_updated"], &done, UtcMillis(5)).unwrap());
        assert_eq!(write(&mut conn, |tx| receive(tx, &[arrived("a", 9)]).unwrap()), 1);
        let again = get(&conn, first[0].id).unwrap().unwrap();
        assert_eq!((again.state, again.times, again.attempts), (DeliveryState::Waiting, 2, 1));
        assert_eq!((again.received_at, again.last_received_at), (UtcMillis(1), UtcMillis(9)));
    }

    #[test]
    fn one_that_comes_again_while_it_is_looked_at_goes_on_waiting() {
        let mut conn = account();
        write(&mut conn, |tx| receive(tx, &[arrived("a", 1)]).unwrap());
        let looked_at = waiting(&conn, 10).unwrap().remove(0);
        write(&mut conn, |tx| receive(tx, &[arrived("a", 2)]).unwrap());
        let nothing = Handled::Done(DeliveryEffect::default());
        write(&mut conn, |tx| finish(tx, &looked_at, &[], &nothing, UtcMillis(3)).unwrap());
        assert_eq!(counts(&conn, UtcMillis(0)).unwrap().waiting, 1);
    }

    #[test]
    fn a_body_ages_out_and_is_known_again_all_the_same() {
        let mut conn = account();
        write(&mut conn, |tx| receive(tx, &[arrived("a", 1), arrived("b", 1)]).unwrap());
        let first = waiting(&conn, 10).unwrap().remove(0);
        write(&mut conn, |tx| {
            finish(tx, &first, &[], &Handled::Ignored("unknown_event"), UtcMillis(2)).unwrap();
            // What waits is never forgotten.
            assert_eq!(age_out(tx, UtcMillis(100), 10).unwrap(), 1);
        });
        assert!(!write(&mut conn, |tx| replay(tx, first.id).unwrap()));
        assert_eq!(write(&mut conn, |tx| receive(tx, &[arrived("a", 200)]).unwrap()), 1);
        assert!(write(&mut conn, |tx| replay(tx, first.id).unwrap()));
    }
}
