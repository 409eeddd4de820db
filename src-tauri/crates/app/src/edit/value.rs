//! Values that a person typed, for the kind of field they are for.

use super::invalid;
use cadencia_contract::{ApiError, FieldInput, Int53};
use cadencia_domain::field::{CustomField, FieldItem};
use serde_json::Value;

/// The longest text of a field.
const LONGEST: usize = 60_000;
/// Values of a field at most.
const MOST_ITEMS: usize = 100;

/// The values of a field as Kommo takes them; none empty it. `known` are those it has: a phone that stays keeps its kind.
pub(crate) fn items(
    field: &CustomField,
    input: &FieldInput,
    known: &[FieldItem],
) -> Result<Vec<FieldItem>, ApiError> {
    let refuse = || invalid(field.name.clone());
    let kind = field.kind.as_str();
    Ok(match (kind, input) {
        (_, FieldInput::Empty) => Vec::new(),
        ("text" | "textarea" | "url" | "streetaddress", FieldInput::Text { text }) => {
            match text_of(text, LONGEST) {
                Some(text) => vec![plain(Value::String(text))],
                None if text.trim().is_empty() => Vec::new(),
                None => return Err(refuse()),
            }
        }
        ("numeric" | "monetary" | "price", FieldInput::Number { number }) if number.is_finite() => {
            vec![plain(number_value(*number))]
        }
        ("checkbox", FieldInput::YesNo { value }) => vec![plain(Value::Bool(*value))],
        ("select" | "radiobutton" | "category", FieldInput::Options { enum_ids }) if enum_ids.len() <= 1 => {
            options(field, enum_ids)?
        }
        ("multiselect", FieldInput::Options { enum_ids }) if enum_ids.len() <= MOST_ITEMS => {
            options(field, enum_ids)?
        }
        ("date" | "date_time" | "birthday", FieldInput::Moment { unix_s }) => {
            // From 1800 to 2200: anything else is a slip of the finger.
            if !(-5_364_662_400..=7_258_118_400).contains(&unix_s.0) {
                return Err(refuse());
            }
            vec![plain(Value::from(unix_s.0))]
        }
        ("multitext", FieldInput::Texts { items }) if items.len() <= MOST_ITEMS => {
            let mut values = Vec::new();
            for item in items.iter().filter(|item| !item.text.trim().is_empty()) {
                let is_option = |id: &Int53| field.options.iter().any(|option| option.enum_id == id.0);
                if item.enum_id.as_ref().is_some_and(|id| !is_option(id)) {
                    return Err(refuse());
                }
                let text = text_of(&item.text, 255).ok_or_else(refuse)?;
                let before =
                    known.iter().find(|known| known.text().trim() == text).and_then(|known| known.enum_id);
                let first = field.options.first().map(|option| option.enum_id);
                values.push(FieldItem {
                    value: Value::String(text),
                    enum_id: item.enum_id.map(|id| id.0).or(before).or(first),
                    enum_code: None,
                });
            }
            values
        }
        _ => return Err(refuse()),
    })
}

fn options(field: &CustomField, enum_ids: &[Int53]) -> Result<Vec<FieldItem>, ApiError> {
    enum_ids
        .iter()
        .map(|id| {
            let option = field.options.iter().find(|option| option.enum_id == id.0);
            let option = option.ok_or_else(|| invalid(field.name.clone()))?;
            // With its label: until Kommo answers, that is what is shown.
            Ok(FieldItem {
                value: Value::String(option.label.clone()),
                enum_id: Some(option.enum_id),
                enum_code: None,
            })
        })
        .collect()
}

fn plain(value: Value) -> FieldItem {
    FieldItem { value, enum_id: None, enum_code: None }
}

/// 12.0 is written as 12: a field without decimals refuses the former.
fn number_value(number: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}

/// A text that somebody typed: trimmed, not empty, not too long, without characters that nobody types.
pub(crate) fn text_of(text: &str, longest: usize) -> Option<String> {
    let text = text.trim();
    let is_strange = text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    (!text.is_empty() && text.chars().count() <= longest && !is_strange).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadencia_domain::field::{EntityKind, FieldOption};
    use cadencia_domain::id::KommoFieldId;

    fn field(kind: &str) -> CustomField {
        CustomField {
            kommo_id: KommoFieldId(7),
            entity: EntityKind::Lead,
            name: "Campo".to_owned(),
            kind: kind.to_owned(),
            code: None,
            sort: 0,
            is_api_only: false,
            options: vec![FieldOption { enum_id: 3, label: "Sim".to_owned() }],
        }
    }

    #[test]
    fn a_phone_that_stays_keeps_its_kind() {
        let phones = CustomField {
            options: [4, 5].map(|enum_id| FieldOption { enum_id, label: String::new() }).to_vec(),
            ..field("multitext")
        };
        let known = FieldItem { value: Value::from("11 1"), enum_id: Some(5), enum_code: None };
        let typed = |text: &str| cadencia_contract::TextItem { text: text.to_owned(), enum_id: None };
        let input = FieldInput::Texts { items: vec![typed("11 1"), typed("22 2")] };
        let made = items(&phones, &input, &[known]).unwrap();
        assert_eq!(made.iter().map(|item| item.enum_id).collect::<Vec<_>>(), [Some(5), Some(4)]);
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused_with_the_name_of_the_field() {
        let text = FieldInput::Text { text: "x".to_owned() };
        let number = FieldInput::Number { number: 1.5 };
        let option = FieldInput::Options { enum_ids: vec![Int53(3)] };
        let unknown = FieldInput::Options { enum_ids: vec![Int53(4)] };
        let nothing = FieldInput::Number { number: f64::NAN };
        let far = FieldInput::Moment { unix_s: Int53(99_999_999_999) };
        for (kind, input, fits) in [
            ("text", &text, true),
            ("text", &number, false),
            ("numeric", &number, true),
            ("numeric", &nothing, false),
            ("numeric", &text, false),
            ("select", &option, true),
            ("select", &unknown, false),
            ("date", &far, false),
            ("legal_entity", &text, false),
            ("legal_entity", &FieldInput::Empty, true),
        ] {
            let made = items(&field(kind), input, &[]);
            assert_eq!(made.is_ok(), fits, "{kind} {input:?}");
            if let Err(error) = made {
                assert_eq!(error.detail, "Campo");
            }
        }
    }
}
