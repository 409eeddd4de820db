//! Conversations in messengers. Listing is open to all; reading and sending messages needs the Chats API
//! add-on and its scopes (`list_external_messages`, `send_external_messages`).

use std::fmt;

use http::Method;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::entity::{self, EntityId, EntityType};
use crate::error::Result;
use crate::page::{ItemStream, Listed, Page, PageRequest, PageStream, listed};
use crate::query::{ListQuery, Params, TimeRange};
use crate::wire::envelope::Identity;
use crate::wire::lenient;
use crate::wire::renamed::reads_also;

const PATH: &str = "/api/v4/talks";

/// Reads conversations, sends messages.
#[derive(Debug, Clone)]
pub struct TalksApi {
    client: Client,
}

impl Client {
    /// Conversations.
    #[must_use]
    pub fn talks(&self) -> TalksApi {
        TalksApi { client: self.clone() }
    }
}

/// Which conversations, newest first.
#[derive(Debug, Clone, Default)]
pub struct TalksQuery {
    /// Only those with these contacts.
    pub contact_ids: Vec<i64>,
    /// Only open ones.
    pub only_in_work: bool,
}

impl ListQuery for TalksQuery {
    fn params(&self) -> Params {
        let mut params = Params::default();
        params.each("filter[contact_id]", &self.contact_ids);
        if self.only_in_work {
            params.push("filter[only_in_work]", 1);
        }
        params
    }
}

impl Listed for Talk {
    const KEY: &'static str = "talks";

    fn identity(&self) -> Identity {
        Identity::Number(self.talk_id)
    }
}

impl Listed for Message {
    const KEY: &'static str = "messages";

    fn identity(&self) -> Identity {
        Identity::Text(self.id.clone())
    }
}

listed!(TalksApi, Talk, TalksQuery, |_api| PATH.to_owned());

#[derive(Serialize)]
struct Closing {
    force_close: bool,
}

#[derive(Serialize)]
struct Outgoing<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment: Option<&'a OutgoingAttachment>,
}

/// A message that was accepted for sending.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct SentMessage {
    /// Its UUID, by which webhooks and lists tell of it.
    #[serde(default, deserialize_with = "lenient::string")]
    pub id: String,
}

/// A file that was uploaded before, to send along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutgoingAttachment {
    /// The file.
    pub drive_uuid: String,
    /// Its version.
    pub drive_version_uuid: String,
    /// `picture` or `file`.
    #[serde(rename = "type")]
    pub kind: String,
}

impl TalksApi {
    /// Reads one conversation; `None` when there is no such one.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn get(&self, talk_id: i64) -> Result<Option<Talk>> {
        self.client.find(&format!("{PATH}/{talk_id}"), Params::default()).await
    }

    /// One page of the messages of a conversation, newest first.
    ///
    /// # Errors
    /// See [`crate::Error`]; [`crate::Error::Forbidden`] without the scope.
    pub async fn messages(
        &self,
        talk_id: i64,
        created_at: Option<TimeRange>,
        page: PageRequest,
    ) -> Result<Page<Message>> {
        self.client.page(&messages_path(talk_id), message_params(created_at), page).await
    }

    /// All messages of a conversation, page after page, newest first.
    #[must_use]
    pub fn message_pages(&self, talk_id: i64, created_at: Option<TimeRange>) -> PageStream<Message> {
        let params = message_params(created_at);
        crate::page::pages(self.client.clone(), messages_path(talk_id), params, PageRequest::default())
    }

    /// All messages of a conversation, newest first.
    #[must_use]
    pub fn message_stream(&self, talk_id: i64, created_at: Option<TimeRange>) -> ItemStream<Message> {
        crate::page::items(self.message_pages(talk_id, created_at))
    }

    /// Sends a text into an open conversation.
    ///
    /// # Errors
    /// See [`crate::Error`]: [`crate::Error::PaymentRequired`] when the quota is used up,
    /// [`crate::Error::Unprocessable`] when the conversation is closed. After
    /// [`crate::RetryClass::Uncertain`] look among its messages before sending again.
    pub async fn send_text(&self, talk_id: i64, text: &str) -> Result<SentMessage> {
        self.send(talk_id, Some(text), None).await
    }

    /// Sends a text, a file, or both into an open conversation.
    ///
    /// # Errors
    /// As [`Self::send_text`].
    pub async fn send(
        &self,
        talk_id: i64,
        text: Option<&str>,
        attachment: Option<&OutgoingAttachment>,
    ) -> Result<SentMessage> {
        let body = Outgoing { text, attachment };
        self.client.write_one(Method::POST, &format!("{PATH}/{talk_id}/send_message"), &body).await
    }

    /// Closes a conversation. With `force` no closing survey is sent.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn close(&self, talk_id: i64, force: bool) -> Result<()> {
        let body = Closing { force_close: force };
        self.client.write_only(Method::POST, &format!("{PATH}/{talk_id}/close"), &body).await
    }
}

