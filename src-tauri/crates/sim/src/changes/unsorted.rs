use serde_json::Value;

use super::By;
use crate::state::{Kind, Unsorted, UnsortedState, World};
use crate::webhooks::bodies;

#[derive(Clone, Debug)]
pub(crate) struct NewUnsorted {
    pub(crate) source_uid: Option<String>,
    pub(crate) source_name: Option<String>,
    pub(crate) category: &'static str,
    pub(crate) pipeline_id: u32,
    pub(crate) metadata: Value,
    pub(crate) lead_id: u32,
    pub(crate) contact_id: Option<u32>,
    pub(crate) company_id: Option<u32>,
    pub(crate) created_at: i64,
}

impl World {
    /// The lead must exist and stand in its pipeline's incoming stage. Says the new item's uid.
    pub(crate) fn add_unsorted(&mut self, new: NewUnsorted, by: By) -> String {
        let uid = self.chance.hex(60);
        self.unsorted.push(Unsorted {
            uid: uid.clone(),
            source_uid: new.source_uid,
            source_name: new.source_name,
            category: new.category,
            pipeline_id: new.pipeline_id,
            created_at: new.created_at,
            metadata: new.metadata,
            lead_id: new.lead_id,
            contact_id: new.contact_id,
            company_id: new.company_id,
            state: UnsortedState::Waiting,
            decided_at: None,
        });
        self.announce("add_unsorted", by, |world| bodies::unsorted_added(world, &uid));
        uid
    }

    /// Takes the waiting item of a lead that has just left the incoming stage.
    pub(super) fn accept_waiting(&mut self, lead_id: u32, by: By) {
        let found = self
            .unsorted
            .iter_mut()
            .find(|item| item.lead_id == lead_id && item.state == UnsortedState::Waiting);
        let Some(item) = found else { return };
        item.state = UnsortedState::Accepted;
        item.decided_at = Some(by.now());
        let (uid, contact) = (item.uid.clone(), item.contact_id);
        if let Some(contact) = contact {
            self.contacts.change(contact, |contact| {
                contact.is_unsorted = false;
                contact.card.updated_at = by.now();
            });
        }
        self.announce("delete_unsorted", by, |world| bodies::unsorted_decided(world, &uid, by.user));
    }

    /// Declines a waiting item: its lead goes to the bin.
    pub(crate) fn decline_unsorted(&mut self, uid: &str, by: By) -> bool {
        let found =
            self.unsorted.iter_mut().find(|item| item.uid == uid && item.state == UnsortedState::Waiting);
        let Some(item) = found else { return false };
        item.state = UnsortedState::Declined;
        item.decided_at = Some(by.now());
        let lead_id = item.lead_id;
        self.announce("delete_unsorted", by, |world| bodies::unsorted_decided(world, uid, by.user));
        self.delete_card(Kind::Lead, lead_id, by);
        true
    }
}
