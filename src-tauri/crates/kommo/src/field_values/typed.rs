use std::fmt;

use serde_json::Value;

use super::{FieldItem, FieldType};
use crate::http_date::days_since_1970;

/// What a custom field holds, by its declared type.
#[derive(Clone, PartialEq)]
pub enum FieldValue {
    /// Nothing. Written: the field is cleared.
    Empty,
    /// `text`, `textarea`, `url`, `streetaddress`, `tracking_data`.
    Text(String),
    /// `numeric`, `monetary`, `price`. Kommo writes these as text with a decimal point.
    Number(f64),
    /// `checkbox`.
    Bool(bool),
    /// `select`, `radiobutton`, `category`.
    Choice(Choice),
    /// `multiselect`.
    Choices(Vec<Choice>),
    /// `date`, `date_time`, `birthday`: unix seconds.
    Moment(i64),
    /// `multitext`: phones, e-mail addresses, messengers.
    Multitext(Vec<MultitextItem>),
    /// `smart_address`.
    Address(SmartAddress),
    /// `legal_entity`, `linked_entity`, `chained_list`, `items`, `file` and unknown types: as they came.
    Raw(Vec<Value>),
}

/// An option of a choice. One of the three is enough to write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// The option's id: what to rely on.
    pub enum_id: Option<i64>,
    /// The option's code, when it has one.
    pub enum_code: Option<String>,
    /// The option's text at the time of reading.
    pub text: Option<String>,
}

impl Choice {
    /// The option with `enum_id`.
    #[must_use]
    pub fn id(enum_id: i64) -> Self {
        Self { enum_id: Some(enum_id), ..Self::default() }
    }
}

/// One phone, e-mail address or messenger name.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct MultitextItem {
    /// The number or address, exactly as typed: Kommo does not normalise phones.
    pub value: String,
    /// What kind, for example `WORK` or `MOB`.
    pub enum_code: Option<String>,
    /// What kind, by id.
    pub enum_id: Option<i64>,
}

/// The parts of an address.
#[derive(Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each is Kommo's enum_code of the part")]
pub struct SmartAddress {
    pub address_line_1: Option<String>,
    pub address_line_2: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub zip: Option<String>,
    pub country: Option<String>,
}

impl SmartAddress {
    pub(super) const CODES: [&'static str; 6] =
        ["address_line_1", "address_line_2", "city", "state", "zip", "country"];

    pub(super) fn parts(&self) -> [&Option<String>; 6] {
        [&self.address_line_1, &self.address_line_2, &self.city, &self.state, &self.zip, &self.country]
    }

    fn part(&mut self, index: usize) -> Option<&mut Option<String>> {
        match index {
            0 => Some(&mut self.address_line_1),
            1 => Some(&mut self.address_line_2),
            2 => Some(&mut self.city),
            3 => Some(&mut self.state),
            4 => Some(&mut self.zip),
            5 => Some(&mut self.country),
            _ => None,
        }
    }
}

impl FieldValue {
    /// Reads the values of a field of `field_type`. What does not fit the type is [`FieldValue::Raw`]; a
    /// field without values is [`FieldValue::Empty`].
    #[must_use]
    pub fn read(field_type: &FieldType, items: &[FieldItem]) -> Self {
        let Some(first) = items.first() else { return Self::Empty };
        let raw = || Self::Raw(items.iter().map(|item| item.value.clone()).collect());
        match field_type {
            FieldType::Text
            | FieldType::Textarea
            | FieldType::Url
            | FieldType::Streetaddress
            | FieldType::TrackingData => match (first.text(), first.value.is_null()) {
                (Some(text), _) => Self::Text(text),
                (None, true) => Self::Empty,
                (None, false) => raw(),
            },
            FieldType::Numeric | FieldType::Monetary | FieldType::Price => match &first.value {
                Value::Null => Self::Empty,
                Value::String(text) if text.trim().is_empty() => Self::Empty,
                value => number(value).map_or_else(raw, Self::Number),
            },
            FieldType::Checkbox => truth(&first.value).map_or_else(raw, Self::Bool),
            FieldType::Select | FieldType::Radiobutton | FieldType::Category => Self::Choice(choice(first)),
            FieldType::Multiselect => Self::Choices(items.iter().map(choice).collect()),
            FieldType::Date | FieldType::DateTime | FieldType::Birthday => match &first.value {
                Value::Null => Self::Empty,
                value => moment(value).map_or_else(raw, Self::Moment),
            },
            FieldType::Multitext => Self::Multitext(items.iter().filter_map(multitext).collect()),
            FieldType::SmartAddress => Self::Address(address(items)),
            FieldType::LegalEntity
            | FieldType::LinkedEntity
            | FieldType::ChainedList
            | FieldType::Items
            | FieldType::File
            | FieldType::Other(_) => raw(),
        }
    }

