//! Reasons for which leads are lost.

use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::Result;
use crate::query::Params;
use crate::wire::lenient;
use crate::written::listed_by_id;

const PATH: &str = "/api/v4/leads/loss_reasons";

/// Reads loss reasons.
#[derive(Debug, Clone)]
pub struct LossReasonsApi {
    client: Client,
}

impl Client {
    /// Loss reasons.
    #[must_use]
    pub fn loss_reasons(&self) -> LossReasonsApi {
        LossReasonsApi { client: self.clone() }
    }
}

listed_by_id!(LossReason, "loss_reasons");

impl LossReasonsApi {
    /// All loss reasons.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn list(&self) -> Result<Vec<LossReason>> {
        self.client.all(PATH, Params::default()).await
    }

    /// One loss reason; `None` when there is no such reason.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn get(&self, id: i64) -> Result<Option<LossReason>> {
        self.client.find(&format!("{PATH}/{id}"), Params::default()).await
    }
}

/// Why a lead was lost.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LossReason {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// In words.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    /// Its place.
    #[serde(default, deserialize_with = "lenient::int")]
    pub sort: i64,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub created_at: Option<i64>,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub updated_at: Option<i64>,
}
