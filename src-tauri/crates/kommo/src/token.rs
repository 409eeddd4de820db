//! Where access tokens come from.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::Error;
use crate::oauth::OAuthError;
use crate::transport::BoxError;

/// Gives the client its access token. It is asked before every request, so it should answer from memory.
#[async_trait]
pub trait TokenSource: Send + Sync + 'static {
    /// The token to use now.
    ///
    /// # Errors
    /// [`TokenError`] when there is none.
    async fn access_token(&self) -> Result<SecretString, TokenError>;

    /// Called once after a 401 with the token that was refused. Several requests may be refused at the same
    /// time: when the current token is already another one, that one is the answer and nothing is renewed.
    ///
    /// # Errors
    /// [`TokenError::SignedOut`] when there will be no other token, [`TokenError::Unavailable`] when there
    /// is none at the moment.
    async fn renewed(&self, refused: &SecretString) -> Result<SecretString, TokenError>;
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The sign-in is gone: a person has to sign in again.
    #[error("the sign-in is no longer valid")]
    SignedOut,
    /// A passing fault; the sign-in may still be good.
    #[error("the access token cannot be had at the moment")]
    Unavailable {
        /// What follows from it.
        why: Hindrance,
        /// What happened.
        source: BoxError,
    },
}

/// What keeps a token source from having a token at the moment, told apart by what follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// Nothing reached the server.
    Unreachable,
    /// No answer came.
    NoAnswer,
    /// Kommo blocks this address, or the budget is blocked.
    Blocked,
    /// Kommo asks to be left alone.
    RateLimited {
        /// For so long, when it said so.
        retry_after: Option<Duration>,
    },
    /// The server failed, or refused for a reason that is not about the sign-in.
    Server,
    /// An answer that is not Kommo's.
    Unreadable,
    /// A new token could not be kept for want of room or leave, so none was asked for.
    NotWritable,
    /// What is kept of the sign-in cannot be read, or a new token cannot be kept, for another reason.
    StorageBroken,
}

impl From<&Error> for Hindrance {
    /// What a call that failed means for a token source that made it.
    fn from(error: &Error) -> Self {
        match error {
            Error::NotSent { .. } => Self::Unreachable,
            Error::Ambiguous { .. } => Self::NoAnswer,
            Error::Blocked { .. } | Error::BudgetBlocked { .. } => Self::Blocked,
            Error::TooManyRequests { retry_after, .. } => Self::RateLimited { retry_after: *retry_after },
            Error::TokenUnavailable { source: TokenError::Unavailable { why, .. }, .. } => *why,
            Error::Malformed { .. } | Error::Unauthorized { is_json: false, .. } => Self::Unreadable,
            Error::Server { .. }
            | Error::Unauthorized { .. }
            | Error::TokenUnavailable { .. }
            | Error::PaymentRequired { .. }
            | Error::Forbidden { .. }
            | Error::NotFound { .. }
            | Error::Validation { .. }
            | Error::Unprocessable { .. }
            | Error::Rejected { .. } => Self::Server,
        }
    }
}

impl From<OAuthError> for TokenError {
    fn from(error: OAuthError) -> Self {
        if error.is_definitive() {
            return Self::SignedOut;
        }
        let why = match &error {
            OAuthError::NotSent(_) => Hindrance::Unreachable,
            OAuthError::Ambiguous(_) => Hindrance::NoAnswer,
            OAuthError::Blocked => Hindrance::Blocked,
            OAuthError::RateLimited { retry_after } => Hindrance::RateLimited { retry_after: *retry_after },
            OAuthError::Malformed { .. } => Hindrance::Unreadable,
            _ => Hindrance::Server,
        };
        Self::Unavailable { why, source: Box::new(error) }
    }
}

/// A token that is never renewed, for example a long-lived one.
#[derive(Debug, Clone)]
pub struct StaticToken(SecretString);

impl StaticToken {
    /// Uses `token` for everything.
    pub fn new(token: impl Into<SecretString>) -> Self {
        Self(token.into())
    }
}

#[async_trait]
impl TokenSource for StaticToken {
    async fn access_token(&self) -> Result<SecretString, TokenError> {
        Ok(self.0.clone())
    }

    async fn renewed(&self, refused: &SecretString) -> Result<SecretString, TokenError> {
        if refused.expose_secret() == self.0.expose_secret() {
            Err(TokenError::SignedOut)
        } else {
            Ok(self.0.clone())
        }
    }
}
