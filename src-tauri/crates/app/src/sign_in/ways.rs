//! The first two ways, and the `.env` file.

use super::address::Address;
use super::bought::{Bought, ExchangeId};
use super::connect::Proven;
use super::oauth_error::of_oauth;
use crate::state::App;
use crate::tokens::end_of;
use cadencia_contract::{
    ApiError, EnvImportPreview, EnvImportSignInRequest, ErrorCode, Int53, SignInCodeRequest,
    SignInLongLivedRequest, SignInOutcome,
};
use cadencia_store::credentials::{CredentialKind, Credentials};
use kommo::Priority;
use kommo::oauth::{self, Credentials as Integration};
use secrecy::{ExposeSecret as _, SecretString};

/// Credentials of a pasted long-lived token.
pub(super) fn long_lived(address: &Address, token: SecretString) -> Result<Credentials, ApiError> {
    if kommo::jwt::claims(&token).is_err() {
        return Err(ApiError::new(ErrorCode::TokenMalformed));
    }
    Ok(Credentials {
        kind: CredentialKind::LongLived,
        base_url: address.base_url.to_string(),
        expires_at: end_of(&token),
        access_token: token,
        refresh_token: None,
        client_id: None,
        client_secret: None,
        redirect_uri: None,
    })
}

/// What a person pastes, without the wrapping that comes along.
fn pasted(text: &str) -> String {
    let text = text.trim().trim_matches('"').trim();
    text.strip_prefix("Bearer ").unwrap_or(text).trim().to_owned()
}

impl App {
    /// First way: a long-lived token.
    pub(crate) async fn sign_in_long_lived(
        &self,
        request: SignInLongLivedRequest,
    ) -> Result<SignInOutcome, ApiError> {
        let address = self.typed_address(&request.subdomain)?;
        let credentials = long_lived(&address, SecretString::from(pasted(&request.token)))?;
        self.connect(Proven {
            address,
            credentials,
            method: "long_lived",
            account: request.account_id,
            mapping: Vec::new(),
        })
        .await
    }

    /// Second way: private integration and code.
    pub(crate) async fn sign_in_code(&self, request: SignInCodeRequest) -> Result<SignInOutcome, ApiError> {
        let address = self.typed_address(&request.subdomain)?;
        let integration = Integration {
            client_id: request.client_id.trim().to_owned(),
            client_secret: SecretString::from(pasted(&request.client_secret)),
            redirect_uri: request.redirect_uri.trim().to_owned(),
        };
        let code = SecretString::from(pasted(&request.code));
        let credentials = self.exchange(&address, integration, &code).await?;
        self.connect(Proven {
            address,
            credentials,
            method: "code",
            account: request.account_id,
            mapping: Vec::new(),
        })
        .await
    }

    /// Turns a code into credentials. The code is used up by this, so what is missing is refused before, and what it
    /// brought is kept until it is stored: the same code again gives the same.
    pub(super) async fn exchange(
        &self,
        address: &Address,
        integration: Integration,
        code: &SecretString,
    ) -> Result<Credentials, ApiError> {
        let missing = |field: &str| ApiError::new(ErrorCode::InvalidRequest).with_detail(field);
        if integration.client_id.is_empty() {
            return Err(missing("client_id"));
        }
        if integration.client_secret.expose_secret().is_empty() {
            return Err(missing("client_secret"));
        }
        if integration.redirect_uri.is_empty() {
            return Err(missing("redirect_uri"));
        }
        if code.expose_secret().is_empty() {
            return Err(missing("code"));
        }
        // Locked data could not keep the tokens that the code buys.
        self.registry().await?;
        let id = ExchangeId::of(address, &integration, code);
        if let Some(bought) = self.bought().get(id, self.now()) {
            return Ok(bought);
        }
        // As when a token is proven: a person asks, so a block that was seen before is looked at anew.
        self.0.config.budget.unblock();
        if self.0.config.budget.acquire(Priority::Person).await.is_err() {
            return Err(ApiError::new(ErrorCode::IpBlocked));
        }
        let pair = oauth::exchange_code(&self.0.transport, &address.base_url, &integration, code)
            .await
            .map_err(|error| {
                error.heed(&self.0.config.budget);
                of_oauth(&error, &integration.redirect_uri)
            })?;
        let lifetime_ms = pair.expires_in_s.clamp(0, i64::MAX / 1_000).saturating_mul(1_000);
        let credentials = Credentials {
            kind: CredentialKind::OAuth,
            base_url: address.base_url.to_string(),
            access_token: pair.access,
            refresh_token: Some(pair.refresh),
            expires_at: Some(self.now().plus(lifetime_ms)),
            client_id: Some(integration.client_id),
            client_secret: Some(integration.client_secret),
            redirect_uri: Some(integration.redirect_uri),
        };
        self.bought().keep(id, credentials.clone(), self.now());
        Ok(credentials)
    }

