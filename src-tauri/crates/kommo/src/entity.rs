//! The kinds of things that other things belong to.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::lenient;

/// A kind of entity. Kommo writes it in the plural (REST), in the singular (events, talks, webhooks) or as a
/// number (webhooks, the old salesbot call); all are read, the plural is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum EntityType {
    /// Leads (2).
    Leads,
    /// Contacts (1).
    Contacts,
    /// Companies (3).
    Companies,
    /// Customers (12).
    Customers,
    /// Tasks (4).
    Tasks,
    /// Conversations.
    Talks,
    /// Incoming leads that nobody accepted yet.
    Unsorted,
    /// Elements of a list, also called catalog.
    CatalogElements,
    /// Something this crate has no name for.
    #[default]
    Unknown,
}

impl EntityType {
    /// The plural, which is also the part of the path: `leads`.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Leads => "leads",
            Self::Contacts => "contacts",
            Self::Companies => "companies",
            Self::Customers => "customers",
            Self::Tasks => "tasks",
            Self::Talks => "talks",
            Self::Unsorted => "unsorted",
            Self::CatalogElements => "catalog_elements",
            Self::Unknown => "unknown",
        }
    }

    /// The singular, as events and talks use it: `lead`.
    #[must_use]
    pub fn singular(self) -> &'static str {
        match self {
            Self::Leads => "lead",
            Self::Contacts => "contact",
            Self::Companies => "company",
            Self::Customers => "customer",
            Self::Tasks => "task",
            Self::Talks => "talk",
            Self::Unsorted => "unsorted",
            Self::CatalogElements => "catalog_element",
            Self::Unknown => "unknown",
        }
    }

    /// The number that webhooks and the old salesbot call use.
    #[must_use]
    pub fn number(self) -> Option<i64> {
        match self {
            Self::Contacts => Some(1),
            Self::Leads => Some(2),
            Self::Companies => Some(3),
            Self::Tasks => Some(4),
            Self::Customers => Some(12),
            Self::Talks | Self::Unsorted | Self::CatalogElements | Self::Unknown => None,
        }
    }

    /// Reads any of the forms; what is not known is [`Self::Unknown`].
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "leads" | "lead" | "2" => Self::Leads,
            "contacts" | "contact" | "1" => Self::Contacts,
            "companies" | "company" | "3" => Self::Companies,
            "customers" | "customer" | "12" => Self::Customers,
            "tasks" | "task" | "4" => Self::Tasks,
            "talks" | "talk" => Self::Talks,
            "unsorted" => Self::Unsorted,
            "catalog_elements" | "catalog_element" => Self::CatalogElements,
            other if other.starts_with("catalog_") => Self::CatalogElements,
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for EntityType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.plural())
    }
}

impl Serialize for EntityType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.plural())
    }
}

impl<'de> Deserialize<'de> for EntityType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = lenient::string(deserializer)?;
        Ok(Self::parse(&text))
    }
}

/// A field that may be missing, null or empty.
pub(crate) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<EntityType>, D::Error> {
    let text = lenient::string_opt(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()).map(|text| EntityType::parse(&text)))
}

/// A link to an entity of which only the id is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityId {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
}
