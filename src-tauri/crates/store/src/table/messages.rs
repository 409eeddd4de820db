//! `messages`: what was said in conversations, as webhooks tell it.

use crate::column::{parsed, stored_list};
use crate::error::{During as _, StoreError};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, Transaction, params};

stored_list! {
    /// Who wrote to whom.
    MessageDirection {
        /// The lead wrote.
        In = "in",
        /// The team, a robot or this program wrote.
        Out = "out",
    }
}

/// One message.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Kommo's id of it: a UUID that never changes.
    pub kommo_id: String,
    /// Who wrote to whom.
    pub direction: MessageDirection,
    /// The conversation.
    pub talk: Option<i64>,
    /// The chat within the channel.
    pub chat_id: Option<String>,
    /// The person.
    pub contact: Option<i64>,
    /// The lead, once the chat hangs on one.
    pub lead: Option<i64>,
    /// `external`, `internal` or `bot`.
    pub author: Option<String>,
    /// The channel's code.
    pub origin: Option<String>,
    /// What was written; empty for pictures and voice.
    pub text: String,
    /// When, by Kommo's clock.
    pub created_at: UtcMillis,
}

// What people wrote is not for logs.
impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("kommo_id", &self.kommo_id)
            .field("direction", &self.direction)
            .field("talk", &self.talk)
            .field("lead", &self.lead)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// Keeps a message. False when it was here before: then only what was not yet known of it (its lead) is added.
///
/// # Errors
/// Faults of the file.
pub fn keep(tx: &Transaction<'_>, message: &Message, now: UtcMillis) -> Result<bool, StoreError> {
    const WHAT: &str = "keep a message";
    let inserted = tx
        .prepare_cached(
            "INSERT INTO messages (kommo_id, direction, talk_kommo_id, chat_id, contact_kommo_id, lead_kommo_id, author,
                 origin, text, created_at_ms, received_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (kommo_id) DO NOTHING",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                message.kommo_id,
                message.direction.as_str(),
                message.talk,
                message.chat_id,
                message.contact,
                message.lead,
                message.author,
                message.origin,
                message.text,
                message.created_at.0,
                now.0
            ])
        })
        .during(WHAT)?;
    if inserted == 0 {
        tx.execute(
            "UPDATE messages SET lead_kommo_id = coalesce(lead_kommo_id, ?2),
                 contact_kommo_id = coalesce(contact_kommo_id, ?3), talk_kommo_id = coalesce(talk_kommo_id, ?4)
             WHERE kommo_id = ?1",
            params![message.kommo_id, message.lead, message.contact, message.talk],
        )
        .during(WHAT)?;
    }
    Ok(inserted > 0)
}

/// The latest messages of a lead or of one of its people, newest first.
///
/// # Errors
/// Faults of the file.
pub fn of_lead(conn: &Connection, lead: i64, limit: u32) -> Result<Vec<Message>, StoreError> {
    const WHAT: &str = "read messages";
    let mut statement = conn
        .prepare_cached(
            "SELECT kommo_id, direction, talk_kommo_id, chat_id, contact_kommo_id, lead_kommo_id, author, origin, text,
                 created_at_ms
             FROM messages
             WHERE lead_kommo_id = ?1 OR (lead_kommo_id IS NULL AND contact_kommo_id IN
                 (SELECT contact_kommo_id FROM lead_contacts WHERE lead_kommo_id = ?1))
             ORDER BY created_at_ms DESC, kommo_id LIMIT ?2",
        )
        .during(WHAT)?;
    statement
        .query_map(params![lead, limit], |row| {
            Ok(Message {
                kommo_id: row.get(0)?,
                direction: parsed(row, 1, MessageDirection::parse)?,
                talk: row.get(2)?,
                chat_id: row.get(3)?,
                contact: row.get(4)?,
                lead: row.get(5)?,
                author: row.get(6)?,
                origin: row.get(7)?,
                text: row.get(8)?,
                created_at: UtcMillis(row.get(9)?),
            })
        })
        .and_then(Iterator::collect)
        .during(WHAT)
}
