//! What Kommo answers to a write: ids, not the objects.

use serde::{Deserialize, Deserializer, Serialize};

use crate::wire::lenient;

/// One item that was created or changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Written {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// The `request_id` that was sent with the item; its index in the batch when none was.
    #[serde(default, deserialize_with = "request_id")]
    pub request_id: Option<String>,
    /// The new `updated_at`, unix seconds; only after changes.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub updated_at: Option<i64>,
    /// What a note belongs to.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub entity_id: Option<i64>,
}

/// A request id: a text, a number, or (complex creation) the first of an array.
pub(crate) fn request_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let value = match &value {
        serde_json::Value::Array(all) => all.first().unwrap_or(&serde_json::Value::Null),
        other => other,
    };
    Ok(match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// Gives each resource its own list key for write answers.
macro_rules! written_as {
    ($name:ident, $key:literal) => {
        #[derive(serde::Deserialize)]
        #[serde(transparent)]
        struct $name($crate::written::Written);

        impl $crate::page::Listed for $name {
            const KEY: &'static str = $key;

            fn identity(&self) -> $crate::wire::envelope::Identity {
                $crate::wire::envelope::Identity::Number(self.0.id)
            }
        }

        impl $name {
            fn plain(items: Vec<Self>) -> Vec<$crate::written::Written> {
                items.into_iter().map(|item| item.0).collect()
            }
        }
    };
}

pub(crate) use written_as;

/// Shorthand for `Listed` of something with a numeric `id`.
macro_rules! listed_by_id {
    ($item:ty, $key:literal) => {
        impl $crate::page::Listed for $item {
            const KEY: &'static str = $key;

            fn identity(&self) -> $crate::wire::envelope::Identity {
                $crate::wire::envelope::Identity::Number(self.id)
            }
        }
    };
}

pub(crate) use listed_by_id;
