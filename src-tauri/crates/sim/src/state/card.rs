use serde_json::{Value, json};

use super::table::Row;

/// What leads, contacts and companies have in common.
#[derive(Clone, Debug, Default)]
pub(crate) struct Card {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) responsible: u32,
    pub(crate) group_id: u32,
    pub(crate) created_by: u32,
    pub(crate) updated_by: u32,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) deleted_at: Option<i64>,
    pub(crate) values: Vec<FieldValue>,
    pub(crate) tags: Vec<u32>,
}

impl Card {
    pub(crate) fn value(&self, field: u32) -> Option<&FieldValue> {
        self.values.iter().find(|value| value.field == field)
    }
}

/// The values one custom field has on a card.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldValue {
    pub(crate) field: u32,
    pub(crate) items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) value: Scalar,
    pub(crate) enum_id: Option<u32>,
}

/// A stored value. Select-like fields store only the enum's id and answer with its present text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    Text(Box<str>),
    Int(i64),
    Bool(bool),
    Object(Box<Value>),
    OfEnum,
}

impl Scalar {
    pub(crate) fn text(text: &str) -> Self {
        Scalar::Text(text.into())
    }

    pub(crate) fn to_json(&self) -> Value {
        match self {
            Scalar::Text(text) => json!(text),
            Scalar::Int(number) => json!(number),
            Scalar::Bool(flag) => json!(flag),
            Scalar::Object(value) => (**value).clone(),
            Scalar::OfEnum => Value::Null,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Lead {
    pub(crate) card: Card,
    pub(crate) price: i64,
    pub(crate) status_id: u32,
    pub(crate) pipeline_id: u32,
    pub(crate) loss_reason_id: Option<u32>,
    pub(crate) closed_at: Option<i64>,
    pub(crate) source_id: Option<u32>,
    pub(crate) contacts: Vec<LinkedContact>,
    pub(crate) company: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LinkedContact {
    pub(crate) id: u32,
    pub(crate) is_main: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Contact {
    pub(crate) card: Card,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) is_unsorted: bool,
    pub(crate) leads: Vec<u32>,
    pub(crate) company: Option<u32>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Company {
    pub(crate) card: Card,
    pub(crate) leads: Vec<u32>,
    pub(crate) contacts: Vec<u32>,
}

macro_rules! row_of_card {
    ($($kind:ty),+) => {$(
        impl Row for $kind {
            fn id(&self) -> u32 {
                self.card.id
            }

            fn updated_at(&self) -> i64 {
                self.card.updated_at
            }

            fn is_deleted(&self) -> bool {
                self.card.deleted_at.is_some()
            }
        }
    )+};
}

row_of_card!(Lead, Contact, Company);
