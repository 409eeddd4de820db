//! Creates whose answer is lost after Kommo acted.

use crate::simulate::{Broken, Simulation};
use cadencia_sim::{Fault, FaultName};
use serde_json::{Value, json};

/// What can be created: the word for it, where it is written to, and where the simulator keeps it.
const KINDS: [(&str, &str, &str); 3] = [
    ("note", "/api/v4/leads/notes", "notes"),
    ("task", "/api/v4/tasks", "tasks"),
    ("lead", "/api/v4/leads", "leads"),
];
/// Creates of each kind between two counts.
const ROUND: usize = 50;

/// `times` of each kind.
pub(super) fn run(times: usize) -> Result<String, Broken> {
    let mut simulation = Simulation::with_leads(3, 40);
    let mut asked = 0;
    while asked < times {
        let mut texts = Vec::new();
        for _ in 0..ROUND.min(times - asked) {
            simulation.create_each(asked, &mut texts)?;
            asked += 1;
        }
        simulation.settle()?;
        let kommo = simulation.home().sim.state_snapshot();
        for (part, text) in &texts {
            let times = kommo[part].as_array().into_iter().flatten().filter(|one| says(one, text)).count();
            if times != 1 {
                return Err(Broken(format!("{text:?} is {times} times in Kommo")));
            }
        }
    }
    let summary = simulation.outbox_summary()?;
    if summary.wedged > 0 {
        return Err(Broken(format!("{} creates wait for a person", summary.wedged)));
    }
    simulation.check_quiet()?;
    let lost = simulation.answers_lost();
    Ok(format!("{asked} creates each of notes, tasks and leads, {lost} answers lost: each is in Kommo once"))
}

fn says(one: &Value, text: &str) -> bool {
    let mine = [&one["text"], &one["name"], &one["params"]["text"]];
    mine.iter().any(|said| said.as_str() == Some(text))
}

impl Simulation {
    /// One of each kind; Kommo answers each too late, some of them twice.
    fn create_each(&mut self, n: usize, texts: &mut Vec<(&'static str, String)>) -> Result<(), Broken> {
        let choices = self.choices()?;
        let row = &choices.leads[n % choices.leads.len()];
        let id = row.kommo_id.0;
        for (kind, path, part) in KINDS {
            let text = format!("{kind} criado {n}");
            match kind {
                "note" => self.ask("note_add", json!({"lead_id": id.to_string(), "text": text}))?,
                "task" => {
                    let due = cadencia_clock::Clock::now(&*self.app.clock).0 + 86_400_000;
                    let task =
                        json!({"lead_id": id.to_string(), "text": text, "task_type_id": 1, "due_at_ms": due});
                    self.ask("task_add", task)?
                }
                _ => {
                    let stage = choices.stage(row, n).ok_or_else(|| Broken("no stage".to_owned()))?;
                    let lead = json!({
                        "name": text, "price": n, "pipeline_id": stage.pipeline_id, "status_id": stage.status_id,
                    });
                    self.ask("lead_create", lead)?
                }
            };
            texts.push((part, text));
            let before = self.answers_lost();
            let times = 1 + u32::from(self.chance.percent(20));
            let late = Fault::always(FaultName::TimeoutAfterWrite).on_path(path);
            self.home().sim.set_fault(Fault { times: Some(times), method: Some("POST".to_owned()), ..late });
            self.send();
            if self.answers_lost() == before {
                return Err(Broken(format!("the answer to {kind} {n} was not lost")));
            }
            // What was put off is due again.
            self.pass(120);
            self.send();
            self.home().sim.clear_faults();
        }
        self.steps.clear();
        Ok(())
    }

    fn answers_lost(&self) -> u64 {
        self.home().sim.stats().by_status.get(&504).copied().unwrap_or(0)
    }
}
