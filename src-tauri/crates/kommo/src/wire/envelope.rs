//! The HAL envelope around lists.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::lenient;

/// Something that comes in lists.
pub(crate) trait Listed: DeserializeOwned + Send + 'static {
    /// The key of its list under `_embedded`.
    const KEY: &'static str;
    /// How many of it one page may hold when read as a stream.
    const PAGE_LIMIT: u32 = 250;

    /// What tells it from its neighbours.
    fn identity(&self) -> Identity;
}

/// An id, as a number or a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    Number(i64),
    Text(String),
}

/// What a list answer says: `{"_links":{"next":…},"_embedded":{"leads":[…]}}`, or a bare array.
#[derive(Debug)]
pub(crate) struct Envelope<T> {
    pub items: Vec<T>,
    pub has_next: bool,
    pub total_items: Option<i64>,
}

impl<T> Default for Envelope<T> {
    fn default() -> Self {
        Self { items: Vec::new(), has_next: false, total_items: None }
    }
}

impl<'de, T: Listed> Deserialize<'de> for Envelope<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EnvelopeVisitor(PhantomData))
    }
}

struct EnvelopeVisitor<T>(PhantomData<T>);

impl<'de, T: Listed> Visitor<'de> for EnvelopeVisitor<T> {
    type Value = Envelope<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut envelope = Envelope::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match key.as_ref() {
                "_embedded" => envelope.items = map.next_value::<Embedded<T>>()?.0,
                "_links" => envelope.has_next = map.next_value::<Links>()?.next,
                "_total_items" => envelope.total_items = map.next_value::<Number>()?.0,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(envelope)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut envelope = Envelope::default();
        while let Some(item) = seq.next_element()? {
            envelope.items.push(item);
        }
        Ok(envelope)
    }
}

#[derive(Deserialize)]
struct Number(#[serde(deserialize_with = "lenient::int_opt")] Option<i64>);

/// `{"next":{"href":…}}`; a missing, null or empty `next` means the end.
#[derive(Default)]
struct Links {
    next: bool,
}

impl<'de> Deserialize<'de> for Links {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        struct Known {
            #[serde(default)]
            next: Option<serde_json::Value>,
        }
        let known: Known = lenient::object(deserializer)?;
        let href = match &known.next {
            Some(serde_json::Value::Object(link)) => link.get("href").and_then(serde_json::Value::as_str),
            Some(serde_json::Value::String(href)) => Some(href.as_str()),
            _ => None,
        };
        Ok(Self { next: href.is_some_and(|href| !href.is_empty()) })
    }
}

/// The list under the key of `T`; other keys are skipped, `[]` and null are empty.
struct Embedded<T>(Vec<T>);

impl<'de, T: Listed> Deserialize<'de> for Embedded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EmbeddedVisitor(PhantomData))
    }
}

struct EmbeddedVisitor<T>(PhantomData<T>);

impl<'de, T: Listed> Visitor<'de> for EmbeddedVisitor<T> {
    type Value = Embedded<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", T::KEY)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == T::KEY {
                items = map.next_value::<Items<T>>()?.0;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Embedded(items))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Embedded(Vec::new()))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Embedded(Vec::new()))
    }
}

#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Items<T>(#[serde(deserialize_with = "lenient::list")] Vec<T>);
