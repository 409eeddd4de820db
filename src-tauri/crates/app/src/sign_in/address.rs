//! Where accounts are reached.

use crate::config::Source;
use crate::state::App;
use cadencia_contract::{ApiError, ErrorCode};
use cadencia_domain::account::parse_subdomain;
use url::Url;

/// The address of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) subdomain: String,
    pub(crate) base_url: Url,
}

impl Address {
    /// As the registry keeps it.
    pub(crate) fn row_url(&self) -> String {
        self.base_url.as_str().trim_end_matches('/').to_owned()
    }
}

impl App {
    /// The account that a person typed or pasted.
    pub(crate) fn typed_address(&self, typed: &str) -> Result<Address, ApiError> {
        let subdomain = parse_subdomain(typed).map_err(|_| ApiError::new(ErrorCode::InvalidSubdomain))?;
        let base_url = match &self.0.config.source {
            Source::Address { url, .. } => url.clone(),
            Source::Kommo | Source::Demo => Url::parse(&format!("https://{subdomain}.kommo.com"))
                .map_err(|_| ApiError::new(ErrorCode::InvalidSubdomain))?,
        };
        Ok(Address { subdomain, base_url })
    }

    /// The account that Kommo names in a callback. Only Kommo's own hosts are believed: the secret key goes there.
    pub(crate) fn named_address(&self, host: &str) -> Result<Address, ApiError> {
        match &self.0.config.source {
            Source::Address { url, .. } => Ok(Address { subdomain: String::new(), base_url: url.clone() }),
            Source::Kommo | Source::Demo if host.contains('.') => self.typed_address(host),
            Source::Kommo | Source::Demo => Err(ApiError::new(ErrorCode::InvalidSubdomain)),
        }
    }

    /// Where the browser is sent to sign in.
    pub(crate) fn authorize_base(&self) -> Result<Url, ApiError> {
        match &self.0.config.source {
            Source::Address { url, .. } => Ok(url.clone()),
            Source::Kommo | Source::Demo => Url::parse(kommo::oauth::DEFAULT_AUTHORIZE_BASE)
                .map_err(|_| ApiError::new(ErrorCode::Internal)),
        }
    }
}
