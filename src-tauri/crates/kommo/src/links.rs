//! What belongs to what: contacts of a lead, leads of a contact.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::entity::EntityType;
use crate::error::Result;
use crate::page::Listed;
use crate::query::Params;
use crate::wire::envelope::Identity;
use crate::wire::lenient;
use crate::wire::renamed::reads_also;

/// Reads and writes links of one kind of entity.
#[derive(Debug, Clone)]
pub struct LinksApi {
    client: Client,
    entity: EntityType,
}

impl Client {
    /// The links of leads, contacts or companies.
    #[must_use]
    pub fn links(&self, entity: EntityType) -> LinksApi {
        LinksApi { client: self.clone(), entity }
    }
}

impl Listed for Link {
    const KEY: &'static str = "links";

    fn identity(&self) -> Identity {
        Identity::Text(format!(
            "{}:{}:{}",
            self.entity_id.unwrap_or(0),
            self.to_entity_type,
            self.to_entity_id
        ))
    }
}

impl LinksApi {
    /// What the entity `id` is linked to.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn of(&self, id: i64) -> Result<Vec<Link>> {
        self.client.all(&self.path(id, "links"), Params::default()).await
    }

    /// What several entities are linked to; each link names its entity.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn of_many(&self, ids: &[i64]) -> Result<Vec<Link>> {
        let mut params = Params::default();
        params.each("filter[entity_id]", ids);
        self.client.all(&format!("/api/v4/{}/links", self.entity.plural()), params).await
    }

    /// Links the entity `id` to others.
    ///
    /// # Errors
    /// See [`crate::Error`]. Linking what is linked changes nothing.
    pub async fn link(&self, id: i64, to: &[LinkTo]) -> Result<()> {
        if to.is_empty() {
            return Ok(());
        }
        self.client.write_only(Method::POST, &self.path(id, "link"), to).await
    }

    /// Takes links of the entity `id` away.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn unlink(&self, id: i64, from: &[LinkTo]) -> Result<()> {
        if from.is_empty() {
            return Ok(());
        }
        self.client.write_only(Method::POST, &self.path(id, "unlink"), from).await
    }

    fn path(&self, id: i64, action: &str) -> String {
        format!("/api/v4/{}/{id}/{action}", self.entity.plural())
    }
}

/// A link as read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Whose link it is; told when several were asked for.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub entity_id: Option<i64>,
    /// To what.
    #[serde(deserialize_with = "lenient::id")]
    pub to_entity_id: i64,
    /// The kind of that.
    #[serde(default)]
    pub to_entity_type: EntityType,
    /// More about it.
    #[serde(default, deserialize_with = "lenient::object")]
    pub metadata: LinkMetadata,
}

/// What a link says about itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct LinkMetadata {
    /// The main contact. Read as `main_contact`, written as `is_main`.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub main_contact: bool,
    /// Of a list element: how many.
    #[serde(default, deserialize_with = "lenient::float_opt")]
    pub quantity: Option<f64>,
    /// Of a list element: the list.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub catalog_id: Option<i64>,
}

reads_also!(LinkMetadata, "main_contact" or "is_main");

/// A link to make or to take away.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkTo {
    /// To what.
    pub to_entity_id: i64,
    /// The kind of that.
    pub to_entity_type: EntityType,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<LinkToMetadata>,
}

/// What is said about a link to make.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct LinkToMetadata {
    /// Make it the main contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_main: Option<bool>,
    /// Of a list element: how many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<f64>,
    /// Of a list element: the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalog_id: Option<i64>,
}

impl LinkTo {
    /// A link to a contact.
    #[must_use]
    pub fn contact(id: i64, is_main: bool) -> Self {
        let metadata = is_main.then_some(LinkToMetadata { is_main: Some(true), ..Default::default() });
        Self { to_entity_id: id, to_entity_type: EntityType::Contacts, metadata }
    }

    /// A link to anything else.
    #[must_use]
    pub fn new(entity_type: EntityType, id: i64) -> Self {
        Self { to_entity_id: id, to_entity_type: entity_type, metadata: None }
    }
}
