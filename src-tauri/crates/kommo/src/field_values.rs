//! Values of custom fields, read and written by the declared type of the field.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::wire::lenient;

mod typed;
mod write;

pub use typed::{Choice, FieldValue, MultitextItem, SmartAddress};
pub use write::{FieldMismatch, FieldWrite};

/// The declared type of a custom field (Kommo docs: custom-fields-types).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is Kommo's word for the type")]
pub enum FieldType {
    Text,
    Numeric,
    Checkbox,
    Select,
    Multiselect,
    Date,
    Url,
    Textarea,
    Radiobutton,
    Streetaddress,
    SmartAddress,
    Birthday,
    LegalEntity,
    DateTime,
    Multitext,
    Price,
    Category,
    Items,
    LinkedEntity,
    Monetary,
    TrackingData,
    ChainedList,
    File,
    /// A type this crate has no name for, with Kommo's word.
    Other(String),
}

impl FieldType {
    /// Kommo's word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text => "text",
            Self::Numeric => "numeric",
            Self::Checkbox => "checkbox",
            Self::Select => "select",
            Self::Multiselect => "multiselect",
            Self::Date => "date",
            Self::Url => "url",
            Self::Textarea => "textarea",
            Self::Radiobutton => "radiobutton",
            Self::Streetaddress => "streetaddress",
            Self::SmartAddress => "smart_address",
            Self::Birthday => "birthday",
            Self::LegalEntity => "legal_entity",
            Self::DateTime => "date_time",
            Self::Multitext => "multitext",
            Self::Price => "price",
            Self::Category => "category",
            Self::Items => "items",
            Self::LinkedEntity => "linked_entity",
            Self::Monetary => "monetary",
            Self::TrackingData => "tracking_data",
            Self::ChainedList => "chained_list",
            Self::File => "file",
            Self::Other(word) => word,
        }
    }

    /// Reads Kommo's word.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "text" => Self::Text,
            "numeric" => Self::Numeric,
            "checkbox" => Self::Checkbox,
            "select" => Self::Select,
            "multiselect" => Self::Multiselect,
            "date" => Self::Date,
            "url" => Self::Url,
            "textarea" => Self::Textarea,
            "radiobutton" => Self::Radiobutton,
            "streetaddress" => Self::Streetaddress,
            "smart_address" => Self::SmartAddress,
            "birthday" => Self::Birthday,
            "legal_entity" => Self::LegalEntity,
            "date_time" => Self::DateTime,
            "multitext" => Self::Multitext,
            "price" => Self::Price,
            "category" => Self::Category,
            "items" => Self::Items,
            "linked_entity" => Self::LinkedEntity,
            "monetary" => Self::Monetary,
            "tracking_data" => Self::TrackingData,
            "chained_list" => Self::ChainedList,
            "file" => Self::File,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl Default for FieldType {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

impl Serialize for FieldType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for FieldType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&lenient::string(deserializer)?))
    }
}

/// All values of one custom field of one entity, as read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CustomFieldValues {
    /// The id of the field.
    #[serde(deserialize_with = "lenient::id")]
    pub field_id: i64,
    /// Its name in the account.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub field_name: Option<String>,
    /// Its code, such as `PHONE`; most fields have none.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub field_code: Option<String>,
    /// Its declared type.
    #[serde(default)]
    pub field_type: FieldType,
    /// The server computes it.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_computed: bool,
    /// The values; most types have one.
    #[serde(default, deserialize_with = "lenient::list")]
    pub values: Vec<FieldItem>,
}

impl CustomFieldValues {
    /// The values by the declared type.
    #[must_use]
    pub fn typed(&self) -> FieldValue {
        FieldValue::read(&self.field_type, &self.values)
    }
}

/// One value as it lies on the wire.
#[derive(Clone, PartialEq, Default, Serialize)]
pub struct FieldItem {
    /// The value; its JSON type depends on the field's type, and on Kommo's mood.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub value: Value,
    /// Which option of a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enum_id: Option<i64>,
    /// Which option, by code, such as `WORK` or `city`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enum_code: Option<String>,
}

impl FieldItem {
    /// A plain value.
    pub fn new(value: impl Into<Value>) -> Self {
        Self { value: value.into(), enum_id: None, enum_code: None }
    }

    /// The value as text: strings as they are, numbers and yes/no in words of JSON, objects not at all.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match &self.value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

// Values hold phones and addresses of people: they are not shown.
impl fmt::Debug for FieldItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.value.is_null() { "null" } else { "…" };
        f.debug_struct("FieldItem")
            .field("value", &format_args!("{value}"))
            .field("enum_id", &self.enum_id)
            .field("enum_code", &self.enum_code)
            .finish()
    }
}

impl<'de> Deserialize<'de> for FieldItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldItemVisitor)
    }
}

/// An object with `value`, or a bare value (as dates come in some answers).
struct FieldItemVisitor;

#[derive(Deserialize)]
struct ItemParts {
    #[serde(default)]
    value: Value,
    #[serde(default, deserialize_with = "lenient::int_opt")]
    enum_id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::string_opt")]
    enum_code: Option<String>,
    /// The older name of either. No alias of one of them: both names may come together, which an alias calls a fault.
    #[serde(default, rename = "enum", deserialize_with = "lenient::string_opt")]
    either: Option<String>,
}

impl From<ItemParts> for FieldItem {
    fn from(parts: ItemParts) -> Self {
        let ItemParts { value, enum_id, enum_code, either } = parts;
        let either = either.filter(|either| !either.is_empty());
        match either.as_deref().map(str::parse::<i64>) {
            Some(Ok(id)) => Self { value, enum_id: enum_id.or(Some(id)), enum_code },
            _ => Self { value, enum_id, enum_code: enum_code.or(either) },
        }
    }
}

impl<'de> Visitor<'de> for FieldItemVisitor {
    type Value = FieldItem;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        ItemParts::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(FieldItem::from)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(FieldItem::new(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(FieldItem::new(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(FieldItem::new(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(FieldItem::new(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(FieldItem::new(value))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(FieldItem::default())
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element::<Value>()? {
            values.push(value);
        }
        Ok(FieldItem::new(values))
    }
}

/// The field with `field_id` among those of an entity.
#[must_use]
pub fn by_id(fields: &[CustomFieldValues], field_id: i64) -> Option<&CustomFieldValues> {
    fields.iter().find(|field| field.field_id == field_id)
}

/// The field with `code`, such as `PHONE`, among those of an entity.
#[must_use]
pub fn by_code<'a>(fields: &'a [CustomFieldValues], code: &str) -> Option<&'a CustomFieldValues> {
    fields.iter().find(|field| field.field_code.as_deref() == Some(code))
}
