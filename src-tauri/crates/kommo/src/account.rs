//! The account itself.

use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::Result;
use crate::query::Params;
use crate::wire::lenient;

/// Reads the account. Any user may.
#[derive(Debug, Clone)]
pub struct AccountApi {
    client: Client,
}

impl Client {
    /// The account itself.
    #[must_use]
    pub fn account(&self) -> AccountApi {
        AccountApi { client: self.clone() }
    }
}

/// A part of [`Account`] that is only told when asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the field of its name")]
pub enum AccountWith {
    AmojoId,
    AmojoRights,
    UsersGroups,
    TaskTypes,
    Version,
    EntityNames,
    DatetimeSettings,
    DriveUrl,
    Uuid,
}

impl AccountWith {
    /// Everything that a client may want to know at the start.
    pub const ALL: [Self; 9] = [
        Self::AmojoId,
        Self::AmojoRights,
        Self::UsersGroups,
        Self::TaskTypes,
        Self::Version,
        Self::EntityNames,
        Self::DatetimeSettings,
        Self::DriveUrl,
        Self::Uuid,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::AmojoId => "amojo_id",
            Self::AmojoRights => "amojo_rights",
            Self::UsersGroups => "users_groups",
            Self::TaskTypes => "task_types",
            Self::Version => "version",
            Self::EntityNames => "entity_names",
            Self::DatetimeSettings => "datetime_settings",
            Self::DriveUrl => "drive_url",
            Self::Uuid => "uuid",
        }
    }
}

impl AccountApi {
    /// Reads the account with the parts named.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn get(&self, with: &[AccountWith]) -> Result<Account> {
        let mut params = Params::default();
        params.with(with.iter().map(|part| part.as_str()));
        self.client.read("/api/v4/account", params).await
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    /// The first label of its host: `acme` of `acme.kommo.com`.
    #[serde(default, deserialize_with = "lenient::string")]
    pub subdomain: String,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub created_at: Option<i64>,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub updated_at: Option<i64>,
    /// The user whose token this is.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub current_user_id: Option<i64>,
    /// Two letters.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub country: Option<String>,
    /// ISO 4217.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub currency: Option<String>,
    /// For example `R$`.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub currency_symbol: Option<String>,
    /// Two letters; not on every account.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub language: Option<String>,
    /// `unavailable`, `disabled`, `segments`, `periodicity` or `dynamic`.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub customers_mode: Option<String>,
    /// Incoming leads wait for acceptance.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_unsorted_on: bool,
    /// Loss reasons are in use.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_loss_reason_enabled: bool,
    /// A developer's account.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_technical_account: bool,
    /// 1 first name first, 2 last name first.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub contact_name_display_order: Option<i64>,
    /// The account's id in chats; with [`AccountWith::AmojoId`].
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub amojo_id: Option<String>,
    /// With [`AccountWith::Uuid`].
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub uuid: Option<String>,
    /// With [`AccountWith::Version`].
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub version: Option<i64>,
    /// Where files are stored; with [`AccountWith::DriveUrl`].
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub drive_url: Option<String>,
    /// The parts asked for.
    #[serde(default, rename = "_embedded", deserialize_with = "lenient::object")]
    pub embedded: AccountParts,
}

/// The parts of an account that come under `_embedded`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AccountParts {
    /// With [`AccountWith::UsersGroups`].
    #[serde(default, deserialize_with = "lenient::list")]
    pub users_groups: Vec<UserGroup>,
    /// With [`AccountWith::TaskTypes`].
    #[serde(default, deserialize_with = "lenient::list")]
    pub task_types: Vec<TaskType>,
    /// With [`AccountWith::DatetimeSettings`].
    #[serde(default, deserialize_with = "lenient::one")]
    pub datetime_settings: Option<DatetimeSettings>,
    /// With [`AccountWith::AmojoRights`].
    #[serde(default, deserialize_with = "lenient::one")]
    pub amojo_rights: Option<AmojoRights>,
}

/// A group of users. Group 0 is the one that every account starts with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UserGroup {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
}

/// A kind of task. 1 and 2 are built in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TaskType {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    /// A colour such as `#ff8f92`.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub color: Option<String>,
    /// `FOLLOW_UP`, `MEETING`, or nothing.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub code: Option<String>,
}

/// How the account shows time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DatetimeSettings {
    /// An IANA name such as `America/Sao_Paulo`.
    #[serde(default, deserialize_with = "lenient::string")]
    pub timezone: String,
    /// For example `-03:00`.
    #[serde(default, deserialize_with = "lenient::string")]
    pub timezone_offset: String,
    /// A PHP date pattern.
    #[serde(default, deserialize_with = "lenient::string")]
    pub date_pattern: String,
    /// A PHP date pattern.
    #[serde(default, deserialize_with = "lenient::string")]
    pub date_format: String,
    /// A PHP time pattern.
    #[serde(default, deserialize_with = "lenient::string")]
    pub time_format: String,
}

/// What the user may do in team chats.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AmojoRights {
    /// Write to one person.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub can_direct: bool,
    /// Open group chats.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub can_create_groups: bool,
}
