use std::time::Duration;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use serde::Deserialize;

use crate::budget::{Budget, REASON_OF_BLOCK, WAIT_AFTER_UNTIMED_429};
use crate::error::{MalformedKind, is_html};
use crate::transport::{BoxError, TransportError};
use crate::wire::lenient;

/// Why the token endpoint gave no tokens.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OAuthError {
    /// The authorization code is older than 20 minutes.
    #[error("the authorization code has expired")]
    CodeExpired,
    /// The authorization code was used before.
    #[error("the authorization code was already used")]
    CodeUsed,
    /// What was given is no authorization code.
    #[error("the authorization code is not valid")]
    CodeInvalid,
    /// The integration id is wrong.
    #[error("the integration id is not valid")]
    ClientId,
    /// The secret key is missing or wrong.
    #[error("the secret key is missing or not valid")]
    ClientSecret,
    /// The redirect address is not, to the letter, the one of the integration.
    #[error("the redirect address is not the one set in the integration")]
    RedirectMismatch,
    /// The code or token belongs to another account.
    #[error("the code or token belongs to another account")]
    WrongAccount,
    /// The request went to `www.`, not to the account's own host.
    #[error("the request has to go to the account's own address")]
    WrongHost,
    /// There is no account at this address (404). The account may have been renamed.
    #[error("there is no account at this address")]
    UnknownHost,
    /// The refresh token is not valid.
    #[error("the refresh token is not valid")]
    RefreshInvalid,
    /// The refresh token was used before, or access was revoked.
    #[error("the token has been revoked")]
    Revoked,
    /// The integration id and secret key do not fit together.
    #[error("the integration id and the secret key were not accepted")]
    ClientAuthFailed,
    /// Refused for a reason this crate has no name for.
    #[error("the token endpoint refused with status {status}")]
    Refused {
        /// The status.
        status: u16,
        /// Kommo's hint, when there was one.
        hint: Option<String>,
    },
    /// 403 with HTML: Kommo blocks this address.
    #[error("Kommo blocks this address")]
    Blocked,
    /// 429.
    #[error("too many requests")]
    RateLimited {
        /// How long Kommo wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// 5xx.
    #[error("the token endpoint failed with status {status}")]
    Server {
        /// The status.
        status: u16,
    },
    /// Nothing reached the server.
    #[error("the token endpoint could not be reached")]
    NotSent(#[source] TransportError),
    /// No answer came: the code or refresh token may have been used.
    #[error("the token endpoint did not answer; the code or token may be used up")]
    Ambiguous(#[source] TransportError),
    /// An answer that is not Kommo's.
    #[error("the token endpoint answered with {what}")]
    Malformed {
        /// In what way.
        what: MalformedKind,
        /// The parser's words.
        #[source]
        source: Option<BoxError>,
    },
}

impl OAuthError {
    /// Kommo said no, and will say no again: a person has to do something. Everything else is passing and
    /// must not cost a stored token.
    #[must_use]
    pub fn is_definitive(&self) -> bool {
        match self {
            Self::CodeExpired
            | Self::CodeUsed
            | Self::CodeInvalid
            | Self::ClientId
            | Self::ClientSecret
            | Self::RedirectMismatch
            | Self::WrongAccount
            | Self::WrongHost
            | Self::RefreshInvalid
            | Self::Revoked
            | Self::ClientAuthFailed => true,
            Self::Refused { status, .. } => matches!(status, 400 | 401),
            Self::UnknownHost
            | Self::Blocked
            | Self::RateLimited { .. }
            | Self::Server { .. }
            | Self::NotSent(_)
            | Self::Ambiguous(_)
            | Self::Malformed { .. } => false,
        }
    }

    /// Hands what Kommo asks of everybody to the budget that everybody shares: a block of this address stops it, a
    /// 429 pauses it. A [`crate::Client`] does so with its own answers; the calls of [`crate::oauth`] have none.
    pub fn heed(&self, budget: &Budget) {
        match self {
            Self::Blocked => {
                tracing::error!("Kommo blocks this address; all requests stop");
                budget.block(REASON_OF_BLOCK);
            }
            Self::RateLimited { retry_after } => {
                let wait = retry_after.unwrap_or(WAIT_AFTER_UNTIMED_429);
                tracing::warn!(seconds = wait.as_secs(), "Kommo asks for a pause");
                budget.refused(wait);
            }
            _ => {}
        }
    }
}

impl From<TransportError> for OAuthError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::BeforeSend(_) => Self::NotSent(error),
            TransportError::AfterSend(_) => Self::Ambiguous(error),
            TransportError::TooLarge { .. } => {
                Self::Malformed { what: MalformedKind::TooLarge, source: Some(Box::new(error)) }
            }
        }
    }
}

#[derive(Debug, Default, Deserialize)]
struct Problem {
    #[serde(default, deserialize_with = "lenient::string_opt")]
    hint: Option<String>,
    #[serde(default, deserialize_with = "lenient::float_opt")]
    retry_after: Option<f64>,
}

/// Status first, hint second; never Kommo's words for people, which are in the account's language.
pub(super) fn from_answer(answer: &http::Response<Bytes>) -> OAuthError {
    let status = answer.status().as_u16();
    let html = is_html(answer.headers(), answer.body());
    let parsed: Option<Problem> = serde_json::from_slice(answer.body()).ok();
    let understood = parsed.is_some();
    let Problem { hint, retry_after } = parsed.unwrap_or_default();
    match status {
        // A captive portal may answer 401 with a page of its own: that says nothing about the token.
        400 | 401 if !understood => OAuthError::Malformed {
            what: if html { MalformedKind::Html } else { MalformedKind::Shape },
            source: None,
        },
        400 | 401 => from_hint(status, hint),
        403 if html => OAuthError::Blocked,
        404 => OAuthError::UnknownHost,
        429 => {
            let header = || answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok();
            let seconds: Option<f64> = retry_after.or_else(header);
            let seconds = seconds.filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
            let retry_after = seconds.map(|seconds| Duration::from_secs_f64(seconds.min(86_400.0)));
            OAuthError::RateLimited { retry_after }
        }
        500..=599 => OAuthError::Server { status },
        _ if (400..500).contains(&status) => OAuthError::Refused { status, hint },
        _ => OAuthError::Malformed { what: MalformedKind::Status, source: None },
    }
}

fn from_hint(status: u16, hint: Option<String>) -> OAuthError {
    match hint.as_deref() {
        Some("Authorization code has expired") => OAuthError::CodeExpired,
        Some("Authorization code has been revoked") => OAuthError::CodeUsed,
        Some("Cannot decrypt the authorization code") => OAuthError::CodeInvalid,
        Some("Check the `client_id` parameter") => OAuthError::ClientId,
        Some("Check the `client_secret` parameter") => OAuthError::ClientSecret,
        Some("Redirect URI is not associated with client") => OAuthError::RedirectMismatch,
        Some("Invalid account") => OAuthError::WrongAccount,
        Some("Send request to account") => OAuthError::WrongHost,
        Some("Invalid refresh token" | "Cannot decrypt the refresh token") => OAuthError::RefreshInvalid,
        Some("Token has been revoked" | "Token has expired") => OAuthError::Revoked,
        None if status == 401 => OAuthError::ClientAuthFailed,
        _ => OAuthError::Refused { status, hint },
    }
}
