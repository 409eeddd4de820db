//! What a delivery says of a message.

use std::fmt;

use super::event::{HookEntity, HookEvent};

/// A message, as a delivery tells it (Kommo docs: webhooks-general; recorded).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HookMessage<'a> {
    /// Its UUID: by it a message that comes twice is known, and one that was sent by API.
    pub id: Option<&'a str>,
    /// Which way.
    pub direction: HookDirection,
    /// What it says; empty for files.
    pub text: &'a str,
    /// `text`, `picture`, `voice` and more; since July 2026.
    pub message_type: Option<&'a str>,
    /// The chat's UUID.
    pub chat_id: Option<&'a str>,
    /// The conversation.
    pub talk_id: Option<i64>,
    /// With whom.
    pub contact_id: Option<i64>,
    /// Who wrote it.
    pub author: Option<HookAuthor>,
    /// The user who wrote it, if one did.
    pub author_user_id: Option<i64>,
    /// Their name; sometimes a phone number.
    pub author_name: Option<&'a str>,
    /// The channel, such as `waba`.
    pub origin: Option<&'a str>,
    /// Unix seconds.
    pub created_at: Option<i64>,
    /// Where its file lies; may expire.
    pub attachment_link: Option<&'a str>,
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HookDirection {
    /// From the customer.
    Incoming,
    /// To the customer.
    Outgoing,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HookAuthor {
    /// `external`: the customer.
    External,
    /// `internal`: a user.
    Internal,
    /// `bot`.
    Bot,
    /// Someone else.
    Other,
}

impl HookEvent {
    /// The message, if this event is about one.
    #[must_use]
    pub fn message(&self) -> Option<HookMessage<'_>> {
        let direction = match self.entity {
            HookEntity::Message => HookDirection::Incoming,
            HookEntity::OutgoingMessage => HookDirection::Outgoing,
            _ => return None,
        };
        let item = &self.item;
        let text = |field: &str| item.text(field).filter(|text| !text.is_empty());
        Some(HookMessage {
            id: text("id"),
            direction,
            text: item.text("text").unwrap_or_default(),
            message_type: text("message_type"),
            chat_id: text("chat_id"),
            talk_id: item.id("talk_id"),
            contact_id: item.id("contact_id"),
            author: text("author[type]").map(|kind| match kind {
                "external" => HookAuthor::External,
                "internal" => HookAuthor::Internal,
                "bot" => HookAuthor::Bot,
                _ => HookAuthor::Other,
            }),
            author_user_id: item.id("author[user_id]"),
            author_name: text("author[name]"),
            origin: text("origin"),
            created_at: item.id("created_at"),
            attachment_link: text("attachment[link]"),
        })
    }
}

// What people wrote is not for logs.
impl fmt::Debug for HookMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookMessage")
            .field("id", &self.id)
            .field("direction", &self.direction)
            .field("talk_id", &self.talk_id)
            .field("contact_id", &self.contact_id)
            .field("author", &self.author)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}
