//! A long-lived token that was refused.

use super::TokenKeeper;
use cadencia_store::credentials::StoredCredentials;
use kommo::token::{Hindrance, StaticToken, TokenError};
use kommo::{Client, RetryPolicy};
use secrecy::SecretString;
use std::sync::Arc;
use url::Url;

impl TokenKeeper {
    /// Nothing renews a long-lived token, and when it is given up a person has to make a new one: so Kommo is asked
    /// once more, and has to refuse it in its own words.
    pub(super) async fn ask_once_more(&self, stored: &StoredCredentials) -> Result<SecretString, TokenError> {
        let token = stored.credentials.access_token.clone();
        let Some(client) = self.client_with(stored) else { return Ok(token) };
        match client.account().get(&[]).await {
            // Refused for another reason than the token.
            Ok(_) | Err(kommo::Error::PaymentRequired { .. } | kommo::Error::Forbidden { .. }) => Ok(token),
            Err(kommo::Error::Unauthorized { is_json: true, .. }) => {
                self.sign_in_lost(stored, "token_refused").await;
                Err(TokenError::SignedOut)
            }
            Err(error) => {
                Err(TokenError::Unavailable { why: Hindrance::from(&error), source: Box::new(error) })
            }
        }
    }

    /// A client that asks once, with this token and no other.
    fn client_with(&self, stored: &StoredCredentials) -> Option<Client> {
        let built = Client::builder(Url::parse(&stored.credentials.base_url).ok()?)
            .transport(Arc::clone(&self.parts.transport))
            .tokens(Arc::new(StaticToken::new(stored.credentials.access_token.clone())))
            .budget(self.parts.budget.clone())
            .user_agent(crate::USER_AGENT)
            .retries(RetryPolicy { max_attempts: 1, ..RetryPolicy::default() })
            .build();
        built.ok()
    }
}
