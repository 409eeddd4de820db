use serde_json::{Value, json};

use super::By;
use crate::state::{Kind, LinkedContact, World};
use crate::webhooks::bodies::{self, Old};

impl World {
    /// Links two cards. Both ends move; linking again may only change who is the main contact.
    pub(crate) fn link(&mut self, from: (Kind, u32), to: (Kind, u32), is_main: Option<bool>, by: By) {
        match (from.0, to.0) {
            (Kind::Lead, Kind::Contact) => self.tie_contact(from.1, to.1, is_main.unwrap_or(false)),
            (Kind::Contact, Kind::Lead) => self.tie_contact(to.1, from.1, is_main.unwrap_or(false)),
            (Kind::Lead, Kind::Company) => self.tie_company(from.1, to.1),
            (Kind::Company, Kind::Lead) => self.tie_company(to.1, from.1),
            (Kind::Contact, Kind::Company) => self.tie_employee(from.1, to.1),
            (Kind::Company, Kind::Contact) => self.tie_employee(to.1, from.1),
            _ => return,
        }
        self.touch_ends(from, to, "entity_linked", by);
    }

    /// Unlinks two cards; says whether they were linked.
    pub(crate) fn unlink(&mut self, from: (Kind, u32), to: (Kind, u32), by: By) -> bool {
        let was_linked = match (from.0, to.0) {
            (Kind::Lead, Kind::Contact) => self.untie_contact(from.1, to.1),
            (Kind::Contact, Kind::Lead) => self.untie_contact(to.1, from.1),
            (Kind::Lead, Kind::Company) => self.untie_company(from.1, to.1),
            (Kind::Company, Kind::Lead) => self.untie_company(to.1, from.1),
            (Kind::Contact, Kind::Company) => self.untie_employee(from.1, to.1),
            (Kind::Company, Kind::Contact) => self.untie_employee(to.1, from.1),
            _ => false,
        };
        if was_linked {
            self.touch_ends(from, to, "entity_unlinked", by);
        }
        was_linked
    }

    fn touch_ends(&mut self, from: (Kind, u32), to: (Kind, u32), event: &str, by: By) {
        let shown = |end: (Kind, u32)| json!([{"link": {"entity": {"type": end.0.singular(), "id": end.1}}}]);
        let is_linked = event == "entity_linked";
        for (end, other) in [(from, to), (to, from)] {
            self.change_card(end.0, end.1, |card| {
                card.updated_at = by.now();
                card.updated_by = by.user;
            });
            let (before, after): (Value, Value) =
                if is_linked { (json!([]), shown(other)) } else { (shown(other), json!([])) };
            self.record(by, event, (end.0.singular(), end.1), before, after);
            self.announce(&format!("update_{}", end.0.singular()), by, |world| {
                bodies::card(world, end.0, end.1, "update", &Old::default())
            });
        }
    }

    /// The first contact is the main one; a new main contact takes the place of the old.
    pub(super) fn tie_contact(&mut self, lead: u32, contact: u32, is_main: bool) {
        self.leads.change(lead, |lead| {
            let is_main = is_main || lead.contacts.iter().all(|link| link.id == contact);
            if is_main {
                lead.contacts.iter_mut().for_each(|link| link.is_main = false);
            }
            match lead.contacts.iter_mut().find(|link| link.id == contact) {
                Some(link) => link.is_main = link.is_main || is_main,
                None => lead.contacts.push(LinkedContact { id: contact, is_main }),
            }
            if !lead.contacts.iter().any(|link| link.is_main)
                && let Some(first) = lead.contacts.first_mut()
            {
                first.is_main = true;
            }
        });
        self.contacts.change(contact, |contact| add(&mut contact.leads, lead));
    }

    fn untie_contact(&mut self, lead: u32, contact: u32) -> bool {
        let was_linked = self.leads.change(lead, |lead| {
            let before = lead.contacts.len();
            lead.contacts.retain(|link| link.id != contact);
            if !lead.contacts.iter().any(|link| link.is_main)
                && let Some(first) = lead.contacts.first_mut()
            {
                first.is_main = true;
            }
            lead.contacts.len() != before
        });
        self.contacts.change(contact, |contact| contact.leads.retain(|id| *id != lead));
        was_linked.unwrap_or(false)
    }

    /// A lead has at most one company.
    pub(super) fn tie_company(&mut self, lead: u32, company: u32) {
        let before = self.leads.change(lead, |lead| lead.company.replace(company)).flatten();
        if let Some(before) = before.filter(|before| *before != company) {
            self.companies.change(before, |company| company.leads.retain(|id| *id != lead));
        }
        self.companies.change(company, |company| add(&mut company.leads, lead));
    }

    fn untie_company(&mut self, lead: u32, company: u32) -> bool {
        let was_linked = self.leads.change(lead, |lead| {
            let is_it = lead.company == Some(company);
            if is_it {
                lead.company = None;
            }
            is_it
        });
        self.companies.change(company, |company| company.leads.retain(|id| *id != lead));
        was_linked.unwrap_or(false)
    }

    fn tie_employee(&mut self, contact: u32, company: u32) {
        let before = self.contacts.change(contact, |contact| contact.company.replace(company)).flatten();
        if let Some(before) = before.filter(|before| *before != company) {
            self.companies.change(before, |company| company.contacts.retain(|id| *id != contact));
        }
        self.companies.change(company, |company| add(&mut company.contacts, contact));
    }

    fn untie_employee(&mut self, contact: u32, company: u32) -> bool {
        let was_linked = self.contacts.change(contact, |contact| {
            let is_it = contact.company == Some(company);
            if is_it {
                contact.company = None;
            }
            is_it
        });
        self.companies.change(company, |company| company.contacts.retain(|id| *id != contact));
        was_linked.unwrap_or(false)
    }
}

fn add(ids: &mut Vec<u32>, id: u32) {
    if !ids.contains(&id) {
        ids.push(id);
    }
}
