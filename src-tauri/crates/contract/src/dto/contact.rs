//! Looking for people.

use crate::Int53;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Looks for people of the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct ContactSearchRequest {
    /// The account; without it the one that is shown.
    pub account_id: Option<String>,
    /// Beginnings of words of a name or an e-mail, or any part of a phone in any form; nothing finds nobody.
    pub search: String,
    /// How many, 1 to 50; 20 without it.
    pub limit: Option<u32>,
}

/// People who were found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ContactList {
    /// Names that begin with what was searched first, then the last changed.
    pub rows: Vec<ContactRow>,
    /// There are more than these.
    pub has_more: bool,
}

/// A person, as much as is needed to tell one from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ContactRow {
    /// Kommo's number.
    pub kommo_id: Int53,
    /// Name; may be empty.
    pub name: String,
    /// First phone, in E.164 when readable, else as typed.
    pub phone: Option<String>,
    /// First e-mail address.
    pub email: Option<String>,
    /// Name of the lead of theirs that changed last; empty when it has none.
    pub lead_name: Option<String>,
    /// Leads they are in.
    pub leads: u32,
}
