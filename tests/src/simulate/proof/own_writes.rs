//! Own changes that come back.

use super::quiet::Choices;
use crate::simulate::{Broken, Simulation};
use cadencia_contract::LeadRow;
use serde_json::{Value, json};

/// Changes between two counts.
const ROUND: usize = 200;

pub(super) fn run(times: usize) -> Result<String, Broken> {
    let mut simulation = Simulation::with_leads(1, 100);
    let mut asked = 0;
    while asked < times {
        let choices = simulation.choices()?;
        for _ in 0..ROUND.min(times - asked) {
            let lead = &choices.leads[asked % choices.leads.len()];
            let promised = simulation.ask_for(&choices, lead, asked)?;
            if promised != 1 {
                return Err(Broken(format!("change {asked} was promised {promised} times")));
            }
            asked += 1;
        }
        simulation.settle()?;
        simulation.check_quiet()?;
    }
    let summary = simulation.outbox_summary()?;
    if summary.wedged > 0 {
        return Err(Broken(format!("{} changes wait for a person", summary.wedged)));
    }
    let foreign = simulation.app.log("lead_changed", 500);
    if let Some(row) = foreign.first() {
        return Err(Broken(format!("an own change was taken for somebody else's: {row:?}")));
    }
    let told = simulation.conflicts()?;
    if !told.is_empty() {
        return Err(Broken(format!("own changes are told as conflicts: {told:?}")));
    }
    Ok(format!(
        "{asked} own changes in {} writing requests, {} webhooks came back: 0 echo writes",
        simulation.count_writes(),
        simulation.report.delivered
    ))
}

impl Simulation {
    /// One change that really changes something, of another kind every time; how many were promised.
    fn ask_for(&mut self, choices: &Choices, lead: &LeadRow, n: usize) -> Result<u32, Broken> {
        let id = lead.kommo_id.0;
        // Each round of the leads gives each of them the next kind of change.
        let kind = (n / choices.leads.len()) % 9;
        let change = match kind {
            0 => json!({"of": "name", "text": format!("nosso {n}")}),
            1 => json!({"of": "price", "amount": 1_000 + n}),
            2 => json!({"of": "tag_add", "name": format!("etiqueta {n}")}),
            3 => self.other_stage(choices, lead)?,
            4 => self.other_user(choices, lead)?,
            5 => {
                return self.ask("note_add", json!({"lead_id": id.to_string(), "text": format!("nota {n}")}));
            }
            6 => {
                let due = cadencia_clock::Clock::now(&*self.app.clock).0 + 86_400_000;
                let text = format!("tarefa {n}");
                let task =
                    json!({"lead_id": id.to_string(), "text": text, "task_type_id": 1, "due_at_ms": due});
                return self.ask("task_add", task);
            }
            7 => self.own_tag_off(id)?,
            _ => choices.field_change(n)?,
        };
        self.ask_edit(id, &change)
    }

    fn row(&self, id: i64) -> Result<LeadRow, Broken> {
        let detail: cadencia_contract::LeadDetail =
            crate::simulate::check::read(self.app.call("lead_get", json!({"lead_id": id.to_string()})))?;
        Ok(detail.row)
    }

    fn other_stage(&self, choices: &Choices, lead: &LeadRow) -> Result<Value, Broken> {
        let now = self.row(lead.kommo_id.0)?;
        let found = (0..).take(10).filter_map(|n| choices.stage(&now, n));
        let mut found = found.filter(|stage| stage.status_id != now.status_id);
        let stage = found.next().ok_or_else(|| Broken("a pipeline has one stage".to_owned()))?;
        Ok(json!({"of": "stage", "pipeline_id": stage.pipeline_id, "status_id": stage.status_id}))
    }

    fn other_user(&self, choices: &Choices, lead: &LeadRow) -> Result<Value, Broken> {
        let now = self.row(lead.kommo_id.0)?;
        let found = (0..10).filter_map(|n| choices.user(n));
        let mut found = found.filter(|user| Some(user.kommo_id) != now.responsible_id);
        let user = found.next().ok_or_else(|| Broken("the account has one person".to_owned()))?;
        Ok(json!({"of": "responsible", "user_id": user.kommo_id}))
    }

    fn own_tag_off(&self, id: i64) -> Result<Value, Broken> {
        let now = self.row(id)?;
        let own = now.tags.iter().find(|tag| tag.name.starts_with("etiqueta "));
        let own = own.ok_or_else(|| Broken(format!("lead {id} has lost its own tag")))?;
        Ok(json!({"of": "tag_remove", "name": own.name}))
    }
}
