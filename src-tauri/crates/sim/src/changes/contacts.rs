use serde_json::json;

use super::{By, CardPatch};
use crate::state::{Card, Contact, IdKind, Kind, World};
use crate::webhooks::bodies::{self, Old};

/// What is to be changed on a contact.
#[derive(Clone, Debug, Default)]
pub(crate) struct ContactPatch {
    pub(crate) card: CardPatch,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) is_unsorted: bool,
}

impl World {
    pub(crate) fn add_contact(&mut self, patch: &ContactPatch, by: By) -> u32 {
        let id = self.ids.next(IdKind::Contact);
        let (patch, first_name, last_name) = named(patch, None);
        let card = self.new_card(Kind::Contact, id, &patch.card, by);
        let tags = card.tags.clone();
        self.contacts.insert(Contact {
            card,
            first_name,
            last_name,
            is_unsorted: patch.is_unsorted,
            ..Contact::default()
        });
        self.record(by, "contact_added", ("contact", id), json!([]), json!([]));
        self.record_tags(Kind::Contact, id, &[], &tags, by);
        self.announce("add_contact", by, |world| {
            bodies::card(world, Kind::Contact, id, "add", &Old::default())
        });
        id
    }

    pub(crate) fn change_contact(&mut self, id: u32, patch: &ContactPatch, by: By) -> bool {
        let Some(before) = self.contacts.live(id).cloned() else { return false };
        let (patch, first_name, last_name) = named(patch, Some(&before));
        self.patch_card(Kind::Contact, id, &patch.card, by);
        self.contacts.change(id, |contact| {
            contact.first_name = first_name;
            contact.last_name = last_name;
        });
        self.announce_card(Kind::Contact, &before.card, by);
        true
    }

    /// Contacts and companies tell of a new responsible user in an `update` body too.
    pub(super) fn announce_card(&mut self, kind: Kind, before: &Card, by: By) {
        let id = before.id;
        let changed = self.card(kind, id).is_some_and(|after| after.responsible != before.responsible);
        let old = Old { responsible: changed.then_some(before.responsible), ..Old::default() };
        self.announce(&format!("update_{}", kind.singular()), by, |world| {
            bodies::card(world, kind, id, "update", &Old::default())
        });
        if changed {
            self.announce(&format!("responsible_{}", kind.singular()), by, |world| {
                bodies::card(world, kind, id, "update", &old)
            });
        }
    }
}

/// The full name follows from its parts when they are sent; a full name alone becomes the first name.
fn named(patch: &ContactPatch, before: Option<&Contact>) -> (ContactPatch, String, String) {
    let known_first = before.map_or("", |contact| contact.first_name.as_str());
    let known_last = before.map_or("", |contact| contact.last_name.as_str());
    let mut patch = patch.clone();
    if patch.first_name.is_none() && patch.last_name.is_none() {
        return match patch.card.name.clone() {
            Some(name) => (patch, name, String::new()),
            None => (patch, known_first.to_owned(), known_last.to_owned()),
        };
    }
    let first = patch.first_name.clone().unwrap_or_else(|| known_first.to_owned());
    let last = patch.last_name.clone().unwrap_or_else(|| known_last.to_owned());
    if patch.card.name.is_none() {
        patch.card.name = Some(format!("{first} {last}").trim().to_owned());
    }
    (patch, first, last)
}
