//! Connected accounts.

use crate::{ErrorCode, Int53};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Names one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccountRequest {
    /// The account.
    pub account_id: String,
}

/// All connected accounts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct AccountList {
    /// In the order they were connected.
    pub accounts: Vec<AccountSummary>,
    /// The one the window shows.
    pub current_id: Option<String>,
}

/// One connected account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AccountSummary {
    /// Ours.
    pub id: String,
    /// Name in Kommo.
    pub name: String,
    /// `acme` of `acme.kommo.com`.
    pub subdomain: String,
    /// Kommo's number.
    pub kommo_id: Int53,
    /// The embedded demo account.
    pub is_demo: bool,
    /// How we signed in.
    pub method: SignInMethod,
    /// Whether Kommo accepts us.
    pub connection: ConnectionState,
    /// Why not, when it does not.
    pub problem: Option<ErrorCode>,
    /// When the long-lived token ends.
    pub token_expires_at_ms: Option<Int53>,
    /// IANA time zone of the account.
    pub time_zone: String,
    /// ISO 4217 currency of prices.
    pub currency: String,
    /// ISO 3166 country; telephone numbers without a country code are taken to be of it.
    pub country: String,
    /// Address of the account in a browser, such as `https://acme.kommo.com`.
    pub web_url: String,
}

/// How we signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignInMethod {
    /// A pasted long-lived token.
    LongLived,
    /// OAuth, by pasted code or through the browser.
    Oauth,
    /// The demo account.
    Demo,
}

/// Whether Kommo answers and accepts us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// Not asked yet since the program started.
    Starting,
    /// Answers.
    Connected,
    /// Does not answer; tried again by itself.
    Offline,
    /// Only signing in again helps.
    NeedsSignIn,
    /// Asks to wait, or blocks this computer.
    Limited,
}
