//! Tags. Leads, contacts and companies each have their own set.

use http::Method;
use serde::{Deserialize, Serialize, Serializer};

use crate::client::Client;
use crate::entity::EntityType;
use crate::error::Result;
use crate::page::listed;
use crate::query::{ListQuery, Params};
use crate::wire::lenient;
use crate::written::listed_by_id;

/// Reads and creates tags of one kind of entity.
#[derive(Debug, Clone)]
pub struct TagsApi {
    client: Client,
    entity: EntityType,
}

impl Client {
    /// The tags of leads, contacts or companies.
    #[must_use]
    pub fn tags(&self, entity: EntityType) -> TagsApi {
        TagsApi { client: self.clone(), entity }
    }
}

/// Which tags.
#[derive(Debug, Clone, Default)]
pub struct TagsQuery {
    /// Part of the name.
    pub query: Option<String>,
    /// The exact name.
    pub name: Option<String>,
    /// Only these ids.
    pub ids: Vec<i64>,
}

impl ListQuery for TagsQuery {
    fn params(&self) -> Params {
        let mut params = Params::default();
        params.search(self.query.as_deref());
        if let Some(name) = &self.name {
            params.push("filter[name]", name);
        }
        params.each("filter[id]", &self.ids);
        params
    }
}

listed_by_id!(Tag, "tags");
listed!(TagsApi, Tag, TagsQuery, |api| api.path());

#[derive(Serialize)]
struct NewTag<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<&'a str>,
}

impl TagsApi {
    fn path(&self) -> String {
        format!("/api/v4/{}/tags", self.entity.plural())
    }

    /// Creates tags by name; a name that exists answers the tag that exists. A colour is six hex digits
    /// without `#`, and only leads' tags have one.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn create(&self, tags: &[(&str, Option<&str>)]) -> Result<Vec<Tag>> {
        if tags.is_empty() {
            return Ok(Vec::new());
        }
        let body: Vec<NewTag<'_>> = tags.iter().map(|&(name, color)| NewTag { name, color }).collect();
        self.client.write_list(Method::POST, &self.path(), &body).await
    }
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tag {
    /// Its id, unique among the tags of the same kind of entity.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    /// Six hex digits without `#`.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub color: Option<String>,
}

/// A tag named in a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagRef {
    /// One that exists.
    Id(i64),
    /// By name; created when it does not exist.
    Name(String),
}

impl Serialize for TagRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "snake_case")]
        enum Key<'a> {
            Id(i64),
            Name(&'a str),
        }
        match self {
            Self::Id(id) => Key::Id(*id).serialize(serializer),
            Self::Name(name) => Key::Name(name).serialize(serializer),
        }
    }
}