    /// What codes bought and is not stored yet.
    pub(super) fn bought(&self) -> std::sync::MutexGuard<'_, Bought> {
        self.0.bought.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Reads a dropped `.env` file.
    pub(crate) fn preview_env(&self, text: &str) -> Result<EnvImportPreview, ApiError> {
        let file = super::read_env(text);
        if file.is_empty() {
            return Err(ApiError::new(ErrorCode::EnvUnreadable));
        }
        let now = self.now();
        let draft_id = self.0.config.entropy.uuid_v7(now).to_string();
        let preview = EnvImportPreview {
            draft_id: draft_id.clone(),
            subdomain: file.subdomain.clone(),
            client_id: file.client_id.clone(),
            redirect_uri: file.redirect_uri.clone(),
            has_client_secret: file.client_secret.is_some(),
            has_long_lived_token: file.long_lived_token.is_some(),
            token_expires_at_ms: file.long_lived_token.as_ref().and_then(end_of).map(|at| Int53(at.0)),
            mapping: file.mapping.clone(),
            problems: file.problems.clone(),
        };
        self.0.drafts.lock().unwrap_or_else(std::sync::PoisonError::into_inner).keep(draft_id, file, now);
        Ok(preview)
    }

    /// Signs in with what a `.env` file brought: its token, or its integration and a code.
    pub(crate) async fn sign_in_env(
        &self,
        request: EnvImportSignInRequest,
    ) -> Result<SignInOutcome, ApiError> {
        let (subdomain, token, integration, mapping) = {
            let drafts = self.0.drafts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let file = drafts
                .get(&request.draft_id, self.now())
                .ok_or_else(|| ApiError::new(ErrorCode::SignInExpired))?;
            let integration = Integration {
                client_id: file.client_id.clone().unwrap_or_default(),
                client_secret: file.client_secret.clone().unwrap_or_default(),
                redirect_uri: file.redirect_uri.clone().unwrap_or_default(),
            };
            (file.subdomain.clone(), file.long_lived_token.clone(), integration, file.mapping.clone())
        };
        let address = self.typed_address(&subdomain.unwrap_or_default())?;
        let code = request.code.as_deref().map(pasted).filter(|code| !code.is_empty());
        let (credentials, method) = match (token, code) {
            (Some(token), None) => {
                (long_lived(&address, SecretString::from(pasted(token.expose_secret())))?, "long_lived")
            }
            (_, Some(code)) => {
                (self.exchange(&address, integration, &SecretString::from(code)).await?, "code")
            }
            (None, None) => return Err(ApiError::new(ErrorCode::InvalidRequest).with_detail("code")),
        };
        let outcome = self.connect(Proven { address, credentials, method, account: None, mapping }).await?;
        self.0.drafts.lock().unwrap_or_else(std::sync::PoisonError::into_inner).forget(&request.draft_id);
        Ok(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wrapping_of_a_pasted_secret_falls_off() {
        for text in ["abc", " abc\n", "\"abc\"", "Bearer abc", "  \"Bearer abc \" "] {
            assert_eq!(pasted(text), "abc", "{text:?}");
        }
    }
}
