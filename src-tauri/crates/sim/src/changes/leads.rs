use serde_json::json;

use super::{By, CardPatch};
use crate::state::{FIRST_KIND, IdKind, Kind, LOST, Lead, LinkedContact, WON, World};
use crate::webhooks::bodies::{self, Old};

/// What is to be changed on a lead. Contacts, company and source are for new leads only.
#[derive(Clone, Debug, Default)]
pub(crate) struct LeadPatch {
    pub(crate) card: CardPatch,
    pub(crate) price: Option<i64>,
    /// Pipeline and stage.
    pub(crate) stage: Option<(u32, u32)>,
    pub(crate) loss_reason: Option<Option<u32>>,
    pub(crate) closed_at: Option<Option<i64>>,
    pub(crate) source_id: Option<u32>,
    pub(crate) contacts: Vec<LinkedContact>,
    pub(crate) company: Option<u32>,
}

impl World {
    pub(crate) fn add_lead(&mut self, patch: &LeadPatch, by: By) -> u32 {
        let id = self.ids.next(IdKind::Lead);
        let card = self.new_card(Kind::Lead, id, &patch.card, by);
        let (pipeline_id, status_id) = patch.stage.or_else(|| self.default_stage()).unwrap_or_default();
        let mut lead =
            Lead { card, price: patch.price.unwrap_or(0), source_id: patch.source_id, ..Lead::default() };
        settle(&mut lead, (pipeline_id, status_id), patch, by);
        let tags = lead.card.tags.clone();
        self.leads.insert(lead);
        for link in &patch.contacts {
            self.tie_contact(id, link.id, link.is_main);
        }
        if let Some(company) = patch.company {
            self.tie_company(id, company);
        }
        self.record(by, "lead_added", ("lead", id), json!([]), json!([]));
        self.record_tags(Kind::Lead, id, &[], &tags, by);
        self.announce("add_lead", by, |world| bodies::card(world, Kind::Lead, id, "add", &Old::default()));
        id
    }

    /// Where a lead starts when nothing is said.
    pub(crate) fn default_stage(&self) -> Option<(u32, u32)> {
        let pipeline = self.main_pipeline()?;
        Some((pipeline.id, pipeline.first_stage()?.id))
    }

    /// Whether the lead waits among the incoming ones.
    pub(crate) fn is_incoming(&self, lead: &Lead) -> bool {
        self.status(lead.pipeline_id, lead.status_id).is_some_and(|status| status.kind == FIRST_KIND)
    }

    pub(crate) fn change_lead(&mut self, id: u32, patch: &LeadPatch, by: By) -> bool {
        let Some(before) = self.leads.live(id).cloned() else { return false };
        self.patch_card(Kind::Lead, id, &patch.card, by);
        // Whatever is written to an incoming lead accepts it (seen on live accounts).
        let accepted = self.is_incoming(&before) && patch.stage.is_none();
        let first =
            self.pipeline(before.pipeline_id).and_then(|known| known.first_stage()).map(|stage| stage.id);
        let stage = if accepted { first.map(|status| (before.pipeline_id, status)) } else { patch.stage };
        self.leads.change(id, |lead| {
            if let Some(price) = patch.price {
                lead.price = price;
            }
            let target = stage.unwrap_or((lead.pipeline_id, lead.status_id));
            settle(lead, target, patch, by);
        });
        let Some(after) = self.leads.get(id).cloned() else { return false };
        self.record_lead_changes(&before, &after, by);
        if self.is_incoming(&before) && !self.is_incoming(&after) {
            self.accept_waiting(id, by);
        }
        self.announce_lead(&before, &after, by);
        true
    }

    fn record_lead_changes(&mut self, before: &Lead, after: &Lead, by: By) {
        let of = ("lead", after.card.id);
        if before.price != after.price {
            let shown = |price: i64| json!([{"sale_field_value": {"sale": price}}]);
            self.record(by, "sale_field_changed", of, shown(before.price), shown(after.price));
        }
        if (before.pipeline_id, before.status_id) != (after.pipeline_id, after.status_id) {
            let shown = |lead: &Lead| json!([{"lead_status": {"id": lead.status_id, "pipeline_id": lead.pipeline_id}}]);
            self.record(by, "lead_status_changed", of, shown(before), shown(after));
        }
    }

    fn announce_lead(&mut self, before: &Lead, after: &Lead, by: By) {
        let id = after.card.id;
        let status_changed = before.status_id != after.status_id || before.pipeline_id != after.pipeline_id;
        let responsible_changed = before.card.responsible != after.card.responsible;
        let old = Old {
            status: (status_changed || responsible_changed).then_some(before.status_id),
            pipeline: (before.pipeline_id != after.pipeline_id).then_some(before.pipeline_id),
            responsible: responsible_changed.then_some(before.card.responsible),
        };
        let plain = Old { status: status_changed.then_some(before.status_id), responsible: None, ..old };
        self.announce("update_lead", by, |world| bodies::card(world, Kind::Lead, id, "update", &plain));
        let stage = (after.pipeline_id, after.status_id);
        if status_changed && self.hooks.has_stage_hook(stage) {
            let body = bodies::stage_entered(self, id, (before.pipeline_id, before.status_id));
            self.hooks.announce_stage(stage, &body, by.now_ms);
        }
        if status_changed {
            self.announce("status_lead", by, |world| bodies::card(world, Kind::Lead, id, "status", &plain));
        }
        if responsible_changed {
            self.announce("responsible_lead", by, |world| {
                bodies::card(world, Kind::Lead, id, "responsible", &old)
            });
        }
    }
}

/// Puts a lead into a stage: won and lost close it, leaving them opens it again, only a lost one has a reason.
fn settle(lead: &mut Lead, (pipeline, status): (u32, u32), patch: &LeadPatch, by: By) {
    let was_closed = lead.closed_at.is_some() && (lead.pipeline_id, lead.status_id) == (pipeline, status);
    lead.pipeline_id = pipeline;
    lead.status_id = status;
    let is_closed = status == WON || status == LOST;
    lead.closed_at = match (is_closed, patch.closed_at) {
        (false, _) => None,
        (true, Some(Some(at))) => Some(at),
        (true, _) if was_closed => lead.closed_at,
        (true, _) => Some(by.now()),
    };
    if let Some(reason) = patch.loss_reason {
        lead.loss_reason_id = reason;
    }
    if status != LOST {
        lead.loss_reason_id = None;
    }
}
