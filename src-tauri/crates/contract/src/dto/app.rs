//! The program itself.

use super::AccountList;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for the state of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct AppStatusRequest {
    /// The language of the page that asks: until a person chooses one, notifications speak it too.
    pub language: Option<Language>,
}

/// The state of the program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AppStatus {
    /// Version of the program.
    pub version: String,
    /// Whether the data can be read.
    pub vault: VaultStatus,
    /// Connected accounts; empty while locked.
    pub accounts: AccountList,
    /// The program's preferences.
    pub preferences: Preferences,
    /// The listener: where it is, or why it is not.
    pub listener: ListenerStatus,
    /// Started with `--demo`: real accounts are left alone.
    pub is_demo_only: bool,
}

/// Whether the data can be read, and if not, what is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VaultStatus {
    /// Open.
    Open,
    /// A passphrase was chosen earlier and is needed now.
    NeedsPassphrase,
    /// This computer has no keyring: a passphrase has to be chosen.
    NeedsNewPassphrase,
    /// The keyring is there but locked, or refused us.
    KeyringLocked,
    /// The database is here but its key is gone.
    KeyMissing,
}

/// The embedded listener.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListenerStatus {
    /// Configured port.
    pub port: u32,
    /// Its address when it runs, such as `http://localhost:8000`.
    pub url: Option<String>,
    /// Another program uses the port.
    pub is_port_taken: bool,
}

/// A passphrase, chosen or given.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VaultPassphraseRequest {
    /// The passphrase. At least 8 characters when chosen.
    pub passphrase: String,
}

/// What the person prefers. Kept in the clear: needed before the data is unlocked, and no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Preferences {
    /// Language of the interface; none follows the system.
    pub language: Option<Language>,
    /// Light, dark or as the system.
    pub theme: Theme,
    /// Single-letter shortcuts.
    pub shortcuts: bool,
    /// Port of the embedded listener.
    pub listener_port: u32,
    /// Seconds between two polls, 15 to 60.
    pub poll_interval_s: u32,
    /// Start with the system.
    pub autostart: bool,
    /// Show desktop notifications.
    pub notifications: bool,
    /// The person was told that closing the window keeps the program running.
    pub told_about_tray: bool,
    /// Days that the sync log is kept.
    pub log_retention_days: u32,
}

/// Changes some preferences; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct PreferencesPatch {
    /// See [`Preferences`].
    pub language: Option<Language>,
    /// See [`Preferences`].
    pub theme: Option<Theme>,
    /// See [`Preferences`].
    pub shortcuts: Option<bool>,
    /// See [`Preferences`]; 1024 to 65535.
    pub listener_port: Option<u32>,
    /// See [`Preferences`]; 15 to 60.
    pub poll_interval_s: Option<u32>,
    /// See [`Preferences`].
    pub autostart: Option<bool>,
    /// See [`Preferences`].
    pub notifications: Option<bool>,
    /// See [`Preferences`].
    pub told_about_tray: Option<bool>,
    /// See [`Preferences`]; 7 to 3650.
    pub log_retention_days: Option<u32>,
}

/// A language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Language {
    /// Brazilian Portuguese.
    #[serde(rename = "pt-BR")]
    PtBr,
    /// English.
    #[serde(rename = "en")]
    En,
    /// Spanish.
    #[serde(rename = "es")]
    Es,
}

/// Colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}
