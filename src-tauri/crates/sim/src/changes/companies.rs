use serde_json::json;

use super::{By, CardPatch};
use crate::state::{Company, IdKind, Kind, World};
use crate::webhooks::bodies::{self, Old};

impl World {
    pub(crate) fn add_company(&mut self, patch: &CardPatch, by: By) -> u32 {
        let id = self.ids.next(IdKind::Company);
        let card = self.new_card(Kind::Company, id, patch, by);
        let tags = card.tags.clone();
        self.companies.insert(Company { card, ..Company::default() });
        self.record(by, "company_added", ("company", id), json!([]), json!([]));
        self.record_tags(Kind::Company, id, &[], &tags, by);
        self.announce("add_company", by, |world| {
            bodies::card(world, Kind::Company, id, "add", &Old::default())
        });
        id
    }

    pub(crate) fn change_company(&mut self, id: u32, patch: &CardPatch, by: By) -> bool {
        let Some(before) = self.companies.live(id).map(|company| company.card.clone()) else { return false };
        self.patch_card(Kind::Company, id, patch, by);
        self.announce_card(Kind::Company, &before, by);
        true
    }
}
