//! What the lists of leads, contacts and companies share: conditions, rights, full-text search.

use crate::call::Call;
use crate::select::Keep;
use crate::serializers::values::plain_text;
use crate::state::{Card, Kind, World};

/// Conditions every kind of card knows.
pub(super) fn conditions<'a, T: 'a>(
    world: &'a World,
    kind: Kind,
    call: &'a Call<'_>,
    card: fn(&T) -> &Card,
) -> Vec<Keep<'a, T>> {
    let query = &call.query;
    let mut keep: Vec<Keep<'a, T>> = Vec::new();
    if let Some(owner) = sees_only_own(world, call) {
        keep.push(Box::new(move |row| card(row).responsible == owner));
    }
    if let Some(names) = query.filter_texts("name") {
        keep.push(Box::new(move |row| names.iter().any(|name| card(row).name == *name)));
    }
    if let Some(ids) = query.filter_ids("created_by") {
        keep.push(Box::new(move |row| ids.contains(&card(row).created_by)));
    }
    if let Some(ids) = query.filter_ids("updated_by") {
        keep.push(Box::new(move |row| ids.contains(&card(row).updated_by)));
    }
    if let Some(ids) = query.filter_ids("responsible_user_id") {
        keep.push(Box::new(move |row| ids.contains(&card(row).responsible)));
    }
    if let Some(range) = query.range("created_at") {
        keep.push(Box::new(move |row| range.holds(card(row).created_at)));
    }
    if let Some(range) = query.range("closest_task_at") {
        keep.push(Box::new(move |row| {
            world.closest_task_at(kind, card(row).id).is_some_and(|at| range.holds(at))
        }));
    }
    if let Some(text) = query.text("query").filter(|text| !text.trim().is_empty()) {
        let needle = Needle::new(text);
        keep.push(Box::new(move |row| needle.is_in(world, kind, card(row))));
    }
    keep
}

/// A user who may see only what they are responsible for.
pub(super) fn sees_only_own(world: &World, call: &Call<'_>) -> Option<u32> {
    let user = world.user(call.user)?;
    (!user.rights.is_admin && user.rights.view == "M").then_some(user.id)
}

/// Whether the caller may see this card at all. What may not be seen is simply absent.
pub(super) fn may_see(world: &World, call: &Call<'_>, card: &Card) -> bool {
    sees_only_own(world, call).is_none_or(|owner| card.responsible == owner)
}

struct Needle {
    text: String,
    digits: Option<String>,
}

impl Needle {
    fn new(text: &str) -> Self {
        let text = text.trim().to_lowercase();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_number = digits.len() >= 4 && !text.chars().any(char::is_alphabetic);
        Self { digits: is_number.then_some(digits), text }
    }

    /// Full-text over name and custom field values; numbers also match inside phones, however they are written.
    fn is_in(&self, world: &World, kind: Kind, card: &Card) -> bool {
        if card.name.to_lowercase().contains(&self.text) || card.id.to_string() == self.text {
            return true;
        }
        card.values.iter().any(|value| {
            let Some(field) = world.field(kind, value.field) else { return false };
            value.items.iter().any(|item| {
                let text = plain_text(field, item);
                if text.to_lowercase().contains(&self.text) {
                    return true;
                }
                let Some(wanted) = &self.digits else { return false };
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                digits.contains(wanted.as_str())
            })
        })
    }
}
