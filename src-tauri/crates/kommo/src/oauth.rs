//! Signing in: OAuth 2.0 as Kommo does it.
//!
//! Kommo's dialect differs from the standard in ways that the functions here know: the authorization
//! address takes no redirect address and no scopes, the token endpoint lives on the account's own host and
//! wants JSON, the redirect address is repeated in both grants, and errors are `problem+json` with a hint
//! (Kommo docs: oauth-20). There is no PKCE.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

mod adapter;
mod callback;
mod error;

pub use callback::{Callback, CallbackError};
pub use error::OAuthError;

use crate::transport::Transport;

/// Where people consent, unless told otherwise.
pub const DEFAULT_AUTHORIZE_BASE: &str = "https://www.kommo.com";

/// What happens in the browser after consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthorizeMode {
    /// The window closes and its opener is sent to the redirect address.
    Popup,
    /// The window itself is sent to the redirect address: what an application that opened the system
    /// browser wants.
    PostMessage,
}

/// What an administrator finds under *Keys and scopes* of the integration.
#[derive(Clone)]
pub struct Credentials {
    /// Integration ID, a UUID.
    pub client_id: String,
    /// Secret key, shown once.
    pub client_secret: SecretString,
    /// Exactly as configured, including a slash at the end.
    pub redirect_uri: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

/// An access token and the refresh token that gets the next pair. Every refresh returns a new refresh
/// token: store the new pair before using it.
#[derive(Debug, Clone)]
pub struct TokenPair {
    /// Goes into requests; lives a day.
    pub access: SecretString,
    /// Gets the next pair; lives three months.
    pub refresh: SecretString,
    /// How long the access token lives, seconds.
    pub expires_in_s: i64,
    /// The server's time, unix seconds, when told.
    pub server_time: Option<i64>,
}

/// The address to open in a browser. `state` comes back unchanged: use at least 128 random bits.
///
/// # Errors
/// [`url::ParseError`] when `base` cannot be the base of an address.
pub fn authorize_url(
    base: &Url,
    client_id: &str,
    state: &str,
    mode: AuthorizeMode,
) -> Result<Url, url::ParseError> {
    let mut address = base.join("/oauth")?;
    address
        .query_pairs_mut()
        .clear()
        .append_pair("client_id", client_id)
        .append_pair("state", state)
        .append_pair(
            "mode",
            match mode {
                AuthorizeMode::Popup => "popup",
                AuthorizeMode::PostMessage => "post_message",
            },
        );
    Ok(address)
}

/// Turns an authorization code into the first pair of tokens. A code works once, for 20 minutes.
///
/// # Errors
/// [`OAuthError`]. After [`OAuthError::Ambiguous`] the code may be used up.
pub async fn exchange_code(
    transport: &Arc<dyn Transport>,
    account_base_url: &Url,
    credentials: &Credentials,
    code: &SecretString,
) -> Result<TokenPair, OAuthError> {
    adapter::exchange_code(transport, account_base_url, credentials, code).await
}

/// Turns a refresh token into the next pair. Only one task of one process may do this at a time: some
/// accounts kill the old refresh token at once.
///
/// # Errors
/// [`OAuthError`]. Only [`OAuthError::is_definitive`] means that a person has to sign in again; after
/// [`OAuthError::Ambiguous`] try once more with the same refresh token.
pub async fn refresh(
    transport: &Arc<dyn Transport>,
    account_base_url: &Url,
    credentials: &Credentials,
    refresh_token: &SecretString,
) -> Result<TokenPair, OAuthError> {
    adapter::refresh(transport, account_base_url, credentials, refresh_token).await
}
