//! Everything that can change in the account, whoever does it: the API, people in Kommo, customers in a chat.
//! Each change keeps both ends of a link right, moves `updated_at`, writes the events that follow and announces
//! the webhooks.

mod cards;
mod companies;
mod contacts;
mod leads;
mod links;
mod patch;
mod talks;
mod tasks;
mod unsorted;

use serde_json::{Value, json};

pub(crate) use contacts::ContactPatch;
pub(crate) use leads::LeadPatch;
pub(crate) use patch::{CardPatch, TagRef, TagsPatch};
pub(crate) use talks::{Attachment, Incoming};
pub(crate) use tasks::{NewNote, NewTask, TaskPatch};
pub(crate) use unsorted::NewUnsorted;

use crate::state::{Event, FieldValue, IdKind, Kind, World, event_id};

/// Who does it and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct By {
    /// 0 for a robot, or nobody in particular.
    pub(crate) user: u32,
    pub(crate) now_ms: i64,
}

impl By {
    pub(crate) fn now(self) -> i64 {
        self.now_ms.div_euclid(1000)
    }
}

impl World {
    pub(crate) fn record(
        &mut self,
        by: By,
        kind: &str,
        of: (&'static str, u32),
        before: Value,
        after: Value,
    ) {
        let counter = self.ids.next(IdKind::Event);
        self.events.add(Event {
            id: event_id(by.now_ms, counter, self.seed),
            kind: kind.to_owned(),
            entity_type: of.0,
            entity_id: of.1,
            created_by: by.user,
            created_at: by.now(),
            before,
            after,
        });
    }

    /// The events of changed, new and cleared custom field values.
    fn record_values(&mut self, by: By, kind: Kind, id: u32, before: &[FieldValue], after: &[FieldValue]) {
        let changed: Vec<u32> = after
            .iter()
            .filter(|value| before.iter().find(|old| old.field == value.field) != Some(value))
            .chain(before.iter().filter(|old| !after.iter().any(|value| value.field == old.field)))
            .map(|value| value.field)
            .collect();
        for field in changed {
            let shown = |values: &[FieldValue]| self.event_value(kind, field, values);
            let (before, after) = (shown(before), shown(after));
            self.record(
                by,
                &format!("custom_field_{field}_value_changed"),
                (kind.singular(), id),
                before,
                after,
            );
        }
    }

    fn event_value(&self, kind: Kind, field_id: u32, values: &[FieldValue]) -> Value {
        let value = values.iter().find(|value| value.field == field_id);
        let (Some(value), Some(field)) = (value, self.field(kind, field_id)) else { return json!([]) };
        value
            .items
            .iter()
            .map(|item| {
                json!({"custom_field_value": {
                    "field_id": field_id,
                    "field_type": field.kind.number(),
                    "enum_id": item.enum_id,
                    "text": crate::serializers::values::plain_text(field, item),
                }})
            })
            .collect()
    }
}
