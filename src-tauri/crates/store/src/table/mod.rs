//! One module per table, the SQL next to it.

// Registry
pub mod accounts;
pub mod local_api_keys;
pub mod settings;
pub mod sign_in_attempts;

// Account
pub mod account_profiles;
pub mod companies;
pub mod conflicts;
pub mod contacts;
pub mod credentials;
pub mod custom_fields;
pub mod deliveries;
pub mod events;
pub mod import_runs;
pub mod leads;
pub mod loss_reasons;
pub mod messages;
pub mod notes;
pub mod outbox;
pub mod overview;
pub mod pipelines;
pub mod read_clock;
pub mod sync_cursors;
pub mod sync_log;
pub mod tags;
pub mod tasks;
pub mod users;
pub mod webhook;

use cadencia_domain::time::UtcMillis;

/// Something of the account's structure, with whether Kommo still has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept<T> {
    /// The thing.
    pub item: T,
    /// When it was first missing in Kommo; old leads may still point to it.
    pub removed_at: Option<UtcMillis>,
}
