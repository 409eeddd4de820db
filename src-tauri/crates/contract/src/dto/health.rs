//! "Saúde da integração": a checklist built from real probes.

use crate::{ErrorCode, Int53};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HealthReport {
    /// When the probes ran.
    pub checked_at_ms: Int53,
    /// The items, in the order a person would do them.
    pub items: Vec<HealthItem>,
}

/// One item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HealthItem {
    /// What was looked at.
    pub probe: HealthProbe,
    /// What was found.
    pub state: HealthState,
    /// How many are there, when it counts something.
    pub count: Option<u32>,
    /// A fact to show, such as the account's name.
    pub detail: String,
    /// Why it is not well.
    pub problem: Option<ErrorCode>,
}

/// What a probe looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HealthProbe {
    /// Kommo accepts our sign-in (asked now).
    SignIn,
    /// The account's name, currency and time zone are known.
    Account,
    /// The user behind the token is an administrator.
    Administrator,
    /// There is a pipeline with working stages.
    Pipelines,
    /// Custom fields of leads are known.
    Fields,
    /// The people of the account are known.
    Users,
    /// The whole account is in the mirror.
    Import,
    /// Changes arrive by polling.
    Polling,
    /// The plan allows webhooks (asked now).
    Webhooks,
    /// This computer's clock agrees with Kommo's.
    Clock,
    /// The listener runs.
    Listener,
}

/// What a probe found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HealthState {
    /// As it should be.
    Good,
    /// Works, with a limitation.
    Limited,
    /// Does not work.
    Bad,
    /// Not yet known.
    Waiting,
}
