//! What happened in the account, as Kommo's own history tells it.

use crate::id::KommoUserId;
use crate::time::UtcMillis;
use serde::{Deserialize, Serialize};

/// One entry of Kommo's event history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
