use serde::Serialize;
use serde_json::{Value, json};

use super::{Choice, FieldItem, FieldType, FieldValue, SmartAddress};

/// New values of one custom field. A field that is sent is replaced entirely; a field that is not sent stays
/// as it is. To add a phone: read all, append, write all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldWrite {
    /// The field by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    field_id: Option<i64>,
    /// The field by code, such as `PHONE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    field_code: Option<String>,
    /// `null` clears the field.
    values: Option<Vec<FieldItem>>,
}

/// A value of the wrong kind for the type of the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a field of type {field_type} cannot hold this value")]
pub struct FieldMismatch {
    /// Kommo's word for the type.
    pub field_type: String,
}

impl FieldWrite {
    /// Writes `value` into the field `field_id`, whose declared type is `field_type`.
    ///
    /// # Errors
    /// [`FieldMismatch`] when the type cannot hold the value.
    pub fn new(field_id: i64, field_type: &FieldType, value: &FieldValue) -> Result<Self, FieldMismatch> {
        let values = items(field_type, value)?;
        Ok(Self { field_id: Some(field_id), field_code: None, values })
    }

    /// Writes `value` into the field with `code`, whose declared type is `field_type`.
    ///
    /// # Errors
    /// [`FieldMismatch`] when the type cannot hold the value.
    pub fn by_code(
        code: impl Into<String>,
        field_type: &FieldType,
        value: &FieldValue,
    ) -> Result<Self, FieldMismatch> {
        let values = items(field_type, value)?;
        Ok(Self { field_id: None, field_code: Some(code.into()), values })
    }

    /// Clears the field.
    #[must_use]
    pub fn clear(field_id: i64) -> Self {
        Self { field_id: Some(field_id), field_code: None, values: None }
    }

    /// Writes values that are already in wire form.
    #[must_use]
    pub fn raw(field_id: i64, values: Vec<FieldItem>) -> Self {
        Self { field_id: Some(field_id), field_code: None, values: Some(values) }
    }

    /// The phones of a contact or company, each with a code such as `WORK` or `MOB`.
    pub fn phones<'a>(phones: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self::coded("PHONE", phones)
    }

    /// The e-mail addresses of a contact or company, each with a code such as `WORK` or `PRIV`.
    pub fn emails<'a>(emails: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self::coded("EMAIL", emails)
    }

    fn coded<'a>(code: &str, items: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let values = items
            .into_iter()
            .map(|(value, kind)| FieldItem { enum_code: Some(kind.to_owned()), ..FieldItem::new(value) })
            .collect();
        Self { field_id: None, field_code: Some(code.to_owned()), values: Some(values) }
    }
}

fn items(field_type: &FieldType, value: &FieldValue) -> Result<Option<Vec<FieldItem>>, FieldMismatch> {
    let items = match (field_type, value) {
        (_, FieldValue::Empty) => return Ok(None),
        (
            FieldType::Text
            | FieldType::Textarea
            | FieldType::Url
            | FieldType::Streetaddress
            | FieldType::TrackingData,
            FieldValue::Text(text),
        ) => vec![FieldItem::new(text.as_str())],
        (FieldType::Numeric | FieldType::Monetary | FieldType::Price, FieldValue::Number(number))
            if number.is_finite() =>
        {
            vec![FieldItem::new(plain_number(*number))]
        }
        (FieldType::Checkbox, FieldValue::Bool(value)) => vec![FieldItem::new(*value)],
        (FieldType::Select | FieldType::Radiobutton | FieldType::Category, FieldValue::Choice(choice)) => {
            vec![choice_item(field_type, choice)?]
        }
        (FieldType::Multiselect, FieldValue::Choices(choices)) => {
            choices.iter().map(|choice| choice_item(field_type, choice)).collect::<Result<_, _>>()?
        }
        (FieldType::Date | FieldType::DateTime | FieldType::Birthday, FieldValue::Moment(seconds)) => {
            vec![FieldItem::new(*seconds)]
        }
        (FieldType::Multitext, FieldValue::Multitext(items)) => items
            .iter()
            .map(|item| FieldItem {
                value: item.value.as_str().into(),
                // The code is enough, and survives where ids differ between accounts.
                enum_id: if item.enum_code.is_some() { None } else { item.enum_id },
                enum_code: item.enum_code.clone(),
            })
            .collect(),
        (FieldType::SmartAddress, FieldValue::Address(address)) => address_items(address),
        (
            FieldType::LegalEntity
            | FieldType::LinkedEntity
            | FieldType::ChainedList
            | FieldType::Items
            | FieldType::File
            | FieldType::Other(_),
            FieldValue::Raw(values),
        ) => values.iter().map(|value| FieldItem::new(value.clone())).collect(),
        _ => return Err(FieldMismatch { field_type: field_type.as_str().to_owned() }),
    };
    // An empty list is undocumented; null is what clears a field in practice.
    Ok((!items.is_empty()).then_some(items))
}

fn choice_item(field_type: &FieldType, choice: &Choice) -> Result<FieldItem, FieldMismatch> {
    match (choice.enum_id, &choice.enum_code, &choice.text) {
        (Some(id), _, _) => Ok(FieldItem { enum_id: Some(id), ..FieldItem::default() }),
        (None, Some(code), _) => Ok(FieldItem { enum_code: Some(code.clone()), ..FieldItem::default() }),
        (None, None, Some(text)) => Ok(FieldItem::new(text.as_str())),
        (None, None, None) => Err(FieldMismatch { field_type: field_type.as_str().to_owned() }),
    }
}

fn address_items(address: &SmartAddress) -> Vec<FieldItem> {
    SmartAddress::CODES
        .iter()
        .zip(address.parts())
        .filter_map(|(code, part)| {
            let text = part.as_deref().filter(|text| !text.is_empty())?;
            Some(FieldItem { enum_code: Some((*code).to_owned()), ..FieldItem::new(text) })
        })
        .collect()
}

// 12.0 is written as 12: a field without decimals refuses the former.
fn plain_number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        json!(number as i64)
    } else {
        json!(number)
    }
}
