//! Sources of leads that the integration itself registered. Kommo's own channels are not among them.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client::Client;
use crate::error::Result;
use crate::query::Params;
use crate::wire::lenient;
use crate::written::listed_by_id;

const PATH: &str = "/api/v4/sources";

/// Reads and creates sources.
#[derive(Debug, Clone)]
pub struct SourcesApi {
    client: Client,
}

impl Client {
    /// Sources.
    #[must_use]
    pub fn sources(&self) -> SourcesApi {
        SourcesApi { client: self.clone() }
    }
}

listed_by_id!(Source, "sources");

impl SourcesApi {
    /// All sources of the integration.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn list(&self) -> Result<Vec<Source>> {
        self.client.all(PATH, Params::default()).await
    }

    /// Reads one source; `None` when there is no such source.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn get(&self, id: i64) -> Result<Option<Source>> {
        self.client.find(&format!("{PATH}/{id}"), Params::default()).await
    }

    /// Registers sources.
    ///
    /// # Errors
    /// See [`crate::Error`]; [`crate::Error::Validation`] when an external id exists.
    pub async fn create(&self, sources: &[NewSource]) -> Result<Vec<Source>> {
        if sources.is_empty() {
            return Ok(Vec::new());
        }
        self.client.write_list(Method::POST, PATH, sources).await
    }
}

/// A source.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Source {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    /// Where its leads go.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub pipeline_id: Option<i64>,
    /// The integration's own id of it.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub external_id: Option<String>,
    /// The one used when none is named.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub default: bool,
    /// The channel.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub origin_code: Option<String>,
    /// What it offers, as Kommo tells it.
    #[serde(default, deserialize_with = "lenient::list")]
    pub services: Vec<Value>,
}

/// A source to register.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewSource {
    /// Its name.
    pub name: String,
    /// The integration's own id of it.
    pub external_id: String,
    /// Where its leads go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline_id: Option<i64>,
}
