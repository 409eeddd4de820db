//! Conversations: what customers write and what is written to them.

use serde_json::json;

use super::{By, ContactPatch, LeadPatch, NewUnsorted};
use crate::state::{Direction, FieldValue, IdKind, Item, Kind, Message, Scalar, Talk, World};
use crate::webhooks::bodies;

/// A file in a message.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    /// `picture`, `voice`, `file`, ...
    pub(crate) kind: &'static str,
    pub(crate) link: String,
    pub(crate) file_name: String,
}

/// Who writes to us.
#[derive(Clone, Debug)]
pub(crate) enum Incoming {
    /// A contact the account knows.
    Known(u32),
    /// A number nobody knows: profile name and phone.
    Stranger { name: String, phone: String },
}

impl World {
    /// A customer's message. A stranger becomes contact, incoming lead and talk first (seen on live accounts).
    /// Says which talk it went to.
    pub(crate) fn receive_message(
        &mut self,
        from: Incoming,
        text: &str,
        file: Option<Attachment>,
        by: By,
    ) -> Option<u32> {
        let by = By { user: 0, ..by };
        let contact = match from {
            Incoming::Known(contact) => contact,
            Incoming::Stranger { name, phone } => {
                return self.receive_stranger(&name, &phone, text, file, by);
            }
        };
        self.contacts.live(contact)?;
        let talk = match self.talks.open_of_contact(contact) {
            Some(talk) => talk,
            None => self.open_talk(contact, by)?,
        };
        self.add_incoming(talk, text, file, by);
        Some(talk)
    }

    fn receive_stranger(
        &mut self,
        name: &str,
        phone: &str,
        text: &str,
        file: Option<Attachment>,
        by: By,
    ) -> Option<u32> {
        let contact = self.contact_of_stranger(name, phone, by);
        let (pipeline, stage) =
            self.main_pipeline().and_then(|known| Some((known.id, known.incoming_stage()?.id)))?;
        let source = self.sources.first().map(|source| (source.id, source.name.clone()));
        let lead = self.add_lead(
            &LeadPatch {
                stage: Some((pipeline, stage)),
                source_id: source.as_ref().map(|(id, _)| *id),
                contacts: vec![crate::state::LinkedContact { id: contact, is_main: true }],
                ..LeadPatch::default()
            },
            by,
        );
        let talk = self.open_talk(contact, by)?;
        self.add_incoming(talk, text, file, by);
        let chat = self.talks.get(talk).map(|talk| talk.chat_id.clone()).unwrap_or_default();
        let source_name = source.map(|(_, name)| name);
        let metadata = json!({
            "from": name, "to": "5511940000000", "received_at": by.now(), "service": "waba",
            "client": {"name": name, "avatar": null},
            "origin": {"chat_id": chat, "ref": null, "visitor_uid": null},
            "last_message_text": text, "source_name": source_name,
        });
        self.add_unsorted(
            NewUnsorted {
                source_uid: Some(format!("amojo:waba:{chat}")),
                source_name,
                category: "chats",
                pipeline_id: pipeline,
                metadata,
                lead_id: lead,
                contact_id: Some(contact),
                company_id: None,
                created_at: by.now(),
            },
            by,
        );
        Some(talk)
    }

    fn contact_of_stranger(&mut self, name: &str, phone: &str, by: By) -> u32 {
        let mut patch = ContactPatch { is_unsorted: true, ..ContactPatch::default() };
        patch.card.name = Some(name.to_owned());
        if let Some(field) = self.field_by_code(Kind::Contact, "PHONE") {
            let enum_id = field.enum_by_code("WORK").map(|known| known.id);
            patch.card.values = vec![FieldValue {
                field: field.id,
                items: vec![Item { value: Scalar::text(phone), enum_id }],
            }];
        }
        self.add_contact(&patch, by)
    }

    /// Opens a talk with a contact, on its newest open lead.
    fn open_talk(&mut self, contact: u32, by: By) -> Option<u32> {
        let known = self.contacts.live(contact)?;
        let (name, leads) = (known.card.name.clone(), known.leads.clone());
        let lead_id = leads
            .iter()
            .rev()
            .copied()
            .find(|id| self.leads.live(*id).is_some_and(|lead| lead.closed_at.is_none()))
            .or_else(|| leads.iter().rev().copied().find(|id| self.leads.live(*id).is_some()));
        let id = self.ids.next(IdKind::Talk);
        let (chat_id, client_id) = (self.chance.uuid(), self.chance.uuid());
        let source_id = self.sources.first().map_or(0, |source| source.id);
        self.talks.insert(Talk {
            id,
            contact_id: contact,
            lead_id,
            chat_id,
            origin: "waba",
            source_id,
            is_in_work: true,
            is_read: false,
            created_at: by.now(),
            updated_at: by.now(),
            client_id,
            client_name: name,
            messages: Vec::new(),
        });
        self.record(by, "talk_created", self.talk_entity(id), json!([]), json!([{"talk": {"id": id}}]));
        self.announce("add_talk", by, |world| bodies::talk(world, id, "add"));
        Some(id)
    }

