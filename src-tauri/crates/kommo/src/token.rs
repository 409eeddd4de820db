//! Where access tokens come from.

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};

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
    Unavailable(#[source] BoxError),
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
