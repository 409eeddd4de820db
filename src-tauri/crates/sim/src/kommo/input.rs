//! Reading what clients send: types, choices and references are checked before anything is written.

use serde_json::{Map, Value};

use crate::answer::{FieldError, Refusal};
use crate::state::World;

/// One item of a batch, with the errors found in it so far.
pub(super) struct Reader<'a> {
    pub(super) world: &'a World,
    item: &'a Map<String, Value>,
    prefix: String,
    pub(super) errors: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(world: &'a World, item: &'a Map<String, Value>) -> Self {
        Self { world, item, prefix: String::new(), errors: Vec::new() }
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.item.get(key)
    }

    /// A part that is there and not null.
    pub(super) fn some(&self, key: &str) -> Option<&'a Value> {
        self.item.get(key).filter(|value| !value.is_null())
    }

    pub(super) fn fail(&mut self, error: FieldError) {
        let path = format!("{}{}", self.prefix, error.path);
        self.errors.push(FieldError { path, ..error });
    }

    /// Reads a nested object with its own paths.
    pub(super) fn nested<T>(
        &mut self,
        item: &'a Map<String, Value>,
        prefix: &str,
        read: impl FnOnce(&mut Reader<'a>) -> T,
    ) -> T {
        let mut inner = Reader {
            world: self.world,
            item,
            prefix: format!("{}{prefix}.", self.prefix),
            errors: std::mem::take(&mut self.errors),
        };
        let result = read(&mut inner);
        self.errors = inner.errors;
        result
    }

    pub(super) fn int(&mut self, key: &str) -> Option<i64> {
        let value = self.some(key)?;
        let number =
            value.as_i64().or_else(|| value.as_f64().filter(|n| n.is_finite()).map(|n| n.round() as i64));
        if number.is_none() {
            self.fail(FieldError::of_type(key, "int"));
        }
        number
    }

    /// A number that names something: never negative.
    pub(super) fn id(&mut self, key: &str) -> Option<u32> {
        let number = self.int(key)?;
        match u32::try_from(number) {
            Ok(id) => Some(id),
            Err(_) => {
                self.fail(FieldError::too_low(key));
                None
            }
        }
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let value = self.some(key)?;
        let text = value.as_str().map(str::to_owned);
        if text.is_none() {
            self.fail(FieldError::of_type(key, "string"));
        }
        text
    }

    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let value = self.some(key)?;
        let flag = value.as_bool().or_else(|| value.as_i64().filter(|n| (0..=1).contains(n)).map(|n| n == 1));
        if flag.is_none() {
            self.fail(FieldError::of_type(key, "bool"));
        }
        flag
    }

    /// An instant that may be set to null.
    pub(super) fn nullable_int(&mut self, key: &str) -> Option<Option<i64>> {
        match self.get(key)? {
            Value::Null => Some(None),
            _ => self.int(key).map(Some),
        }
    }

    /// A user who exists and works here.
    pub(super) fn active_user(&mut self, key: &str) -> Option<u32> {
        let id = self.id(key)?;
        if self.world.user(id).is_some_and(|user| user.rights.is_active) {
            return Some(id);
        }
        self.fail(FieldError::choice(key));
        None
    }

    /// Any user, or 0 for a robot.
    pub(super) fn author(&mut self, key: &str) -> Option<u32> {
        let id = self.id(key)?;
        if id == 0 || self.world.user(id).is_some() {
            return Some(id);
        }
        self.fail(FieldError::choice(key));
        None
    }

    /// Something that must be there.
    pub(super) fn need<T>(&mut self, key: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && self.some(key).is_none() {
            self.fail(FieldError::missing(key));
        }
        value
    }

    /// `_embedded.{key}` as an array of objects.
    pub(super) fn embedded(&mut self, key: &str) -> Vec<&'a Map<String, Value>> {
        let Some(value) = self.some("_embedded").and_then(|embedded| embedded.get(key)) else {
            return Vec::new();
        };
        match value {
            Value::Null => Vec::new(),
            Value::Array(items) => items.iter().filter_map(Value::as_object).collect(),
            _ => {
                self.fail(FieldError::of_type(format!("_embedded.{key}"), "array"));
                Vec::new()
            }
        }
    }
}

/// Reads all items of a batch; one bad item refuses all of them, and nothing is written.
/// Each comes with its `request_id`, or its index when it sent none.
pub(super) fn batch<T>(
    world: &World,
    items: &[Value],
    mut read: impl FnMut(&mut Reader<'_>) -> T,
) -> Result<Vec<(String, T)>, Refusal> {
    let mut good = Vec::with_capacity(items.len());
    let mut bad = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let request_id = request_id(item, index);
        // PHP cannot tell an empty object from an empty array.
        let empty = Map::new();
        let object = match item {
            Value::Object(object) => object,
            Value::Array(parts) if parts.is_empty() => &empty,
            _ => {
                bad.push((request_id, vec![FieldError::of_type("", "array")]));
                continue;
            }
        };
        let mut reader = Reader::new(world, object);
        let parsed = read(&mut reader);
        if reader.errors.is_empty() {
            good.push((request_id, parsed));
        } else {
            bad.push((request_id, reader.errors));
        }
    }
    if bad.is_empty() { Ok(good) } else { Err(Refusal::validation(bad)) }
}

/// Reads the one object of a call to `/{id}`.
pub(super) fn single<T>(
    world: &World,
    item: &Value,
    read: impl FnMut(&mut Reader<'_>) -> T,
) -> Result<T, Refusal> {
    let mut parsed = batch(world, std::slice::from_ref(item), read)?;
    parsed.pop().map(|(_, parsed)| parsed).ok_or_else(Refusal::empty_body)
}

fn request_id(item: &Value, index: usize) -> String {
    match item.get("request_id") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => index.to_string(),
    }
}
