//! Salesbots: started by the API, made by hand. "Accepted" means queued, not sent.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::entity::EntityType;
use crate::error::{Error, Result};
use crate::page::listed;
use crate::query::{ListQuery, Params};
use crate::wire::lenient;
use crate::written::listed_by_id;

const PATH: &str = "/api/v4/bots";
const OLD_RUN_PATH: &str = "/api/v2/salesbot/run";

/// Lists and starts bots.
#[derive(Debug, Clone)]
pub struct SalesbotApi {
    client: Client,
}

impl Client {
    /// Salesbots.
    #[must_use]
    pub fn salesbot(&self) -> SalesbotApi {
        SalesbotApi { client: self.clone() }
    }
}

/// Which bots: all.
#[derive(Debug, Clone, Copy, Default)]
pub struct BotsQuery {}

impl ListQuery for BotsQuery {
    fn params(&self) -> Params {
        Params::default()
    }
}

listed_by_id!(Bot, "items");
listed!(SalesbotApi, Bot, BotsQuery, |_api| PATH.to_owned());

#[derive(Serialize)]
struct Target {
    entity_id: i64,
    entity_type: EntityType,
}

#[derive(Serialize)]
struct OldTarget {
    bot_id: i64,
    entity_id: i64,
    entity_type: i64,
}

/// Which of Kommo's two calls started the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunBy {
    /// `/api/v4/bots/{id}/run`.
    Current,
    /// `/api/v2/salesbot/run`, on accounts that do not have the other yet.
    Old,
}

impl SalesbotApi {
    /// Starts a bot for a lead or a contact. Accounts without the current call get the old one.
    ///
    /// # Errors
    /// See [`crate::Error`]. After [`crate::RetryClass::Uncertain`] the bot may be running: starting it
    /// again would write twice.
    pub async fn run(&self, bot_id: i64, entity_type: EntityType, entity_id: i64) -> Result<RunBy> {
        let target = Target { entity_id, entity_type };
        let missing = match self.client.write_only(Method::POST, &run_path(bot_id), &target).await {
            Ok(()) => return Ok(RunBy::Current),
            Err(error @ Error::NotFound { .. }) => error,
            Err(error) => return Err(error),
        };
        // The old call knows only contacts and leads.
        let Some(number @ (1 | 2)) = entity_type.number() else { return Err(missing) };
        let target = [OldTarget { bot_id, entity_id, entity_type: number }];
        self.client.write_only(Method::POST, OLD_RUN_PATH, &target).await?;
        Ok(RunBy::Old)
    }

    /// Stops a bot for a lead or a contact.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn stop(&self, bot_id: i64, entity_type: EntityType, entity_id: i64) -> Result<()> {
        let target = Target { entity_id, entity_type };
        self.client.write_only(Method::POST, &format!("{PATH}/{bot_id}/stop"), &target).await
    }

    /// Reads one bot; `None` when there is no such bot.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn get(&self, id: i64) -> Result<Option<Bot>> {
        self.client.find(&format!("{PATH}/{id}"), Params::default()).await
    }
}

fn run_path(bot_id: i64) -> String {
    format!("{PATH}/{bot_id}/run")
}

/// A bot.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bot {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    /// Made in the visual editor.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_visual_editor: bool,
    /// What kind.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub type_functionality: Option<i64>,
    /// Whether it is on.
    #[serde(default, deserialize_with = "lenient::object")]
    pub settings: BotSettings,
}

/// Settings of a bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BotSettings {
    /// Switched on.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub active: bool,
}
