//! Single values of leads and people: what can be changed one by one.

use crate::contact::Contact;
use crate::field::{FieldItem, FieldValue};
use crate::id::{KommoFieldId, KommoLossReasonId, KommoPipelineId, KommoStatusId, KommoUserId};
use crate::lead::Lead;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A value of a lead or a person.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum CardValue {
    /// The name.
    Name {
        /// Its text.
        text: String,
    },
    /// The price of a lead.
    Price {
        /// In hundredths.
        cents: i64,
    },
    /// The stage of a lead.
    Stage {
        /// The pipeline.
        pipeline: KommoPipelineId,
        /// The stage within it.
        status: KommoStatusId,
        /// Why it was lost; counts only for a lost one.
        loss_reason: Option<KommoLossReasonId>,
    },
    /// Who is responsible.
    Responsible {
        /// None when nobody is.
        user: Option<KommoUserId>,
    },
    /// A custom field, with all its values.
    Field {
        /// The field.
        field: KommoFieldId,
        /// The values; empty when it is not filled.
        items: Vec<FieldItem>,
    },
}

impl CardValue {
    /// What it is a value of: `name`, `price`, `stage`, `responsible`, `field:7`.
    pub fn subject(&self) -> String {
        match self {
            Self::Name { .. } => "name".to_owned(),
            Self::Price { .. } => "price".to_owned(),
            Self::Stage { .. } => "stage".to_owned(),
            Self::Responsible { .. } => "responsible".to_owned(),
            Self::Field { field, .. } => format!("field:{field}"),
        }
    }

    /// What a lead has at the same place.
    #[must_use]
    pub fn same_of_lead(&self, lead: &Lead) -> Self {
        match self {
            Self::Name { .. } => Self::Name { text: lead.name.clone() },
            Self::Price { .. } => Self::Price { cents: lead.price_cents },
            Self::Stage { .. } => Self::Stage {
                pipeline: lead.pipeline,
                status: lead.status,
                loss_reason: lead.loss_reason.filter(|_| lead.status == KommoStatusId::LOST),
            },
            Self::Responsible { .. } => Self::Responsible { user: lead.responsible },
            Self::Field { field, .. } => Self::Field { field: *field, items: items_of(&lead.fields, *field) },
        }
    }

    /// What a person has at the same place. Prices and stages are a lead's alone.
    #[must_use]
    pub fn same_of_contact(&self, contact: &Contact) -> Option<Self> {
        Some(match self {
            Self::Name { .. } => Self::Name { text: contact.name.clone() },
            Self::Responsible { .. } => Self::Responsible { user: contact.responsible },
            Self::Field { field, .. } => {
                Self::Field { field: *field, items: items_of(&contact.fields, *field) }
            }
            Self::Price { .. } | Self::Stage { .. } => return None,
        })
    }

    /// Whether both say the same, however Kommo writes it: what was sent as a number comes back as text, an option
    /// comes back with its label.
    pub fn means(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Field { field, items }, Self::Field { field: other_field, items: other_items }) => {
                let empty = |item: &&FieldItem| item.enum_id.is_some() || !item.text().trim().is_empty();
                let (mine, theirs): (Vec<_>, Vec<_>) =
                    (items.iter().filter(empty).collect(), other_items.iter().filter(empty).collect());
                field == other_field && same_items(&mine, theirs)
            }
            (
                Self::Stage { pipeline, status, loss_reason },
                Self::Stage { pipeline: p, status: s, loss_reason: r },
            ) => {
                pipeline == p
                    && status == s
                    && (*status != KommoStatusId::LOST || loss_reason.is_none() || loss_reason == r)
            }
            (Self::Name { text }, Self::Name { text: other }) => text.trim() == other.trim(),
            _ => self == other,
        }
    }

    /// Puts it into a lead, as it is shown until Kommo has it.
    pub fn put_into_lead(&self, lead: &mut Lead) {
        match self {
            Self::Name { text } => lead.name.clone_from(text),
            Self::Price { cents } => lead.price_cents = *cents,
            Self::Stage { pipeline, status, loss_reason } => {
                lead.pipeline = *pipeline;
                lead.status = *status;
                lead.loss_reason = loss_reason.filter(|_| *status == KommoStatusId::LOST);
            }
            Self::Responsible { user } => lead.responsible = *user,
            Self::Field { field, items } => put_items(&mut lead.fields, *field, items),
        }
    }

    /// Puts it into a person, as it is shown until Kommo has it.
    pub fn put_into_contact(&self, contact: &mut Contact) {
        match self {
            Self::Name { text } => contact.name.clone_from(text),
            Self::Responsible { user } => contact.responsible = *user,
            Self::Field { field, items } => put_items(&mut contact.fields, *field, items),
            Self::Price { .. } | Self::Stage { .. } => {}
        }
    }
}

fn items_of(fields: &[FieldValue], field: KommoFieldId) -> Vec<FieldItem> {
    fields.iter().find(|value| value.field == field).map(|value| value.items.clone()).unwrap_or_default()
}

