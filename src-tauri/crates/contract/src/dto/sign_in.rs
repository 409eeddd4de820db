//! Signing in to Kommo.

use super::{AccountList, AccountSummary};
use crate::{ApiError, Int53};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// First way: a long-lived token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct SignInLongLivedRequest {
    /// The address as typed: `acme`, `acme.kommo.com` or a whole URL.
    pub subdomain: String,
    /// The pasted token.
    pub token: String,
    /// An account that lost its sign-in and gets it back; without it a new account, or the same Kommo account again.
    #[serde(default)]
    pub account_id: Option<String>,
}

/// Second way: private integration and the 20-minute code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct SignInCodeRequest {
    /// The address as typed.
    pub subdomain: String,
    /// Integration ID.
    pub client_id: String,
    /// Secret key.
    pub client_secret: String,
    /// Redirect URL exactly as in the integration.
    pub redirect_uri: String,
    /// The authorization code.
    pub code: String,
    /// See [`SignInLongLivedRequest::account_id`].
    #[serde(default)]
    pub account_id: Option<String>,
}

/// Third way: through the browser.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct SignInBrowserRequest {
    /// Integration ID.
    pub client_id: String,
    /// Secret key.
    pub client_secret: String,
    /// Redirect URL; without it the listener's own.
    #[serde(default)]
    pub redirect_uri: Option<String>,
    /// See [`SignInLongLivedRequest::account_id`].
    #[serde(default)]
    pub account_id: Option<String>,
}

/// The browser has to be opened on this address; a `sign_in_finished` event tells the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignInBrowserStarted {
    /// The attempt.
    pub attempt_id: String,
    /// Where the browser goes.
    pub authorization_url: String,
    /// The redirect URL that has to stand in the integration.
    pub redirect_uri: String,
    /// After this instant the attempt is void.
    pub expires_at_ms: Int53,
}

/// Gives up waiting for the browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignInBrowserCancelRequest {
    /// The attempt.
    pub attempt_id: String,
}

/// Signed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SignInOutcome {
    /// The account, now shown.
    pub account: AccountSummary,
    /// All accounts.
    pub accounts: AccountList,
    /// The account was known before and kept its data.
    pub was_known: bool,
}

/// How a sign-in through the browser ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SignInResult {
    /// Signed in.
    Done {
        /// The account.
        account: Box<AccountSummary>,
    },
    /// It failed.
    Failed {
        /// Why.
        error: ApiError,
    },
}

/// The text of a dropped `.env` file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnvImportRequest {
    /// The whole text.
    pub text: String,
}

/// What was found in it. Secrets stay in the core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnvImportPreview {
    /// Under which name the core keeps the secrets for ten minutes.
    pub draft_id: String,
    /// `KOMMO_SUBDOMAIN`.
    pub subdomain: Option<String>,
    /// `KOMMO_CLIENT_ID`.
    pub client_id: Option<String>,
    /// `KOMMO_REDIRECT_URI`.
    pub redirect_uri: Option<String>,
    /// `KOMMO_CLIENT_SECRET` is there.
    pub has_client_secret: bool,
    /// `KOMMO_LONG_LIVED_TOKEN` is there.
    pub has_long_lived_token: bool,
    /// When that token ends.
    pub token_expires_at_ms: Option<Int53>,
    /// `KOMMO_PIPELINE_ID`, `KOMMO_STAGE_*`, `KOMMO_FIELD_*`, `KOMMO_USER_*`, in file order.
    pub mapping: Vec<EnvMappingLine>,
    /// `KOMMO_*` lines that could not be used, with their line number.
    pub problems: Vec<EnvProblem>,
}

/// One line of mapping in a `.env` file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnvMappingLine {
    /// The name as written.
    pub key: String,
    /// What it points to.
    pub target: EnvTarget,
    /// Kommo's number as written.
    pub kommo_id: Int53,
}

/// What a line of mapping points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EnvTarget {
    /// A pipeline.
    Pipeline,
    /// A stage.
    Stage,
    /// A custom field.
    Field,
    /// A user.
    User,
}

/// A line that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnvProblem {
    /// Line number, from 1.
    pub line: u32,
    /// Name on the line, when it has one; never the value.
    pub key: Option<String>,
    /// What is wrong.
    pub reason: EnvProblemReason,
}

/// Why a line could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EnvProblemReason {
    /// Not `NAME=value`.
    Unreadable,
    /// A number was expected.
    NotANumber,
    /// The name begins with `KOMMO_` and is unknown.
    UnknownName,
    /// The same name stood on an earlier line; the later one counts.
    Repeated,
    /// Empty value.
    Empty,
}

/// Signs in with what a `.env` file brought.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct EnvImportSignInRequest {
    /// The draft.
    pub draft_id: String,
    /// The authorization code, when the file has no long-lived token.
    #[serde(default)]
    pub code: Option<String>,
}

/// Moves the demo account's time forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DemoClockRequest {
    /// Seconds, up to 30 days.
    pub advance_s: u32,
}