fn messages_path(talk_id: i64) -> String {
    format!("{PATH}/{talk_id}/messages")
}

fn message_params(created_at: Option<TimeRange>) -> Params {
    let mut params = Params::default();
    params.range("filter[created_at]", created_at);
    params
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Talk {
    /// Its id. The key is `talk_id`, not `id`.
    #[serde(deserialize_with = "lenient::id")]
    pub talk_id: i64,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub created_at: i64,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub updated_at: i64,
    /// What the customer thought of it.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub rate: Option<i64>,
    /// With whom.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub contact_id: Option<i64>,
    /// The chat's UUID.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub chat_id: Option<String>,
    /// About what.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub entity_id: Option<i64>,
    /// The kind of that.
    #[serde(default, deserialize_with = "entity::optional")]
    pub entity_type: Option<EntityType>,
    /// Open.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_in_work: bool,
    /// Nothing new in it.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_read: bool,
    /// The channel: `waba`, `com.amocrm.amocrmwa`, `telegram` and more; Kommo's own never say "whatsapp".
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub origin: Option<String>,
    /// `in_work`, `closed` and more; newer accounts only.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub status: Option<String>,
    /// The account.
    #[serde(default, deserialize_with = "lenient::int")]
    pub account_id: i64,
    /// Its contacts and leads.
    #[serde(default, rename = "_embedded", deserialize_with = "lenient::object")]
    pub embedded: TalkParts,
}

reads_also!(Talk, "talk_id" or "id");

/// The parts of a conversation that come under `_embedded`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TalkParts {
    /// Its contacts.
    #[serde(default, deserialize_with = "lenient::list")]
    pub contacts: Vec<EntityId>,
    /// Its leads.
    #[serde(default, deserialize_with = "lenient::list")]
    pub leads: Vec<EntityId>,
}

/// A message.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Message {
    /// Its UUID.
    #[serde(default, deserialize_with = "lenient::string")]
    pub id: String,
    /// `incoming` or `outgoing`.
    #[serde(default, rename = "type", deserialize_with = "lenient::string")]
    pub direction: String,
    /// `text`, `picture`, `voice` and more.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub message_type: Option<String>,
    /// The channel.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub origin: Option<String>,
    /// What it says.
    #[serde(default, deserialize_with = "lenient::string")]
    pub text: String,
    /// Who wrote it.
    #[serde(default, deserialize_with = "lenient::one")]
    pub author: Option<MessageAuthor>,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub created_at: i64,
    /// `sent`, `delivered`, `read`, `error` and more.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub delivery_status: Option<String>,
    /// A file.
    #[serde(default, deserialize_with = "lenient::one")]
    pub attachment: Option<MessageAttachment>,
}

// What people wrote is not for logs.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("direction", &self.direction)
            .field("message_type", &self.message_type)
            .field("created_at", &self.created_at)
            .field("delivery_status", &self.delivery_status)
            .finish_non_exhaustive()
    }
}

/// Who wrote a message.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MessageAuthor {
    /// A UUID or a user's id.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub id: Option<String>,
    /// `external` (the customer), `internal` (a user) or `bot`.
    #[serde(default, rename = "type", deserialize_with = "lenient::string")]
    pub kind: String,
    /// Their name; sometimes a phone number.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub name: Option<String>,
}

/// A file in a message.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MessageAttachment {
    /// `picture`, `file` and more.
    #[serde(default, rename = "type", deserialize_with = "lenient::string")]
    pub kind: String,
    /// Where it lies; may expire.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub link: Option<String>,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub file_name: Option<String>,
}

impl fmt::Debug for MessageAuthor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageAuthor").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Debug for MessageAttachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageAttachment").field("kind", &self.kind).finish_non_exhaustive()
    }
}