fn put_items(fields: &mut Vec<FieldValue>, field: KommoFieldId, items: &[FieldItem]) {
    match fields.iter_mut().find(|value| value.field == field) {
        Some(_) if items.is_empty() => fields.retain(|value| value.field != field),
        Some(value) => value.items = items.to_vec(),
        None if items.is_empty() => {}
        // Its label and kind are filled in by whoever knows the account's fields.
        None => fields.push(FieldValue {
            field,
            name: String::new(),
            code: None,
            kind: String::new(),
            items: items.to_vec(),
        }),
    }
}

/// Whether these are the same in whatever order, each as often as it is there.
fn same_items(mine: &[&FieldItem], mut theirs: Vec<&FieldItem>) -> bool {
    let mut take = |item: &&FieldItem| {
        let place = theirs.iter().position(|other| same_item(item, other));
        place.map(|place| theirs.swap_remove(place)).is_some()
    };
    mine.iter().all(&mut take) && theirs.is_empty()
}

fn same_item(mine: &FieldItem, theirs: &FieldItem) -> bool {
    if let (Some(mine), Some(theirs)) = (mine.enum_id, theirs.enum_id)
        && mine != theirs
    {
        return false;
    }
    // An option alone says what is chosen; a phone has an option (work, mobile) and a value.
    if mine.enum_id.is_some()
        && mine.enum_id == theirs.enum_id
        && (mine.text().is_empty() || theirs.text().is_empty())
    {
        return true;
    }
    let (a, b) = (mine.text(), theirs.text());
    if a.trim() == b.trim() {
        return true;
    }
    // Kommo keeps a text as it was typed: `+55 11` and `55 11` are two. Only what was sent as a number or as yes and no
    // comes back in other words.
    let truth = |text: &str| match text.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    };
    if mine.value.is_boolean() || theirs.value.is_boolean() {
        return truth(&a).is_some_and(|a| truth(&b) == Some(a));
    }
    let is_numeric = mine.value.is_number() || theirs.value.is_number();
    is_numeric && mine.number().zip(theirs.number()).is_some_and(|(a, b)| (a - b).abs() < 1e-9)
}

// Values are names and phones.
impl fmt::Debug for CardValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardValue").field("of", &self.subject()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(items: Vec<FieldItem>) -> CardValue {
        CardValue::Field { field: KommoFieldId(7), items }
    }

    fn item(value: serde_json::Value, enum_id: Option<i64>) -> FieldItem {
        FieldItem { value, enum_id, enum_code: None }
    }

    #[test]
    fn a_value_is_known_again_however_kommo_writes_it() {
        for (sent, read, same) in [
            (vec![item(json!(12), None)], vec![item(json!("12"), None)], true),
            (vec![item(json!(true), None)], vec![item(json!("1"), None)], true),
            (vec![item(json!(null), Some(3))], vec![item(json!("Residencial"), Some(3))], true),
            (vec![item(json!(null), Some(3))], vec![item(json!("Comercial"), Some(4))], false),
            (vec![item(json!("11"), Some(1))], vec![item(json!("22"), Some(1))], false),
            (vec![], vec![item(json!(""), None)], true),
            (vec![], vec![item(json!("x"), None)], false),
            (
                vec![item(json!("b"), None), item(json!("a"), None)],
                vec![item(json!("a"), None), item(json!("b"), None)],
                true,
            ),
        ] {
            assert_eq!(field(sent.clone()).means(&field(read.clone())), same, "{sent:?} {read:?}");
            assert_eq!(field(read).means(&field(sent)), same);
        }
    }

    #[test]
    fn a_text_of_digits_is_no_number() {
        for (one, other, same) in [
            // Kommo keeps phones as they are typed.
            (json!("5511999990000"), json!("+5511999990000"), false),
            (json!("007"), json!("7"), false),
            // More digits than a double tells apart.
            (json!("12345678901234567"), json!("12345678901234568"), false),
            (json!("1"), json!("true"), false),
            // What was sent as a number comes back as text.
            (json!(4350.5), json!("4350.50"), true),
            (json!(7), json!("7"), true),
        ] {
            let (one, other) = (field(vec![item(one, None)]), field(vec![item(other, None)]));
            assert_eq!(one.means(&other), same);
            assert_eq!(other.means(&one), same);
        }
    }

    #[test]
    fn each_value_is_found_as_often_as_it_is_there() {
        let texts = |texts: &[&str]| field(texts.iter().map(|text| item(json!(text), None)).collect());
        for (one, other, same) in [
            (texts(&["a", "a"]), texts(&["a", "b"]), false),
            (texts(&["a", "a", "b"]), texts(&["a", "b", "b"]), false),
            (texts(&["b", "a", "a"]), texts(&["a", "b", "a"]), true),
        ] {
            assert_eq!(one.means(&other), same);
            assert_eq!(other.means(&one), same);
        }
    }

    #[test]
    fn a_loss_reason_counts_only_for_a_lost_lead() {
        let stage = |status, reason: Option<i64>| CardValue::Stage {
            pipeline: KommoPipelineId(1),
            status,
            loss_reason: reason.map(KommoLossReasonId),
        };
        assert!(stage(KommoStatusId(5), Some(1)).means(&stage(KommoStatusId(5), None)));
        assert!(!stage(KommoStatusId::LOST, Some(1)).means(&stage(KommoStatusId::LOST, Some(2))));
        assert!(!stage(KommoStatusId::LOST, None).means(&stage(KommoStatusId::WON, None)));
    }
}
