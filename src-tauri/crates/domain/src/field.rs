//! Custom fields and their values.

use crate::id::KommoFieldId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a custom field, tag or note hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// A lead.
    Lead,
    /// A person.
    Contact,
    /// A company.
    Company,
}

impl EntityKind {
    /// The text kept in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Contact => "contact",
            Self::Company => "company",
        }
    }

    /// Takes back a stored text.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "lead" => Self::Lead,
            "contact" => Self::Contact,
            "company" => Self::Company,
            _ => return None,
        })
    }
}

/// A custom field as the account defines it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomField {
    /// Kommo's number.
    pub kommo_id: KommoFieldId,
    /// What it hangs on.
    pub entity: EntityKind,
    /// Label shown in Kommo.
    pub name: String,
    /// Kommo's type name, such as `select` or `monetary`; new ones may appear.
    pub kind: String,
    /// System code such as `PHONE`, when it has one.
    pub code: Option<String>,
    /// Order in the card.
    pub sort: i64,
    /// Cannot be edited by people in Kommo's interface.
    pub is_api_only: bool,
    /// Options of a select, radio button, multiselect or multitext.
    pub options: Vec<FieldOption>,
}

/// An option of a select-like field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldOption {
    /// Kommo's enum number.
    pub enum_id: i64,
    /// Label shown in Kommo.
    pub label: String,
}

/// All values one entity has in one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldValue {
    /// The field.
    pub field: KommoFieldId,
    /// Label at the time of reading.
    pub name: String,
    /// System code, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Kommo's type name.
    pub kind: String,
    /// The values, in Kommo's order; never empty.
    pub items: Vec<FieldItem>,
}

/// One value of a field, kept as Kommo gave it so that nothing is lost.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldItem {
    /// The value itself: text, number, boolean, unix seconds or an object, by type.
    pub value: serde_json::Value,
    /// Chosen option, for select-like fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enum_id: Option<i64>,
    /// Code of the chosen option, such as `WORK`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enum_code: Option<String>,
}

// Values are phones and addresses of people.
impl fmt::Debug for FieldItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldItem")
            .field("enum_id", &self.enum_id)
            .field("enum_code", &self.enum_code)
            .finish_non_exhaustive()
    }
}

impl FieldItem {
    /// The value as plain text, for search and export: objects as compact JSON, null as nothing.
    pub fn text(&self) -> String {
        match &self.value {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    /// The value as a number, when it is one or reads as one (Kommo sends monetary values as strings).
    pub fn number(&self) -> Option<f64> {
        match &self.value {
            serde_json::Value::Number(number) => number.as_f64(),
            serde_json::Value::String(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn money_that_comes_as_text_is_a_number() {
        let item = |value| FieldItem { value, enum_id: None, enum_code: None };
        assert_eq!(item(json!("4350.50")).number(), Some(4350.5));
        assert_eq!(item(json!(12)).number(), Some(12.0));
        assert_eq!(item(json!("doze")).number(), None);
        assert_eq!(item(json!("inf")).number(), None);
        assert_eq!(item(json!(null)).text(), "");
        assert_eq!(item(json!(true)).text(), "true");
    }
}
