//! What happened in the account, as Kommo's own history tells it.

use crate::id::KommoUserId;
use crate::time::UtcMillis;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One entry of Kommo's event history.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountEvent {
    /// Kommo's ULID-like text.
    pub kommo_id: String,
    /// Kommo's type name, such as `lead_status_changed`; new ones may appear.
    pub kind: String,
    /// Kommo's singular entity name: `lead`, `contact`, `company`, `task`, `catalog_1079`...
    pub entity_type: String,
    /// Kommo's number of the entity.
    pub entity_kommo_id: i64,
    /// Who did it; none for Kommo's robot.
    pub created_by: Option<KommoUserId>,
    /// When, by Kommo's clock.
    pub created_at: UtcMillis,
    /// Values before, as Kommo gave them.
    pub value_before: serde_json::Value,
    /// Values after, as Kommo gave them.
    pub value_after: serde_json::Value,
}

// Values are names, phones and what people wrote.
impl fmt::Debug for AccountEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountEvent")
            .field("kommo_id", &self.kommo_id)
            .field("kind", &self.kind)
            .field("entity_type", &self.entity_type)
            .field("entity_kommo_id", &self.entity_kommo_id)
            .field("created_by", &self.created_by)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_event_prints_what_happened_and_no_value() {
        let event = AccountEvent {
            kommo_id: "01hq".to_owned(),
            kind: "name_field_changed".to_owned(),
            entity_type: "contact".to_owned(),
            entity_kommo_id: 4_242,
            created_by: Some(KommoUserId(31)),
            created_at: UtcMillis(1),
            value_before: json!([{"name_field_value": {"name": "+5511987654321"}}]),
            value_after: json!([{"custom_field_value": {"text": "11 98765-4321"}}]),
        };
        let shown = format!("{event:?}");
        assert!(!shown.contains("8765"), "{shown}");
        for told in ["01hq", "name_field_changed", "4242", "31"] {
            assert!(shown.contains(told), "{told}: {shown}");
        }
    }
}
