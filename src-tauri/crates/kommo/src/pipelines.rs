//! Pipelines and their stages (Kommo calls a stage a status).

use http::Method;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::Result;
use crate::query::Params;
use crate::wire::lenient;
use crate::written::listed_by_id;

const PATH: &str = "/api/v4/leads/pipelines";

/// Reads pipelines and creates stages. Writing needs an administrator's token.
#[derive(Debug, Clone)]
pub struct PipelinesApi {
    client: Client,
}

impl Client {
    /// Pipelines and stages.
    #[must_use]
    pub fn pipelines(&self) -> PipelinesApi {
        PipelinesApi { client: self.clone() }
    }
}

listed_by_id!(Pipeline, "pipelines");
listed_by_id!(Status, "statuses");

impl PipelinesApi {
    /// All pipelines with their stages. The list has no pages.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn list(&self) -> Result<Vec<Pipeline>> {
        self.client.all(PATH, Params::default()).await
    }

    /// One pipeline with its stages; `None` when there is no such pipeline.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn get(&self, id: i64) -> Result<Option<Pipeline>> {
        self.client.find(&format!("{PATH}/{id}"), Params::default()).await
    }

    /// The stages of one pipeline.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn statuses(&self, pipeline_id: i64) -> Result<Vec<Status>> {
        self.client.all(&format!("{PATH}/{pipeline_id}/statuses"), Params::default()).await
    }

    /// Adds stages to a pipeline, which may have 100 in all. The server renumbers `sort`.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn create_statuses(&self, pipeline_id: i64, statuses: &[NewStatus]) -> Result<Vec<Status>> {
        if statuses.is_empty() {
            return Ok(Vec::new());
        }
        self.client.write_list(Method::POST, &format!("{PATH}/{pipeline_id}/statuses"), statuses).await
    }
}

/// A pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pipeline {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    /// Its place among the pipelines.
    #[serde(default, deserialize_with = "lenient::int")]
    pub sort: i64,
    /// Leads without a pipeline go here.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_main: bool,
    /// Incoming leads wait for acceptance here.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_unsorted_on: bool,
    /// Put away.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_archive: bool,
    /// The account.
    #[serde(default, deserialize_with = "lenient::int")]
    pub account_id: i64,
    /// Its stages.
    #[serde(default, rename = "_embedded", deserialize_with = "lenient::object")]
    pub embedded: PipelineParts,
}

impl Pipeline {
    /// Its stages.
    #[must_use]
    pub fn statuses(&self) -> &[Status] {
        &self.embedded.statuses
    }
}

/// The parts of a pipeline that come under `_embedded`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PipelineParts {
    /// Its stages.
    #[serde(default, deserialize_with = "lenient::list")]
    pub statuses: Vec<Status>,
}

/// A stage. 142 (won) and 143 (lost) exist in every pipeline, so an id alone does not identify a stage.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Status {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    /// Its place in the pipeline.
    #[serde(default, deserialize_with = "lenient::int")]
    pub sort: i64,
    /// Not one of the system's.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_editable: bool,
    /// Its pipeline.
    #[serde(default, deserialize_with = "lenient::int")]
    pub pipeline_id: i64,
    /// For example `#fffeb2`.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub color: Option<String>,
    /// 1 for "incoming leads", 0 for the others.
    #[serde(default, rename = "type", deserialize_with = "lenient::int")]
    pub kind: i64,
    /// The account.
    #[serde(default, deserialize_with = "lenient::int")]
    pub account_id: i64,
}

impl Status {
    /// The stage of incoming leads, into which nothing can be written.
    #[must_use]
    pub fn is_incoming(&self) -> bool {
        self.kind == 1
    }
}

/// A stage to add.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewStatus {
    /// Its name.
    pub name: String,
    /// Its place in the pipeline.
    pub sort: i64,
    /// One of [`STATUS_COLORS`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// Comes back in the answer, to tell items apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// The colours that a stage may have.
pub const STATUS_COLORS: [&str; 21] = [
    "#fffeb2", "#fffd7f", "#fff000", "#ffeab2", "#ffdc7f", "#ffce5a", "#ffdbdb", "#ffc8c8", "#ff8f92",
    "#d6eaff", "#c1e0ff", "#98cbff", "#ebffb1", "#deff81", "#87f2c0", "#f9deff", "#f3beff", "#ccc8f9",
    "#eb93ff", "#f2f3f4", "#e6e8ea",
];
