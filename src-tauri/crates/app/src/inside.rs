//! The parts of an account, for tests that drive them step by step instead of letting them run.

use crate::state::App;
use bytes::Bytes;
use cadencia_contract::{ApiError, ChangesPromised, LeadEditRequest};
use cadencia_listener::DeliveryOutcome;
use cadencia_store::AccountStore;
use cadencia_store::sync_log::LogActor;
use cadencia_sync::Engine;
use secrecy::SecretString;

impl App {
    /// The engine of an account; without an id that of the account that is shown.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn engine(&self, account_id: Option<&str>) -> Result<Engine, ApiError> {
        Ok(self.account(account_id).await?.engine.clone())
    }

    /// Keeps a delivery as if it had come through the listener. Whether it is on the disk.
    pub async fn deliver_webhook(&self, secret: &SecretString, body: Bytes) -> bool {
        self.deliver(secret, body).await == DeliveryOutcome::Kept
    }

    /// Changes a lead as the engine or an agent would: with the guards that hold for what is not a person.
    ///
    /// # Errors
    /// As the command `lead_edit`.
    pub async fn edit_lead_as_agent(&self, request: LeadEditRequest) -> Result<ChangesPromised, ApiError> {
        crate::command::lead_edit_for(LogActor::Agent, self, request).await
    }

    /// The mirror of an account; without an id that of the account that is shown.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn mirror(&self, account_id: Option<&str>) -> Result<AccountStore, ApiError> {
        Ok(self.account(account_id).await?.store.clone())
    }
}
