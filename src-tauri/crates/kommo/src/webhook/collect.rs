//! From pairs to items: which pairs belong to one event.

use std::collections::{BTreeMap, HashMap};

use super::ParseError;
use super::form::{Pair, nested_pairs};

/// Actions that may stand alone, without an entity (Kommo docs, 2026: the sample of `add_message`).
const ALONE: [&str; 3] = ["add", "update", "delete"];

/// The pairs of one item.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// `leads`; nothing when the item came without.
    pub entity: Option<String>,
    /// `add`.
    pub action: String,
    /// `id`, `author[type]`, `tags[0][name]`: what follows the index.
    pub fields: BTreeMap<String, String>,
}

#[derive(Default)]
pub(super) struct Collected {
    pub account_id: Option<String>,
    pub subdomain: Option<String>,
    pub has_account: bool,
    /// In the order in which their first pairs came.
    pub groups: Vec<Group>,
    /// Whether any key had brackets.
    pub is_nested: bool,
    pub is_lossy: bool,
    /// Why a pair was passed over, when one was.
    pub passed_over: Option<ParseError>,
}

/// Where a pair belongs.
struct Place<'a> {
    entity: Option<&'a str>,
    action: &'a str,
    /// What all pairs of the item begin with.
    item: &'a [String],
    field: &'a [String],
    /// The index is `[]`.
    appends: bool,
}

/// One pair that cannot be read costs no other: a message beside it exists nowhere else.
pub(super) fn collect(body: &[u8]) -> Collected {
    let mut collected = Collected::default();
    let mut known = HashMap::new();
    for pair in nested_pairs(body) {
        let Pair { path, value, is_lossy } = match pair {
            Ok(pair) => pair,
            Err(error) => {
                collected.passed_over.get_or_insert(error);
                if error == ParseError::TooManyPairs {
                    break;
                }
                continue;
            }
        };
        collected.is_nested = true;
        collected.is_lossy |= is_lossy;
        if path.first().is_some_and(|head| head == "account") {
            collected.has_account = true;
            match path.get(1..) {
                Some([field]) if field == "id" => collected.account_id = Some(value),
                Some([field]) if field == "subdomain" => collected.subdomain = Some(value),
                _ => {}
            }
        } else if let Some(place) = place_of(&path) {
            collected.put(&mut known, &place, value);
        }
    }
    collected
}

impl Collected {
    fn put(&mut self, known: &mut HashMap<String, usize>, place: &Place<'_>, value: String) {
        let field = key(place.field);
        let item = key(place.item);
        // Each `[]` means another item; but whose fields come one by one, it would be torn apart.
        let at = known.get(&item).copied().filter(|at| {
            !place.appends || !self.groups.get(*at).is_some_and(|group| group.fields.contains_key(&field))
        });
        let at = at.unwrap_or_else(|| {
            let entity = place.entity.map(str::to_owned);
            self.groups.push(Group { entity, action: place.action.to_owned(), fields: BTreeMap::new() });
            known.insert(item, self.groups.len() - 1);
            self.groups.len() - 1
        });
        if let Some(group) = self.groups.get_mut(at) {
            group.fields.insert(field, value);
        }
    }
}

fn place_of(path: &[String]) -> Option<Place<'_>> {
    match path {
        [action, index, field @ ..] if ALONE.contains(&action.as_str()) => {
            let item = path.get(..2)?;
            (!field.is_empty()).then_some(Place {
                entity: None,
                action,
                item,
                field,
                appends: index.is_empty(),
            })
        }
        // A single item without an index: `leads[delete][id]`.
        [entity, action, name] if !is_index(name) => {
            let (item, field) = path.split_at(2);
            Some(Place { entity: Some(entity), action, item, field, appends: false })
        }
        [entity, action, index, field @ ..] => {
            let item = path.get(..3)?;
            Some(Place { entity: Some(entity), action, item, field, appends: index.is_empty() })
        }
        _ => None,
    }
}

fn is_index(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The path as Kommo writes it: `author`, `type` as `author[type]`.
fn key(path: &[String]) -> String {
    let mut parts = path.iter();
    let mut key = parts.next().cloned().unwrap_or_default();
    for part in parts {
        key.push('[');
        key.push_str(part);
        key.push(']');
    }
    key
}
