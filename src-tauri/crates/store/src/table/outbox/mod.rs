//! `outbox`: changes that are promised to Kommo. The drawing of its states lies beside the table.

mod base;
mod enqueue;
mod progress;
mod read;
mod switch;
#[cfg(test)]
mod tests;

pub use enqueue::{NewWrite, enqueue};
pub use progress::{
    begin, conflict, discard, discard_batch, done, forget, hold, postpone, put_aside, release, retry,
    retry_alike, wedge,
};
pub use read::{
    OutboxCounts, counts, created, due, get, list, next_due, of_batch, open_of_cards, recent_of_lane,
    wedged_with,
};
pub use switch::{is_paused, set_paused};

use crate::column::{json, parsed, stored_list};
use crate::sync_log::LogActor;
use cadencia_domain::time::UtcMillis;
use cadencia_domain::write::Write;
use rusqlite::Row;

stored_list! {
    /// How far a change is.
    WriteState {
        /// Not yet sent.
        Waiting = "waiting",
        /// Asked for; whether it happened is not known yet.
        Sending = "sending",
        /// Kommo has it.
        Done = "done",
        /// A later change of the same thing took its place.
        Superseded = "superseded",
        /// Somebody changed the same thing in Kommo and won.
        Conflict = "conflict",
        /// Only a person, or a repair in Kommo, can free it.
        Wedged = "wedged",
        /// A person took it back.
        Discarded = "discarded",
    }
}

/// One promised change.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxRow {
    /// Grows with every new one.
    pub id: i64,
    /// Ours: a UUID.
    pub intent: String,
    /// Changes that were asked for together.
    pub batch: Option<String>,
    /// Who wanted it.
    pub actor: LogActor,
    /// What has to stay in order.
    pub lane: String,
    /// The change.
    pub write: Write,
    /// How far it is.
    pub state: WriteState,
    /// How often Kommo answered and it still was not done.
    pub attempts: u32,
    /// Not before.
    pub due_at: UtcMillis,
    /// When it was asked for, by our clock.
    pub created_at: UtcMillis,
    /// The creation date that Kommo is told, Unix seconds.
    pub marker_at_s: i64,
    /// When it was sent first.
    pub first_sent_at: Option<UtcMillis>,
    /// When it ended.
    pub ended_at: Option<UtcMillis>,
    /// Why it waits or is wedged: a code.
    pub cause: Option<String>,
    /// Kommo's words about it, without anything personal.
    pub cause_detail: Option<String>,
    /// Kommo's number of what was created.
    pub result: Option<i64>,
}

impl OutboxRow {
    /// Whether it was on its way to Kommo at `at`, give or take `slack_ms`. All times are ours.
    pub fn was_under_way(&self, at: UtcMillis, now: UtcMillis, slack_ms: i64) -> bool {
        let Some(begun) = self.first_sent_at else { return false };
        let ended = self.ended_at.unwrap_or(now);
        (begun.plus(-slack_ms).0..=ended.plus(slack_ms).0).contains(&at.0)
    }
}

const COLUMNS: &str = "id, intent, batch, actor, lane, write_json, state, attempts, due_at_ms, created_at_ms,
    marker_at_s, first_sent_at_ms, ended_at_ms, cause, cause_detail, result_kommo_id";

fn read_row(row: &Row<'_>) -> rusqlite::Result<OutboxRow> {
    let instant = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(UtcMillis));
    Ok(OutboxRow {
        id: row.get(0)?,
        intent: row.get(1)?,
        batch: row.get(2)?,
        actor: parsed(row, 3, LogActor::parse)?,
        lane: row.get(4)?,
        write: json(row, 5)?,
        state: parsed(row, 6, WriteState::parse)?,
        attempts: row.get(7)?,
        due_at: UtcMillis(row.get(8)?),
        created_at: UtcMillis(row.get(9)?),
        marker_at_s: row.get(10)?,
        first_sent_at: instant(11)?,
        ended_at: instant(12)?,
        cause: row.get(13)?,
        cause_detail: row.get(14)?,
        result: row.get(15)?,
    })
}
