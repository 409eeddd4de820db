//! Incoming leads that wait for acceptance ("unsorted"). The lead exists already, in the pipeline's
//! incoming stage; here lives the question whether to keep it.

use std::fmt;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::client::Client;
use crate::entity::EntityId;
use crate::error::Result;
use crate::page::{Listed, listed};
use crate::query::{ListQuery, Order, Params};
use crate::wire::envelope::Identity;
use crate::wire::lenient;

const PATH: &str = "/api/v4/leads/unsorted";

/// Reads, accepts and declines incoming leads.
#[derive(Debug, Clone)]
pub struct UnsortedApi {
    client: Client,
}

impl Client {
    /// Incoming leads.
    #[must_use]
    pub fn unsorted(&self) -> UnsortedApi {
        UnsortedApi { client: self.clone() }
    }
}

/// Which incoming leads.
#[derive(Debug, Clone, Default)]
pub struct UnsortedQuery {
    /// Only these.
    pub uids: Vec<String>,
    /// Only these categories: `sip`, `mail`, `forms`, `chats`.
    pub categories: Vec<String>,
    /// Only these pipelines.
    pub pipeline_ids: Vec<i64>,
    /// By creation or change.
    pub order: Option<Order>,
}

impl ListQuery for UnsortedQuery {
    fn params(&self) -> Params {
        let mut params = Params::default();
        params.each("filter[uid]", &self.uids);
        params.each("filter[category]", &self.categories);
        params.each("filter[pipeline_id]", &self.pipeline_ids);
        params.order(self.order);
        params
    }
}

impl Listed for Unsorted {
    const KEY: &'static str = "unsorted";

    fn identity(&self) -> Identity {
        Identity::Text(self.uid.clone())
    }
}

listed!(UnsortedApi, Unsorted, UnsortedQuery, |_api| PATH.to_owned());

#[derive(Serialize)]
struct Acceptance {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_id: Option<i64>,
}

impl UnsortedApi {
    /// Reads one incoming lead; `None` when there is no such one.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn get(&self, uid: &str) -> Result<Option<Unsorted>> {
        self.client.find(&item_path(uid, ""), Params::default()).await
    }

    /// Accepts an incoming lead, in the name of `user_id`, into the stage `status_id`.
    ///
    /// # Errors
    /// See [`crate::Error`]. After [`crate::RetryClass::Uncertain`] see whether the lead has left the
    /// incoming stage.
    pub async fn accept(&self, uid: &str, user_id: Option<i64>, status_id: Option<i64>) -> Result<Unsorted> {
        let body = Acceptance { user_id, status_id };
        self.client.write_one(Method::POST, &item_path(uid, "/accept"), &body).await
    }

    /// Declines an incoming lead, in the name of `user_id`.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn decline(&self, uid: &str, user_id: Option<i64>) -> Result<()> {
        let body = Acceptance { user_id, status_id: None };
        self.client.write_only(Method::DELETE, &item_path(uid, "/decline"), &body).await
    }
}

fn item_path(uid: &str, action: &str) -> String {
    let uid: String = url::form_urlencoded::byte_serialize(uid.as_bytes()).collect();
    format!("{PATH}/{uid}{action}")
}

/// An incoming lead.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Unsorted {
    /// Its id, a long hexadecimal text.
    #[serde(default, deserialize_with = "lenient::string")]
    pub uid: String,
    /// For chats `amojo:{channel}:{chat}`.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub source_uid: Option<String>,
    /// The name of the source.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub source_name: Option<String>,
    /// `sip`, `mail`, `forms` or `chats`.
    #[serde(default, deserialize_with = "lenient::string")]
    pub category: String,
    /// The pipeline.
    #[serde(default, deserialize_with = "lenient::int")]
    pub pipeline_id: i64,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub created_at: i64,
    /// Where it came from; the keys depend on the category.
    #[serde(default, deserialize_with = "lenient::object")]
    pub metadata: Map<String, Value>,
    /// The account.
    #[serde(default, deserialize_with = "lenient::int")]
    pub account_id: i64,
    /// The lead, its contact and its company.
    #[serde(default, rename = "_embedded", deserialize_with = "lenient::object")]
    pub embedded: UnsortedParts,
}

// The metadata holds phones and first messages.
impl fmt::Debug for Unsorted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsorted")
            .field("uid", &self.uid)
            .field("category", &self.category)
            .field("pipeline_id", &self.pipeline_id)
            .field("embedded", &self.embedded)
            .finish_non_exhaustive()
    }
}

/// The parts of an incoming lead that come under `_embedded`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UnsortedParts {
    /// The lead.
    #[serde(default, deserialize_with = "lenient::list")]
    pub leads: Vec<EntityId>,
    /// Its contact.
    #[serde(default, deserialize_with = "lenient::list")]
    pub contacts: Vec<EntityId>,
    /// Its company.
    #[serde(default, deserialize_with = "lenient::list")]
    pub companies: Vec<EntityId>,
}

/// Where a lead from a form came from.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FormMetadata {
    /// The form's id.
    pub form_id: String,
    /// The form's name.
    pub form_name: String,
    /// The page it is on.
    pub form_page: String,
    /// Unix seconds.
    pub form_sent_at: i64,
    /// The visitor's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// Where the visitor came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referer: Option<String>,
}

/// Where a lead from a call came from.
#[derive(Clone, Default, Serialize)]
pub struct SipMetadata {
    /// The caller's number.
    pub from: String,
    /// The number called.
    pub phone: String,
    /// Unix seconds.
    pub called_at: i64,
    /// Seconds.
    pub duration: i64,
    /// The recording.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The telephony's code.
    pub service_code: String,
}

impl fmt::Debug for SipMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SipMetadata").field("called_at", &self.called_at).finish_non_exhaustive()
    }
}
