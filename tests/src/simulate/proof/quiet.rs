//! An account in which nothing goes wrong unless it is asked for.

use crate::simulate::check::read;
use crate::simulate::{Broken, Simulation};
use crate::{differences, of_simulator};
use bytes::Bytes;
use cadencia_contract::{
    ChangesPromised, FieldEntity, FieldView, LeadList, LeadRow, MappingView, OutboxList, OutboxSummary,
    StageView, StageViewKind, UserView,
};
use serde_json::{Value, json};

/// Rounds after which everything has to be at rest.
const MOST_ROUNDS: usize = 60;
/// Rounds in which what comes back may show what it causes.
const ROUNDS_AFTER: usize = 3;

/// What an account offers to choose from.
pub(super) struct Choices {
    /// Leads that are no incoming ones: writing to those accepts them, which moves them.
    pub(super) leads: Vec<LeadRow>,
    mapping: MappingView,
}

impl Choices {
    /// The `n`-th stage of the lead's pipeline that a lead at work can be in, counted round.
    pub(super) fn stage(&self, lead: &LeadRow, n: usize) -> Option<&StageView> {
        let pipeline = self.mapping.pipelines.iter().find(|one| one.kommo_id == lead.pipeline_id)?;
        let fit = pipeline.stages.iter().filter(|stage| stage.kind == StageViewKind::Ordinary);
        let fit: Vec<&StageView> = fit.collect();
        fit.get(n % fit.len().max(1)).copied()
    }

    /// Fills the `n`-th field of leads, counted round, with something that was not there.
    pub(super) fn field_change(&self, n: usize) -> Result<Value, Broken> {
        let of_leads = self.mapping.fields.iter().filter(|field| field.entity == FieldEntity::Lead);
        let fit: Vec<(&FieldView, Value)> =
            of_leads.filter_map(|field| Some((field, some_value(field, n)?))).collect();
        let Some((field, value)) = fit.get(n % fit.len().max(1)) else {
            return Err(Broken("the account has no field that can be filled".to_owned()));
        };
        Ok(json!({"of": "field", "field_id": field.kommo_id, "value": value}))
    }

    /// The `n`-th person who can be responsible, counted round.
    pub(super) fn user(&self, n: usize) -> Option<&UserView> {
        let active: Vec<&UserView> = self.mapping.users.iter().filter(|user| user.is_active).collect();
        active.get(n % active.len().max(1)).copied()
    }
}

/// A value for a field that it had never before, as the screen would send it.
fn some_value(field: &FieldView, n: usize) -> Option<Value> {
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let number = n as f64 + 0.25;
    Some(match field.kind.as_str() {
        "text" | "textarea" | "streetaddress" => json!({"as": "text", "text": format!("valor {n}")}),
        "url" => json!({"as": "text", "text": format!("https://exemplo.com.br/{n}")}),
        "numeric" | "monetary" => json!({"as": "number", "number": number}),
        "date" | "date_time" => json!({"as": "moment", "unix_s": 1_700_000_000 + 86_400 * n}),
        // Options and yes or no repeat: choosing what is chosen already changes nothing.
        _ => return None,
    })
}

impl Simulation {
    pub(super) fn choices(&self) -> Result<Choices, Broken> {
        let mapping: MappingView = read(self.app.call("mapping_get", json!({})))?;
        let list: LeadList = read(self.app.call("lead_list", json!({"limit": 200})))?;
        let incoming: Vec<_> = mapping
            .pipelines
            .iter()
            .flat_map(|pipeline| &pipeline.stages)
            .filter(|stage| stage.kind == StageViewKind::Incoming)
            .map(|stage| (stage.pipeline_id, stage.status_id))
            .collect();
        let leads = list.rows.into_iter().filter(|row| !incoming.contains(&(row.pipeline_id, row.status_id)));
        let mut leads: Vec<LeadRow> = leads.collect();
        // The same place for the same lead, whatever was changed last.
        leads.sort_by_key(|row| row.kommo_id);
        if leads.is_empty() {
            return Err(Broken("the account has no lead that can be written to".to_owned()));
        }
        Ok(Choices { leads, mapping })
    }

    /// Asks for a change; how many were promised.
    pub(super) fn ask(&self, command: &str, request: Value) -> Result<u32, Broken> {
        read::<ChangesPromised>(self.app.call(command, request)).map(|promised| promised.changes)
    }

    /// Asks for one change of a lead.
    pub(super) fn ask_edit(&self, lead: i64, change: &Value) -> Result<u32, Broken> {
        self.ask("lead_edit", json!({"lead_id": lead.to_string(), "changes": [change]}))
    }

    pub(super) fn outbox_summary(&self) -> Result<OutboxSummary, Broken> {
        read::<OutboxList>(self.app.call("outbox_list", json!({"limit": 1}))).map(|list| list.summary)
    }

    /// Every webhook that is due arrives; how many.
    pub(super) fn all_arrive(&mut self) -> usize {
        let due = self.home().sim.take_due_deliveries();
        let count = due.len();
        for delivery in due {
            let body = Bytes::from(delivery.body.clone());
            let kept = self.block_on(self.app.app().deliver_webhook(&self.secret, body));
            self.report.delivered += usize::from(kept);
            self.home().sim.settle_delivery(delivery, Some(if kept { 200 } else { 503 }));
        }
        count
    }

    fn one_round(&mut self) -> usize {
        self.pass(61);
        self.send();
        let arrived = self.all_arrive();
        self.look_into_inbox();
        self.poll();
        self.steps.clear();
        arrived
    }

    /// Sends, hears and polls until nothing is on its way any more.
    pub(super) fn settle(&mut self) -> Result<(), Broken> {
        for _ in 0..MOST_ROUNDS {
            let arrived = self.one_round();
            if arrived == 0 && self.is_at_rest()? {
                return Ok(());
            }
        }
        Err(Broken("it does not come to rest".to_owned()))
    }

    /// Fails when anything is written although nobody asks for it, or when Kommo and the mirror differ.
    pub(super) fn check_quiet(&mut self) -> Result<(), Broken> {
        let writes = self.count_writes();
        for _ in 0..ROUNDS_AFTER {
            self.one_round();
        }
        let more = self.count_writes() - writes;
        if more > 0 {
            return Err(Broken(format!("{more} requests wrote something because of what came back")));
        }
        let found =
            differences(&self.app.mirror_snapshot(), &of_simulator(&self.home().sim.state_snapshot()));
        if found.is_empty() {
            Ok(())
        } else {
            Err(Broken(format!("the mirror differs from Kommo:\n{}", found.join("\n"))))
        }
    }
}
