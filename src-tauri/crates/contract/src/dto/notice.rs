//! Things worth a desktop notification.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A notification, worded by the core in the person's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// First line.
    pub title: String,
    /// Second line.
    pub body: String,
}

/// What a notification is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// The first import ended.
    ImportFinished,
    /// Kommo has not answered for some minutes.
    ConnectionLost,
    /// Kommo answers again.
    ConnectionRestored,
    /// Only signing in again helps.
    NeedsSignIn,
    /// The long-lived token ends soon.
    TokenExpiring,
    /// Kommo did not take changes.
    ChangesWedged,
}
