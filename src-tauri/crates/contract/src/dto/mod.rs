//! The screen's words: requests, responses and the types they share.

mod account;
mod app;
mod contact;
mod edit;
mod health;
mod lead;
mod log;
mod notice;
mod outbox;
mod overview;
mod sign_in;
mod structure;
mod sync;
mod webhook;

pub use account::*;
pub use app::*;
pub use contact::*;
pub use edit::*;
pub use health::*;
pub use lead::*;
pub use log::*;
pub use notice::*;
pub use outbox::*;
pub use overview::*;
pub use sign_in::*;
pub use structure::*;
pub use sync::*;
pub use webhook::*;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Nothing to say: `{}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Nothing {}

/// Which account a command is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct AccountScope {
    /// The account; without it the one that is shown.
    pub account_id: Option<String>,
}
