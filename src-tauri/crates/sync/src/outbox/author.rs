//! Who set a value in Kommo, as Kommo's history tells it: pure.

use super::overwritten::value_after;
use cadencia_domain::card_value::CardValue;
use cadencia_domain::event::AccountEvent;
use cadencia_domain::id::KommoUserId;
use cadencia_domain::time::UtcMillis;

/// Clocks differ by some, and so do the ways by which a value and its history arrive.
const SLACK_MS: i64 = 5 * 60_000;

/// Who set a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// A person of the account.
    Person(KommoUserId),
    /// A robot or an integration: Kommo names nobody.
    Automation,
}

/// Who set `value` last before it was seen at `seen_at`. `events` are those of its card, the latest first.
pub fn author(events: &[AccountEvent], value: &CardValue, seen_at: UtcMillis) -> Option<Author> {
    let before = events.iter().filter(|event| event.created_at.0 <= seen_at.0 + SLACK_MS);
    let mut same = before.filter(|event| {
        // Asked of the history's values: it knows no reason of a loss, so that any fits.
        value_after(event).is_some_and(|told| told.subject() == value.subject() && told.means(value))
    });
    same.next().map(|event| event.created_by.map_or(Author::Automation, Author::Person))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn renamed(to: &str, by: Option<i64>, at: i64) -> AccountEvent {
        AccountEvent {
            kommo_id: format!("e{at}"),
            kind: "name_field_changed".to_owned(),
            entity_type: "lead".to_owned(),
            entity_kommo_id: 1,
            created_by: by.map(KommoUserId),
            created_at: UtcMillis(at),
            value_before: json!([]),
            value_after: json!([{"name_field_value": {"name": to}}]),
        }
    }

    #[test]
    fn the_last_who_set_the_value_before_it_was_seen_is_named() {
        let name = |text: &str| CardValue::Name { text: text.to_owned() };
        let seen = UtcMillis(1_000_000);
        let events = [
            renamed("a", Some(9), 2_000_000),
            renamed("a", Some(7), 900_000),
            renamed("a", Some(8), 800_000),
            renamed("b", None, 700_000),
        ];
        assert_eq!(author(&events, &name("a"), seen), Some(Author::Person(KommoUserId(7))));
        assert_eq!(author(&events, &name("b"), seen), Some(Author::Automation));
        assert_eq!(author(&events, &name("c"), seen), None);
        assert_eq!(author(&events, &CardValue::Price { cents: 100 }, seen), None);
    }
}
