//! Subscriptions to webhooks. Needs an administrator's token and a plan that has them.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::client::{Answer, Call, Client};
use crate::error::Result;
use crate::query::Params;
use crate::wire::lenient;
use crate::written::listed_by_id;

const PATH: &str = "/api/v4/webhooks";

/// Reads and writes subscriptions.
#[derive(Debug, Clone)]
pub struct WebhooksApi {
    client: Client,
}

impl Client {
    /// Webhook subscriptions.
    #[must_use]
    pub fn webhooks(&self) -> WebhooksApi {
        WebhooksApi { client: self.clone() }
    }
}

listed_by_id!(Webhook, "webhooks");

/// The events that Kommo documents (Kommo docs: webhook-events).
pub const DOCUMENTED_SETTINGS: [&str; 26] = [
    "add_lead",
    "update_lead",
    "delete_lead",
    "restore_lead",
    "status_lead",
    "responsible_lead",
    "note_lead",
    "add_contact",
    "update_contact",
    "delete_contact",
    "restore_contact",
    "responsible_contact",
    "note_contact",
    "add_company",
    "update_company",
    "delete_company",
    "restore_company",
    "responsible_company",
    "note_company",
    "add_task",
    "delete_task",
    "responsible_task",
    "add_talk",
    "add_message",
    "add_outgoing_message",
    "add_chat_template_review",
];

#[derive(Serialize)]
struct Subscription<'a> {
    destination: &'a str,
    settings: &'a [&'a str],
    #[serde(skip_serializing_if = "Option::is_none")]
    sort: Option<i64>,
}

#[derive(Serialize)]
struct Destination<'a> {
    destination: &'a str,
}

impl WebhooksApi {
    /// All subscriptions, or the one of `destination`.
    ///
    /// # Errors
    /// See [`crate::Error`]; users who are no administrators get [`crate::Error::Forbidden`] (Kommo's
    /// 401 for them is told from that of a dead token).
    pub async fn list(&self, destination: Option<&str>) -> Result<Vec<Webhook>> {
        let mut params = Params::default();
        if let Some(destination) = destination {
            // The path of a destination is usually what authenticates Kommo there.
            params.push_private("filter[destination]", destination);
        }
        self.client.all(PATH, params).await
    }

    /// Subscribes `destination` to `settings`. What happens to an earlier subscription of the same
    /// destination is undocumented: [`Self::unsubscribe`] first.
    ///
    /// # Errors
    /// See [`crate::Error`]. The server resolves the host: for a new name it may answer
    /// [`crate::Error::Validation`] for up to a minute. [`crate::Error::PaymentRequired`] on plans without
    /// webhooks.
    pub async fn subscribe(&self, destination: &str, settings: &[&str]) -> Result<Webhook> {
        let body = Subscription { destination, settings, sort: None };
        self.client.write_one(Method::POST, PATH, &body).await
    }

    /// Ends the subscription of `destination`. That there is none is no error.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn unsubscribe(&self, destination: &str) -> Result<()> {
        let call = Call::write(Method::DELETE, PATH, &Destination { destination })?;
        match self.client.execute(&call, Answer::done).await {
            Err(crate::Error::NotFound { .. }) => Ok(()),
            result => result,
        }
    }
}

/// A subscription.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Webhook {
    /// Its id.
    #[serde(default, deserialize_with = "lenient::int")]
    pub id: i64,
    /// Where events are sent.
    #[serde(default, deserialize_with = "lenient::string")]
    pub destination: String,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub created_at: i64,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub updated_at: i64,
    /// By whom.
    #[serde(default, deserialize_with = "lenient::int")]
    pub created_by: i64,
    /// Switched off by Kommo after too many bad answers.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub disabled: bool,
    /// Which events.
    #[serde(default, deserialize_with = "lenient::strings")]
    pub settings: Vec<String>,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook")
            .field("id", &self.id)
            .field("disabled", &self.disabled)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
