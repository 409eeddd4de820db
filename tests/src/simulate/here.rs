//! What the manager does here.

use super::{Created, Simulation, agent};
use cadencia_contract::{ChangesPromised, ConflictList, LeadList, MappingView, OutboxList, StageViewKind};
use serde_json::{Value, json};

/// Seconds around a creation in which nothing else happens: more than the program is wrong about Kommo's clock.
const FOR_ITSELF_S: u64 = 6;

impl Simulation {
    /// A lead of the mirror.
    pub(crate) fn any_lead(&self) -> Option<i64> {
        let list: LeadList = self.app.call("lead_list", json!({"limit": 100})).ok().and_then(read)?;
        self.chance.pick(&list.rows).map(|row| row.kommo_id.0)
    }

    /// Changes one thing of one lead.
    pub(crate) fn manager_edits(&mut self) {
        let Some(lead) = self.any_lead() else { return };
        let Some(change) = self.some_change(lead) else { return };
        self.say(format!("manager: lead {lead} {change}"));
        let request = json!({"lead_id": lead.to_string(), "changes": [change]});
        self.promise("lead_edit", request);
    }

    fn some_change(&mut self, lead: i64) -> Option<Value> {
        let number = self.next_number();
        let mapping: MappingView = self.app.call("mapping_get", json!({})).ok().and_then(read)?;
        Some(match self.chance.below(6) {
            0 => json!({"of": "name", "text": format!("nosso {number}")}),
            1 => json!({"of": "price", "amount": 7_000_000 + number}),
            2 => {
                let stage = self.stage_for(&mapping, lead, agent::Mover::Manager)?;
                json!({"of": "stage", "pipeline_id": stage.0, "status_id": stage.1})
            }
            3 => {
                let active: Vec<_> = mapping.users.iter().filter(|user| user.is_active).collect();
                json!({"of": "responsible", "user_id": self.chance.pick(&active)?.kommo_id})
            }
            4 => json!({"of": "tag_add", "name": format!("nossa {}", self.chance.below(4))}),
            _ => json!({"of": "tag_remove", "name": format!("nossa {}", self.chance.below(4))}),
        })
    }

    /// Writes a note, gives a task, or makes a lead.
    pub(crate) fn manager_creates(&mut self) {
        let Some(lead) = self.any_lead() else { return };
        let text = format!("criado aqui {}.", self.next_number());
        let (command, part, request) = match self.chance.below(5) {
            0 | 1 => ("note_add", "notes", json!({"lead_id": lead.to_string(), "text": text})),
            2 | 3 => {
                let due = cadencia_clock::Clock::now(&*self.app.clock).0 + 86_400_000;
                let task =
                    json!({"lead_id": lead.to_string(), "text": text, "task_type_id": 1, "due_at_ms": due});
                ("task_add", "tasks", task)
            }
            _ => {
                let Some(request) = self.new_lead(&text) else { return };
                ("lead_create", "leads", request)
            }
        };
        // Names can be changed later: a lead is known again by when it was asked for, which it has for itself.
        self.pass(FOR_ITSELF_S);
        let second = self.home().sim.now_ms() / 1_000;
        self.say(format!("manager: {command} {text:?}, beside lead {lead}"));
        if self.promise(command, request) {
            self.created.push(Created { text, part, second });
        }
        self.pass(FOR_ITSELF_S);
    }

    fn new_lead(&self, name: &str) -> Option<Value> {
        let mapping: MappingView = self.app.call("mapping_get", json!({})).ok().and_then(read)?;
        let pipeline = self.chance.pick(&mapping.pipelines)?;
        let stage = pipeline.stages.iter().find(|stage| stage.kind == StageViewKind::Ordinary)?;
        Some(json!({
            "name": name, "price": 1_000, "pipeline_id": stage.pipeline_id, "status_id": stage.status_id,
        }))
    }

    /// Changes many leads at once.
    pub(crate) fn manager_edits_many(&mut self) {
        let tag = format!("nossa {}", self.chance.below(4));
        self.say(format!("manager: all open leads get {tag:?}"));
        let request = json!({
            "leads": {"by": "matching", "filters": {"is_open": true}},
            "change": {"of": "tag_add", "name": tag},
        });
        self.promise("lead_bulk_apply", request);
    }

    /// Takes something back, frees what is wedged, brings back what lost, or stops and goes on.
    pub(crate) fn manager_tidies(&mut self) {
        match self.chance.below(4) {
            0 => {
                let Some(batch) = self.chance.pick(&self.batches).cloned() else { return };
                self.say("manager: takes back");
                // It may be too late, and what was created may be gone: then nobody looks for it.
                let _ = self.app.call("batch_take_back", json!({"batch_id": batch}));
            }
            1 => {
                let list = self.app.call("outbox_list", json!({"states": ["wedged"]})).ok();
                let Some(list) = list.and_then(read::<OutboxList>) else { return };
                let Some(row) = self.chance.pick(&list.rows) else { return };
                self.steps.push("manager: tries again".to_owned());
                let _ = self.app.call("outbox_retry", json!({"id": row.id, "all_alike": true}));
            }
            2 => {
                let list = self.app.call("conflict_list", json!({})).ok();
                let Some(list) = list.and_then(read::<ConflictList>) else { return };
                let Some(row) = self.chance.pick(&list.rows) else { return };
                self.steps.push(format!("manager: brings back what lost in conflict {}", row.id.0));
                if row.field == "stage" {
                    self.manager_takes_over(row.entity_kommo_id.0);
                }
                let _ = self.app.call("conflict_undo", json!({"id": row.id}));
            }
            _ => {
                let is_paused = self.chance.percent(50);
                self.say(format!("manager: paused {is_paused}"));
                let _ = self.app.call("outbox_pause", json!({"is_paused": is_paused}));
            }
        }
    }

    /// True when it was promised. After a power cut in the middle nobody knows: what was asked for is looked for later.
    fn promise(&mut self, command: &str, request: Value) -> bool {
        match self.app.call(command, request).ok().and_then(read::<ChangesPromised>) {
            Some(promised) => {
                self.note(&promised);
                promised.changes > 0
            }
            None => false,
        }
    }
}

pub(crate) fn read<T: serde::de::DeserializeOwned>(answer: Value) -> Option<T> {
    serde_json::from_value(answer).ok()
}
