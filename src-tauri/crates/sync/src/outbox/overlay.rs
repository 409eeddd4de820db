//! What a person asked for shows at once, also before Kommo has it: pure.

use cadencia_domain::contact::Contact;
use cadencia_domain::field::{CustomField, EntityKind, FieldValue};
use cadencia_domain::id::KommoTagId;
use cadencia_domain::lead::{Lead, LeadContact, Tag};
use cadencia_domain::text::is_same_tag;
use cadencia_domain::write::Write;
use cadencia_store::outbox::{OutboxRow, WriteState};

/// What of a card is not yet in Kommo.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pending {
    /// Subjects that wait: `name`, `stage`, `field:7`, `tag:vip`, `contact:3`.
    pub waiting: Vec<String>,
    /// Subjects that only a person can free, with their row and cause.
    pub wedged: Vec<(String, i64, String)>,
}

impl Pending {
    fn note(&mut self, row: &OutboxRow) {
        let Some(subject) = row.write.subject() else { return };
        match row.state {
            WriteState::Wedged => {
                self.wedged.push((subject, row.id, row.cause.clone().unwrap_or_default()));
            }
            _ => self.waiting.push(subject),
        }
    }
}

/// Puts open changes into a lead as Kommo gave it. Wedged ones are told and not shown: they may never come true.
pub fn show_on_lead(lead: &mut Lead, open: &[OutboxRow], fields: &[CustomField]) -> Pending {
    let mut pending = Pending::default();
    let id = lead.kommo_id;
    for row in open.iter().filter(|row| row.write.lead() == Some(id)) {
        pending.note(row);
        if row.state == WriteState::Wedged {
            continue;
        }
        match &row.write {
            Write::Edit { wanted, .. } => wanted.put_into_lead(lead),
            Write::Tag { name, is_added, .. } => {
                lead.tags.retain(|tag| !is_same_tag(&tag.name, name));
                if *is_added {
                    // It has no number yet.
                    lead.tags.push(Tag { kommo_id: KommoTagId(0), name: name.clone(), color: None });
                }
            }
            Write::Link { contact, is_linked, is_main, .. } => {
                lead.contacts.retain(|link| link.contact != *contact);
                if *is_linked {
                    let link = LeadContact { contact: *contact, is_main: *is_main };
                    if *is_main {
                        lead.contacts.iter_mut().for_each(|link| link.is_main = false);
                        lead.contacts.insert(0, link);
                    } else {
                        lead.contacts.push(link);
                    }
                }
            }
            _ => {}
        }
    }
    label(&mut lead.fields, EntityKind::Lead, fields);
    pending
}

/// Puts open changes into a person as Kommo gave them.
pub fn show_on_contact(contact: &mut Contact, open: &[OutboxRow], fields: &[CustomField]) -> Pending {
    let mut pending = Pending::default();
    for row in open {
        let Write::Edit { card, wanted, .. } = &row.write else { continue };
        if card.kind != EntityKind::Contact || card.kommo_id != contact.kommo_id.0 {
            continue;
        }
        pending.note(row);
        if row.state != WriteState::Wedged {
            wanted.put_into_contact(contact);
        }
    }
    label(&mut contact.fields, EntityKind::Contact, fields);
    pending
}

/// Names and kinds for values that Kommo has not given back yet.
fn label(values: &mut [FieldValue], kind: EntityKind, fields: &[CustomField]) {
    for value in values.iter_mut().filter(|value| value.kind.is_empty() || value.name.is_empty()) {
        let known = fields.iter().find(|known| known.entity == kind && known.kommo_id == value.field);
        if let Some(known) = known {
            value.name.clone_from(&known.name);
            value.kind.clone_from(&known.kind);
            value.code.clone_from(&known.code);
        }
    }
    for value in values.iter_mut() {
        let known = fields.iter().find(|known| known.entity == kind && known.kommo_id == value.field);
        let Some(known) = known else { continue };
        for item in value.items.iter_mut().filter(|item| item.value.is_null()) {
            let option = known.options.iter().find(|option| Some(option.enum_id) == item.enum_id);
            if let Some(option) = option {
                item.value = serde_json::Value::String(option.label.clone());
            }
        }
    }
}
