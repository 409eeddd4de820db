//! `webhook`: the subscription in Kommo that brings deliveries here.

use crate::column::{parsed, stored_list};
use crate::error::{During as _, StoreError};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use secrecy::{ExposeSecret, SecretString};

stored_list! {
    /// How the subscription stands.
    WebhookState {
        /// Nobody asked for one: changes come by polling.
        Off = "off",
        /// Asked for and not yet looked at.
        Unchecked = "unchecked",
        /// Kommo has it and it is switched on.
        Active = "active",
        /// Kommo refuses it: the plan, the rights, the address.
        Refused = "refused",
        /// It could not be looked at or repaired; tried again by itself.
        Failing = "failing",
    }
}

/// The subscription, as last seen.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The unguessable part of the address.
    pub secret: SecretString,
    /// Where this computer is reached from outside.
    pub public_url: Option<String>,
    /// What is, or may still be, subscribed in Kommo. Holds the secret.
    pub destination: Option<SecretString>,
    /// How it stands.
    pub state: WebhookState,
    /// Why it is refused or failing: a code.
    pub reason: Option<String>,
    /// When Kommo was asked last.
    pub checked_at: Option<UtcMillis>,
    /// How often it had to be made again.
    pub repairs: u32,
    /// When last.
    pub repaired_at: Option<UtcMillis>,
}

impl Webhook {
    /// None yet, with this secret.
    pub fn off(secret: SecretString) -> Self {
        Self {
            secret,
            public_url: None,
            destination: None,
            state: WebhookState::Off,
            reason: None,
            checked_at: None,
            repairs: 0,
            repaired_at: None,
        }
    }
}

/// The subscription; none when nobody ever thought of one.
///
/// # Errors
/// Faults of the file.
pub fn get(conn: &Connection) -> Result<Option<Webhook>, StoreError> {
    conn.query_row(
        "SELECT secret, public_url, destination, state, reason, checked_at_ms, repairs, repaired_at_ms FROM webhook",
        [],
        |row| {
            Ok(Webhook {
                secret: SecretString::from(row.get::<_, String>(0)?),
                public_url: row.get(1)?,
                destination: row.get::<_, Option<String>>(2)?.map(SecretString::from),
                state: parsed(row, 3, WebhookState::parse)?,
                reason: row.get(4)?,
                checked_at: row.get::<_, Option<i64>>(5)?.map(UtcMillis),
                repairs: row.get(6)?,
                repaired_at: row.get::<_, Option<i64>>(7)?.map(UtcMillis),
            })
        },
    )
    .optional()
    .during("read the webhook")
}

/// Notes how the subscription stands.
///
/// # Errors
/// Faults of the file.
pub fn put(tx: &Transaction<'_>, webhook: &Webhook) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO webhook (only_one, secret, public_url, destination, state, reason, checked_at_ms, repairs,
             repaired_at_ms)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (only_one) DO UPDATE SET secret = excluded.secret, public_url = excluded.public_url,
             destination = excluded.destination, state = excluded.state, reason = excluded.reason,
             checked_at_ms = excluded.checked_at_ms, repairs = excluded.repairs, repaired_at_ms = excluded.repaired_at_ms",
        params![
            webhook.secret.expose_secret(),
            webhook.public_url,
            webhook.destination.as_ref().map(ExposeSecret::expose_secret),
            webhook.state.as_str(),
            webhook.reason,
            webhook.checked_at.map(|at| at.0),
            webhook.repairs,
            webhook.repaired_at.map(|at| at.0)
        ],
    )
    .during("write the webhook")?;
    Ok(())
}