    /// One line for people.
    #[must_use]
    pub fn display_text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::Choice(choice) => choice.text.clone().unwrap_or_default(),
            Self::Choices(choices) => {
                let texts: Vec<&str> = choices.iter().filter_map(|choice| choice.text.as_deref()).collect();
                texts.join(", ")
            }
            Self::Moment(seconds) => seconds.to_string(),
            Self::Multitext(items) => {
                let texts: Vec<&str> = items.iter().map(|item| item.value.as_str()).collect();
                texts.join(", ")
            }
            Self::Address(address) => {
                let parts: Vec<&str> =
                    address.parts().into_iter().filter_map(|part| part.as_deref()).collect();
                parts.join(", ")
            }
            Self::Raw(values) => values.iter().map(Value::to_string).collect::<Vec<_>>().join(", "),
        }
    }
}

fn choice(item: &FieldItem) -> Choice {
    Choice { enum_id: item.enum_id, enum_code: item.enum_code.clone(), text: item.text() }
}

fn multitext(item: &FieldItem) -> Option<MultitextItem> {
    let value = item.text()?;
    Some(MultitextItem { value, enum_code: item.enum_code.clone(), enum_id: item.enum_id })
}

// Parts are told apart by code, or by the fixed ids 1 to 6.
fn address(items: &[FieldItem]) -> SmartAddress {
    let mut address = SmartAddress::default();
    for item in items {
        let by_code = SmartAddress::CODES.iter().position(|code| item.enum_code.as_deref() == Some(*code));
        let by_id = || usize::try_from(item.enum_id?.checked_sub(1)?).ok();
        if let Some(part) = by_code.or_else(by_id).and_then(|index| address.part(index)) {
            *part = item.text();
        }
    }
    address
}

fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    number.is_finite().then_some(number)
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        Value::String(text) => match text.trim() {
            "1" | "true" => Some(true),
            "0" | "false" | "" => Some(false),
            _ => None,
        },
        Value::Null => Some(false),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// Unix seconds from a number, digits, RFC 3339, or the `dd.mm.yyyy` of old birthdays.
fn moment(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64)),
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| rfc3339(text)).or_else(|| day_month_year(text))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn rfc3339(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00:00Z"));
    let mut date = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let zone_at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let clock = clock.split_once('.').map_or(clock, |(whole, _)| whole);
    let mut clock = clock.splitn(3, ':').map(|part| part.parse::<i64>().ok());
    let (hours, minutes, seconds) = (clock.next()??, clock.next()??, clock.next().flatten().unwrap_or(0));
    let offset = match zone.as_bytes().first() {
        None | Some(b'Z' | b'z') => 0,
        Some(sign) => {
            let digits: String = zone[1..].chars().filter(char::is_ascii_digit).collect();
            let hours: i64 = digits.get(..2)?.parse().ok()?;
            let minutes: i64 = digits.get(2..4).unwrap_or("0").parse().ok()?;
            (hours * 60 + minutes) * 60 * if *sign == b'-' { -1 } else { 1 }
        }
    };
    let plausible = (1..=12).contains(&month) && (1..=31).contains(&day) && (0..10_000).contains(&year);
    let time_of_day = (hours * 60 + minutes) * 60 + seconds;
    plausible.then(|| days_since_1970(year, month, day) * 86_400 + time_of_day - offset)
}

fn day_month_year(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '.').map(|part| part.parse::<i64>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    let plausible = (1..=12).contains(&month) && (1..=31).contains(&day) && (0..10_000).contains(&year);
    plausible.then(|| days_since_1970(year, month, day) * 86_400)
}

// Values are people's data: only their kind is shown.
impl fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Empty",
            Self::Text(_) => "Text(…)",
            Self::Number(_) => "Number(…)",
            Self::Bool(true) => "Bool(true)",
            Self::Bool(false) => "Bool(false)",
            Self::Choice(choice) => return f.debug_tuple("Choice").field(choice).finish(),
            Self::Choices(choices) => return f.debug_tuple("Choices").field(choices).finish(),
            Self::Moment(seconds) => return f.debug_tuple("Moment").field(seconds).finish(),
            Self::Multitext(_) => "Multitext(…)",
            Self::Address(_) => "Address(…)",
            Self::Raw(_) => "Raw(…)",
        })
    }
}

impl fmt::Debug for MultitextItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MultitextItem").field("enum_code", &self.enum_code).finish_non_exhaustive()
    }
}

impl fmt::Debug for SmartAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmartAddress { … }")
    }
}
