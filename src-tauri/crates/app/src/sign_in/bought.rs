//! What a code bought, kept here until Kommo has said whose it is. A code works once: without this, a passing fault
//! between the exchange and the proof would send the person back to Kommo for another one.

use super::address::Address;
use cadencia_domain::time::UtcMillis;
use cadencia_store::credentials::Credentials;
use kommo::oauth::Credentials as Integration;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// Forgotten after this long.
const LIFETIME_MS: i64 = 600_000;

/// Names one exchange without holding its code or secret key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExchangeId([u8; 32]);

impl ExchangeId {
    /// Everything that was sent counts: who types another secret key asks Kommo, not this memory.
    pub(crate) fn of(address: &Address, integration: &Integration, code: &SecretString) -> Self {
        let mut digest = Sha256::new();
        for part in [
            address.base_url.as_str(),
            &integration.client_id,
            integration.client_secret.expose_secret(),
            &integration.redirect_uri,
            code.expose_secret(),
        ] {
            digest.update(part.len().to_be_bytes());
            digest.update(part.as_bytes());
        }
        Self(digest.finalize().into())
    }
}

/// Credentials that were bought in the last ten minutes and are not stored yet.
#[derive(Debug, Default)]
pub(crate) struct Bought(Vec<(ExchangeId, UtcMillis, Credentials)>);

impl Bought {
    /// Keeps what an exchange brought.
    pub(crate) fn keep(&mut self, id: ExchangeId, credentials: Credentials, now: UtcMillis) {
        self.drop_old(now);
        self.0.push((id, now, credentials));
    }

    /// What the same exchange brought before.
    pub(crate) fn get(&mut self, id: ExchangeId, now: UtcMillis) -> Option<Credentials> {
        self.drop_old(now);
        self.0.iter().find(|(known, ..)| *known == id).map(|(.., credentials)| credentials.clone())
    }

    /// Forgets credentials that are stored now, or worth nothing.
    pub(crate) fn forget(&mut self, credentials: &Credentials) {
        let token = credentials.access_token.expose_secret();
        self.0.retain(|(.., kept)| kept.access_token.expose_secret() != token);
    }

    fn drop_old(&mut self, now: UtcMillis) {
        self.0.retain(|(_, at, _)| (0..LIFETIME_MS).contains(&now.since(*at)));
    }
}
