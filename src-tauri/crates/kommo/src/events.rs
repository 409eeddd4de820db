//! Events: what happened, newest first. Read-only, without the texts of messages.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client::Client;
use crate::entity::{self, EntityType};
use crate::error::Result;
use crate::page::{Listed, listed};
use crate::query::{ListQuery, Params, TimeRange};
use crate::wire::envelope::Identity;
use crate::wire::lenient;

const PATH: &str = "/api/v4/events";

/// Reads events.
#[derive(Debug, Clone)]
pub struct EventsApi {
    client: Client,
}

impl Client {
    /// Events.
    #[must_use]
    pub fn events(&self) -> EventsApi {
        EventsApi { client: self.clone() }
    }
}

/// Which events.
#[derive(Debug, Clone, Default)]
pub struct EventsQuery {
    /// Only these ids.
    pub ids: Vec<String>,
    /// Only those that happened then.
    pub created_at: Option<TimeRange>,
    /// Only those caused by these users, at most 10.
    pub created_by: Vec<i64>,
    /// Only those about these kinds of entity.
    pub entities: Vec<EntityType>,
    /// Only those about these entities, at most 10, of the one kind named.
    pub entity_ids: Vec<i64>,
    /// Only these types, such as `lead_status_changed`.
    pub types: Vec<String>,
}

impl EventsQuery {
    /// Only events that happened in `range`.
    #[must_use]
    pub fn created(mut self, range: TimeRange) -> Self {
        self.created_at = Some(range);
        self
    }

    /// Only these types.
    #[must_use]
    pub fn types<T: Into<String>>(mut self, types: impl IntoIterator<Item = T>) -> Self {
        self.types.extend(types.into_iter().map(Into::into));
        self
    }

    /// Only events about this entity.
    #[must_use]
    pub fn of(mut self, entity: EntityType, entity_id: i64) -> Self {
        self.entities = vec![entity];
        self.entity_ids.push(entity_id);
        self
    }
}

impl ListQuery for EventsQuery {
    fn params(&self) -> Params {
        let mut params = Params::default();
        params.each("filter[id]", &self.ids);
        params.range("filter[created_at]", self.created_at);
        params.each("filter[created_by]", &self.created_by);
        if !self.entities.is_empty() {
            let kinds: Vec<&str> = self.entities.iter().map(|entity| entity.singular()).collect();
            params.push("filter[entity]", kinds.join(","));
        }
        params.each("filter[entity_id]", &self.entity_ids);
        if !self.types.is_empty() {
            params.push("filter[type]", self.types.join(","));
        }
        params
    }
}

impl Listed for Event {
    const KEY: &'static str = "events";
    // Some pages of the documentation say 250, others 100.
    const PAGE_LIMIT: u32 = 100;

    fn identity(&self) -> Identity {
        Identity::Text(self.id.clone())
    }
}

listed!(EventsApi, Event, EventsQuery, |_api| PATH.to_owned());

impl EventsApi {
    /// Reads one event; `None` when there is no such event.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn get(&self, id: &str) -> Result<Option<Event>> {
        let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
        self.client.find(&format!("{PATH}/{id}"), Params::default()).await
    }
}

/// An event.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Event {
    /// A ULID: later events have larger ids.
    #[serde(default, deserialize_with = "lenient::string")]
    pub id: String,
    /// What happened, for example `lead_status_changed`.
    #[serde(default, rename = "type", deserialize_with = "lenient::string")]
    pub kind: String,
    /// To what.
    #[serde(default, deserialize_with = "lenient::int")]
    pub entity_id: i64,
    /// The kind of that.
    #[serde(default, deserialize_with = "entity::optional")]
    pub entity_type: Option<EntityType>,
    /// By whom; 0 for a robot.
    #[serde(default, deserialize_with = "lenient::int")]
    pub created_by: i64,
    /// When, unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub created_at: i64,
    /// What it is now: objects with one key each, such as `lead_status`.
    #[serde(default, deserialize_with = "lenient::list")]
    pub value_after: Vec<Value>,
    /// What it was.
    #[serde(default, deserialize_with = "lenient::list")]
    pub value_before: Vec<Value>,
    /// The account.
    #[serde(default, deserialize_with = "lenient::int")]
    pub account_id: i64,
}

/// A stage as events tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventStatus {
    /// The stage.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its pipeline.
    #[serde(default, deserialize_with = "lenient::int")]
    pub pipeline_id: i64,
}

/// A message as events tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventMessage {
    /// Its UUID.
    #[serde(default, deserialize_with = "lenient::string")]
    pub id: String,
    /// The channel, such as `waba`.
    #[serde(default, deserialize_with = "lenient::string")]
    pub origin: String,
    /// The conversation.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub talk_id: Option<i64>,
}

impl Event {
    /// The first value after it under `key`, for example `tag`, `note` or `responsible_user`.
    #[must_use]
    pub fn after(&self, key: &str) -> Option<&Value> {
        self.value_after.iter().find_map(|value| value.get(key))
    }

    /// The first value before it under `key`.
    #[must_use]
    pub fn before(&self, key: &str) -> Option<&Value> {
        self.value_before.iter().find_map(|value| value.get(key))
    }

    /// The stage a lead came to.
    #[must_use]
    pub fn status_after(&self) -> Option<EventStatus> {
        EventStatus::deserialize(self.after("lead_status")?).ok()
    }

    /// The stage a lead came from.
    #[must_use]
    pub fn status_before(&self) -> Option<EventStatus> {
        EventStatus::deserialize(self.before("lead_status")?).ok()
    }

    /// The message of a chat event.
    #[must_use]
    pub fn message(&self) -> Option<EventMessage> {
        EventMessage::deserialize(self.after("message")?).ok()
    }
}