    /// The first phone of a contact, as it is written there.
    pub(crate) fn phone_of(&self, contact: u32) -> Option<String> {
        let field = self.field_by_code(Kind::Contact, "PHONE")?.id;
        match &self.card(Kind::Contact, contact)?.value(field)?.items.first()?.value {
            Scalar::Text(text) => Some(text.to_string()),
            _ => None,
        }
    }

    /// The newest contact with this number, however it is written.
    pub(crate) fn contact_of_phone(&self, phone: &str) -> Option<u32> {
        let wanted = number_key(phone)?;
        let has_it =
            |id: &&u32| self.phone_of(**id).and_then(|known| number_key(&known)).as_ref() == Some(&wanted);
        self.contacts.live_ids().iter().rev().find(has_it).copied()
    }

    fn talk_entity(&self, talk: u32) -> (&'static str, u32) {
        match self.talks.get(talk) {
            Some(talk) => talk.lead_id.map_or(("contact", talk.contact_id), |lead| ("lead", lead)),
            None => ("contact", 0),
        }
    }

    fn add_incoming(&mut self, talk: u32, text: &str, file: Option<Attachment>, by: By) {
        let id = self.chance.uuid();
        let Some(known) = self.talks.get_mut(talk) else { return };
        known.messages.push(Message {
            id: id.clone(),
            direction: Direction::Incoming,
            message_type: file.as_ref().map_or("text", |file| file.kind),
            text: text.to_owned(),
            author_type: "external",
            author_user: None,
            author_name: known.client_name.clone(),
            created_at: by.now(),
            attachment: file.map(|file| (file.link, file.file_name)),
        });
        known.is_read = false;
        known.updated_at = by.now();
        let origin = known.origin;
        let after = json!([{"message": {"id": id, "origin": origin, "talk_id": talk}}]);
        self.record(by, "incoming_chat_message", self.talk_entity(talk), json!([]), after);
        self.announce("add_message", by, |world| bodies::messages(world, talk, &[&id]));
    }

    /// A message to the customer, by a user or, with user 0, by a bot. The talk must be open.
    pub(crate) fn send_message(
        &mut self,
        talk: u32,
        text: &str,
        file: Option<Attachment>,
        by: By,
    ) -> Option<String> {
        let id = self.chance.uuid();
        let author_name = self.user(by.user).map_or_else(|| "Salesbot".to_owned(), |user| user.name.clone());
        let known = self.talks.get_mut(talk).filter(|talk| talk.is_in_work)?;
        known.messages.push(Message {
            id: id.clone(),
            direction: Direction::Outgoing,
            message_type: file.as_ref().map_or("text", |file| file.kind),
            text: text.to_owned(),
            author_type: if by.user == 0 { "bot" } else { "internal" },
            author_user: (by.user != 0).then_some(by.user),
            author_name,
            created_at: by.now(),
            attachment: file.map(|file| (file.link, file.file_name)),
        });
        known.is_read = true;
        known.updated_at = by.now();
        let origin = known.origin;
        let after = json!([{"message": {"id": id, "origin": origin, "talk_id": talk}}]);
        self.record(by, "outgoing_chat_message", self.talk_entity(talk), json!([]), after);
        self.announce("add_outgoing_message", by, |world| bodies::messages(world, talk, &[&id]));
        Some(id)
    }

    /// Marks a talk as read, or closes it.
    pub(crate) fn change_talk(&mut self, id: u32, is_read: bool, is_in_work: bool, by: By) -> bool {
        let Some(known) = self.talks.get_mut(id) else { return false };
        let was_in_work = known.is_in_work;
        known.is_read = is_read;
        known.is_in_work = is_in_work;
        known.updated_at = by.now();
        if was_in_work && !is_in_work {
            self.record(by, "talk_closed", self.talk_entity(id), json!([]), json!([{"talk": {"id": id}}]));
        }
        self.announce("update_talk", by, |world| bodies::talk(world, id, "update"));
        true
    }
}

/// Area code and last eight digits: the same with and without country code, trunk zero and ninth digit.
fn number_key(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let national = digits.strip_prefix("55").filter(|rest| rest.len() >= 10).unwrap_or(&digits);
    let national = national.trim_start_matches('0');
    let area = national.get(..2)?;
    let last = national.get(national.len().checked_sub(8)?..)?;
    (national.len() >= 10).then(|| format!("{area}{last}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_in_all_its_spellings() {
        let spellings = [
            "+5511999990000",
            "5511999990000",
            "(11) 99999-0000",
            "11 9999-0000",
            "011 99999-0000",
            "551199990000",
        ];
        for spelling in spellings {
            assert_eq!(number_key(spelling).as_deref(), Some("1199990000"), "{spelling}");
        }
        assert_ne!(number_key("(21) 99999-0000"), number_key("(11) 99999-0000"));
        assert_eq!(number_key("9999-0000"), None);
    }
}
