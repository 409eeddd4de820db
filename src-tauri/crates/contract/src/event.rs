//! The one event union.

use crate::dto::{
    AccountList, AppStatus, LogRow, Notice, OutboxSummary, Preferences, SignInResult, SyncStatus,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Something happened. Sent as the single event `app_event`; the screen handles the union in one switch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AppEvent {
    /// The program locked, unlocked or changed its own state.
    AppChanged {
        /// The state now.
        status: AppStatus,
    },
    /// Preferences were changed, perhaps in another window.
    PreferencesChanged {
        /// The preferences now.
        preferences: Preferences,
    },
    /// Accounts came, went, or another one is shown.
    AccountsChanged {
        /// The list now.
        accounts: AccountList,
    },
    /// Import, polling, connection or rate changed. At most four a second per account.
    SyncChanged {
        /// The state now.
        status: Box<SyncStatus>,
    },
    /// Leads of an account changed in the mirror; lists should read their window again.
    LeadsChanged {
        /// The account.
        account_id: String,
        /// Our ids of the leads, when few; empty means "many".
        lead_ids: Vec<String>,
    },
    /// Pipelines, stages, users, fields or tags changed.
    StructureChanged {
        /// The account.
        account_id: String,
    },
    /// New rows in the sync log, newest first, at most 50; more happened when `skipped` is not 0.
    LogAppended {
        /// The account.
        account_id: String,
        /// The rows.
        rows: Vec<LogRow>,
        /// How many newer rows are not in `rows`.
        skipped: u32,
    },
    /// Changes on their way to Kommo moved on, or a value lost: lists of both should be read again.
    OutboxChanged {
        /// The account.
        account_id: String,
        /// How it stands now.
        summary: OutboxSummary,
    },
    /// Deliveries of webhooks came or were looked at, or the subscription changed.
    DeliveriesChanged {
        /// The account.
        account_id: String,
    },
    /// A sign-in through the browser ended.
    SignInFinished {
        /// The attempt.
        attempt_id: String,
        /// How it ended.
        result: SignInResult,
    },
    /// Something worth a desktop notification, worded by the host from its kind.
    Notice {
        /// What to say.
        notice: Notice,
    },
}
