use http::Method;
use serde::{Deserialize, Serialize};

use super::{ContactsApi, PATH};
use crate::error::Result;
use crate::query::Params;
use crate::wire::lenient;
use crate::written::listed_by_id;

/// Which chat links.
#[derive(Debug, Clone, Default)]
pub struct ChatsQuery {
    /// Of these contacts.
    pub contact_ids: Vec<i64>,
    /// Of these chats.
    pub chat_ids: Vec<String>,
}

/// A chat of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChatLink {
    /// The link's id.
    #[serde(default, deserialize_with = "lenient::int")]
    pub id: i64,
    /// The contact.
    #[serde(default, deserialize_with = "lenient::int")]
    pub contact_id: i64,
    /// The chat's UUID.
    #[serde(default, deserialize_with = "lenient::string")]
    pub chat_id: String,
}

listed_by_id!(ChatLink, "chats");

#[derive(Serialize)]
struct NewChatLink<'a> {
    contact_id: i64,
    chat_id: &'a str,
}

impl ContactsApi {
    /// Which chats belong to which contacts.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn chats(&self, query: &ChatsQuery) -> Result<Vec<ChatLink>> {
        let mut params = Params::default();
        params.each("filter[contact_id]", &query.contact_ids);
        params.each("filter[chat_id]", &query.chat_ids);
        self.client.all(&format!("{PATH}/chats"), params).await
    }

    /// Says that a chat belongs to a contact.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn link_chat(&self, contact_id: i64, chat_id: &str) -> Result<Vec<ChatLink>> {
        let body = [NewChatLink { contact_id, chat_id }];
        self.client.write_list(Method::POST, &format!("{PATH}/chats"), &body).await
    }
}
