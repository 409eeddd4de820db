//! What changes of leads, contacts and companies have in common.

use serde_json::{Value, json};

use super::{By, CardPatch};
use crate::state::{Card, Kind, World};
use crate::webhooks::bodies;

impl World {
    /// A new card from a patch; events of its parts follow from comparing it with nothing.
    pub(super) fn new_card(&mut self, kind: Kind, id: u32, patch: &CardPatch, by: By) -> Card {
        let mut card =
            Card { id, responsible: by.user, created_by: by.user, created_at: by.now(), ..Card::default() };
        let tags = patch.tags_after(self, kind, &[]);
        patch.apply(&mut card, tags, by);
        card
    }

    /// Applies a patch and writes the events of what really changed. Says what the card was before.
    pub(super) fn patch_card(&mut self, kind: Kind, id: u32, patch: &CardPatch, by: By) -> Option<Card> {
        let before = self.card(kind, id)?.clone();
        let tags = patch.tags_after(self, kind, &before.tags);
        self.change_card(kind, id, |card| patch.apply(card, tags, by));
        let after = self.card(kind, id)?.clone();
        self.record_card_changes(kind, &before, &after, by);
        Some(before)
    }

    fn record_card_changes(&mut self, kind: Kind, before: &Card, after: &Card, by: By) {
        let of = (kind.singular(), after.id);
        if before.name != after.name {
            let shown = |name: &str| json!([{"name_field_value": {"name": name}}]);
            self.record(by, "name_field_changed", of, shown(&before.name), shown(&after.name));
        }
        if before.responsible != after.responsible {
            let shown = |user: u32| json!([{"responsible_user": {"id": user}}]);
            let (was, is) = (shown(before.responsible), shown(after.responsible));
            self.record(by, "entity_responsible_changed", of, was, is);
        }
        self.record_values(by, kind, after.id, &before.values, &after.values);
        self.record_tags(kind, after.id, &before.tags, &after.tags, by);
    }

    pub(super) fn record_tags(&mut self, kind: Kind, id: u32, before: &[u32], after: &[u32], by: By) {
        let names = |tags: Vec<u32>| -> Value {
            let known = tags.into_iter().filter_map(|tag| self.tags(kind).get(tag));
            known.map(|tag| json!({"tag": {"name": tag.name}})).collect()
        };
        let added: Vec<u32> = after.iter().copied().filter(|tag| !before.contains(tag)).collect();
        let deleted: Vec<u32> = before.iter().copied().filter(|tag| !after.contains(tag)).collect();
        let (has_added, has_deleted) = (!added.is_empty(), !deleted.is_empty());
        let (added, deleted) = (names(added), names(deleted));
        if has_added {
            self.record(by, "entity_tag_added", (kind.singular(), id), json!([]), added);
        }
        if has_deleted {
            self.record(by, "entity_tag_deleted", (kind.singular(), id), deleted, json!([]));
        }
    }

    /// What only a person in Kommo can do. The card stays, marked, and vanishes from every list.
    pub(crate) fn delete_card(&mut self, kind: Kind, id: u32, by: By) -> bool {
        if self.live_card(kind, id).is_none() {
            return false;
        }
        self.announce(&format!("delete_{}", kind.singular()), by, |world| {
            bodies::card_deleted(world, kind, id)
        });
        self.change_card(kind, id, |card| {
            card.deleted_at = Some(by.now());
            card.updated_at = by.now();
            card.updated_by = by.user;
        });
        self.record(by, &format!("{}_deleted", kind.singular()), (kind.singular(), id), json!([]), json!([]));
        true
    }

    /// Takes a card out of the bin again.
    pub(crate) fn restore_card(&mut self, kind: Kind, id: u32, by: By) -> bool {
        if self.card(kind, id).is_none_or(|card| card.deleted_at.is_none()) {
            return false;
        }
        self.change_card(kind, id, |card| {
            card.deleted_at = None;
            card.updated_at = by.now();
            card.updated_by = by.user;
        });
        self.record(
            by,
            &format!("{}_restored", kind.singular()),
            (kind.singular(), id),
            json!([]),
            json!([]),
        );
        self.announce(&format!("restore_{}", kind.singular()), by, |world| {
            bodies::card(world, kind, id, "restore", &bodies::Old::default())
        });
        true
    }

    /// Queues a webhook body, made only when somebody wants it.
    pub(crate) fn announce(&mut self, setting: &str, by: By, body: impl FnOnce(&World) -> String) {
        if self.hooks.is_wanted(setting) {
            let body = body(self);
            self.hooks.announce(setting, &body, by.now_ms);
        }
    }
}
