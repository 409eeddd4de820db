//! Notes on leads, contacts and companies. Chat messages are not notes; see [`crate::talks`].

use std::fmt;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::client::Client;
use crate::entity::EntityType;
use crate::error::Result;
use crate::page::listed;
use crate::query::{ListQuery, Order, Params, TimeRange};
use crate::wire::lenient;
use crate::written::{Written, listed_by_id, written_as};

/// Reads and writes notes of one kind of entity.
#[derive(Debug, Clone)]
pub struct NotesApi {
    client: Client,
    entity: EntityType,
}

impl Client {
    /// The notes of leads, contacts or companies.
    #[must_use]
    pub fn notes(&self, entity: EntityType) -> NotesApi {
        NotesApi { client: self.clone(), entity }
    }
}

/// Which notes.
#[derive(Debug, Clone, Default)]
pub struct NotesQuery {
    /// Only these ids.
    pub ids: Vec<i64>,
    /// Only those of these entities.
    pub entity_ids: Vec<i64>,
    /// Only these types, such as `common`.
    pub note_types: Vec<String>,
    /// Only those changed then.
    pub updated_at: Option<TimeRange>,
    /// By id or change.
    pub order: Option<Order>,
}

impl NotesQuery {
    /// Only notes changed in `range`.
    #[must_use]
    pub fn updated(mut self, range: TimeRange) -> Self {
        self.updated_at = Some(range);
        self
    }

    /// Only notes of this entity.
    #[must_use]
    pub fn of(mut self, entity_id: i64) -> Self {
        self.entity_ids.push(entity_id);
        self
    }

    /// In this order.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = Some(order);
        self
    }
}

impl ListQuery for NotesQuery {
    fn params(&self) -> Params {
        let mut params = Params::default();
        params.each("filter[id]", &self.ids);
        params.each("filter[entity_id]", &self.entity_ids);
        params.each("filter[note_type]", &self.note_types);
        params.range("filter[updated_at]", self.updated_at);
        params.order(self.order);
        params
    }
}

listed_by_id!(Note, "notes");
listed!(NotesApi, Note, NotesQuery, |api| api.path());
written_as!(WrittenNote, "notes");

impl NotesApi {
    fn path(&self) -> String {
        format!("/api/v4/{}/notes", self.entity.plural())
    }

    /// Reads one note; `None` when there is no such note.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn get(&self, id: i64) -> Result<Option<Note>> {
        self.client.find(&format!("{}/{id}", self.path()), Params::default()).await
    }

    /// Adds notes, each to its `entity_id`.
    ///
    /// # Errors
    /// See [`crate::Error`]. After [`crate::RetryClass::Uncertain`] look them up before trying again.
    pub async fn create(&self, notes: &[NewNote]) -> Result<Vec<Written>> {
        if notes.is_empty() {
            return Ok(Vec::new());
        }
        self.client.write_list(Method::POST, &self.path(), notes).await.map(WrittenNote::plain)
    }

    /// Adds a plain note.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn add_text(&self, entity_id: i64, text: impl Into<String>) -> Result<Vec<Written>> {
        self.create(&[NewNote::text(entity_id, text)]).await
    }

    /// Replaces the text of a plain note.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn update_text(&self, id: i64, text: &str) -> Result<Written> {
        #[derive(Serialize)]
        struct Patch<'a> {
            note_type: &'a str,
            params: TextParams<'a>,
        }
        #[derive(Serialize)]
        struct TextParams<'a> {
            text: &'a str,
        }
        let patch = Patch { note_type: "common", params: TextParams { text } };
        self.client.write_one(Method::PATCH, &format!("{}/{id}", self.path()), &patch).await
    }
}

/// A note.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Note {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// What it belongs to; the kind is that of the list it was read from.
    #[serde(default, deserialize_with = "lenient::int")]
    pub entity_id: i64,
    /// 0 for a robot.
    #[serde(default, deserialize_with = "lenient::int")]
    pub created_by: i64,
    /// 0 for a robot.
    #[serde(default, deserialize_with = "lenient::int")]
    pub updated_by: i64,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub created_at: i64,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub updated_at: i64,
    /// Whose it is.
    #[serde(default, deserialize_with = "lenient::int")]
    pub responsible_user_id: i64,
    /// `common`, `call_in`, `service_message` and more.
    #[serde(default, deserialize_with = "lenient::string")]
    pub note_type: String,
    /// What it says; the keys depend on the type. Kommo writes `[]` when there is nothing.
    #[serde(default, deserialize_with = "lenient::object")]
    pub params: Map<String, Value>,
    /// The account.
    #[serde(default, deserialize_with = "lenient::int")]
    pub account_id: i64,
    /// Pinned to the top.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_pinned: bool,
}

impl Note {
    /// Its text, when its type has one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.params.get("text").and_then(Value::as_str)
    }
}

// Parameters hold phones and what people wrote.
impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note")
            .field("id", &self.id)
            .field("entity_id", &self.entity_id)
            .field("note_type", &self.note_type)
            .field("updated_at", &self.updated_at)
            .finish_non_exhaustive()
    }
}

/// A note to add.
#[derive(Clone, Serialize)]
pub struct NewNote {
    /// What it belongs to.
    pub entity_id: i64,
    /// `common`, `call_in`, `call_out`, `service_message`, `extended_service_message`, `sms_in`, `sms_out`,
    /// `geolocation` or `attachment`.
    pub note_type: String,
    /// What it says (Kommo docs: notes).
    pub params: Map<String, Value>,
    /// Who is named as its author; 0 for a robot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<i64>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    /// Comes back in the answer, to tell items apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// `false` keeps robots of the pipeline from reacting to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_need_to_trigger_digital_pipeline: Option<bool>,
}

impl NewNote {
    /// A plain note.
    #[must_use]
    pub fn text(entity_id: i64, text: impl Into<String>) -> Self {
        let params = Map::from_iter([("text".to_owned(), Value::String(text.into()))]);
        Self::new(entity_id, "common", params)
    }

    /// A note in the name of a service, shown with the service's name.
    #[must_use]
    pub fn service(entity_id: i64, service: impl Into<String>, text: impl Into<String>) -> Self {
        let params = Map::from_iter([
            ("service".to_owned(), Value::String(service.into())),
            ("text".to_owned(), Value::String(text.into())),
        ]);
        Self::new(entity_id, "service_message", params)
    }

    /// A note of any type.
    #[must_use]
    pub fn new(entity_id: i64, note_type: impl Into<String>, params: Map<String, Value>) -> Self {
        Self {
            entity_id,
            note_type: note_type.into(),
            params,
            created_by: None,
            created_at: None,
            request_id: None,
            is_need_to_trigger_digital_pipeline: None,
        }
    }
}

impl fmt::Debug for NewNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewNote")
            .field("entity_id", &self.entity_id)
            .field("note_type", &self.note_type)
            .finish_non_exhaustive()
    }
}
