//! Objects in which one thing may have two names.

use serde::de::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Reads an object in which `name` counts, and `other` stands in for it where `name` is missing or null.
///
/// serde's `alias` takes an object with both for a fault, and one such object would cost its whole page.
pub(crate) fn preferring<'de, D>(deserializer: D, name: &str, other: &str) -> Result<Value, D::Error>
where
    D: Deserializer<'de>,
{
    let mut object = Map::<String, Value>::deserialize(deserializer)?;
    if let Some(stand_in) = object.remove(other)
        && object.get(name).is_none_or(Value::is_null)
    {
        object.insert(name.to_owned(), stand_in);
    }
    Ok(Value::Object(object))
}

/// Gives a type with `#[serde(remote = "Self")]` the traits it would have without: its own names, and `$other` read
/// for `$name`.
macro_rules! reads_also {
    ($type:ty, $name:literal or $other:literal) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let object = $crate::wire::renamed::preferring(deserializer, $name, $other)?;
                <$type>::deserialize(object).map_err(serde::de::Error::custom)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                <$type>::serialize(self, serializer)
            }
        }
    };
}

pub(crate) use reads_also;
