//! Small translations shared by the others.

use cadencia_domain::field::{FieldItem, FieldValue};
use cadencia_domain::id::{KommoFieldId, KommoUserId};
use cadencia_domain::time::UtcMillis;
use kommo::field_values::CustomFieldValues;

/// Kommo's 0 is its robot, or nobody.
pub(super) fn user(id: i64) -> Option<KommoUserId> {
    (id > 0).then_some(KommoUserId(id))
}

/// A number that is absent when 0.
pub(super) fn given(id: Option<i64>) -> Option<i64> {
    id.filter(|&id| id > 0)
}

pub(super) fn instant(seconds: i64) -> UtcMillis {
    UtcMillis::from_unix_seconds(seconds)
}

pub(super) fn some_text(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}

/// Kommo writes tag colours without the hash.
pub(super) fn color(color: Option<String>) -> Option<String> {
    let color = color?;
    let digits = color.trim().trim_start_matches('#');
    (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| format!("#{}", digits.to_lowercase()))
}

/// Filled fields; one without a value is not filled.
pub(super) fn fields(values: Vec<CustomFieldValues>) -> Vec<FieldValue> {
    values
        .into_iter()
        .filter(|field| field.values.iter().any(|item| !item.value.is_null()))
        .map(|field| FieldValue {
            field: KommoFieldId(field.field_id),
            name: field.field_name.unwrap_or_default(),
            code: field.field_code,
            kind: field.field_type.as_str().to_owned(),
            items: field
                .values
                .into_iter()
                .filter(|item| !item.value.is_null())
                .map(|item| FieldItem { value: item.value, enum_id: item.enum_id, enum_code: item.enum_code })
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_has_one_hash_or_is_none() {
        assert_eq!(color(Some("FFCE5A".into())).as_deref(), Some("#ffce5a"));
        assert_eq!(color(Some("#98cbff".into())).as_deref(), Some("#98cbff"));
        assert_eq!(color(Some("red".into())), None);
        assert_eq!(color(None), None);
    }
}
