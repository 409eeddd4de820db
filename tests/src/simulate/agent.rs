//! An agent that moves leads by itself, and what it may never do: move one backwards, or out of a stage that a person set
//! in the last 24 hours.

use super::here::read;
use super::{Broken, Simulation};
use cadencia_contract::{ChangesPromised, LeadEditRequest, MappingView, StageViewKind};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

const DAY_S: i64 = 24 * 3_600;
const CLOSED: [i64; 2] = [142, 143];

/// A stage by its pipeline and its own number.
type StageId = (i64, i64);

/// Who asks for a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mover {
    Manager,
    Agent,
}

/// Who asked for which move, and what came of it.
#[derive(Default)]
pub(crate) struct Moves {
    /// The manager and the agent never ask for the same stage of a lead: by that one knows whose a move was.
    asked: HashMap<(i64, StageId), Mover>,
    /// Events of Kommo's history that are no person's.
    of_agent: HashSet<String>,
    broken: Option<String>,
}

impl Simulation {
    /// A stage that the other one never asked for; it is this one's from now on.
    pub(crate) fn stage_for(&mut self, mapping: &MappingView, lead: i64, mover: Mover) -> Option<StageId> {
        let pipeline = self.chance.pick(&mapping.pipelines)?;
        let fit: Vec<StageId> = pipeline
            .stages
            .iter()
            .filter(|stage| stage.kind != StageViewKind::Incoming)
            .map(|stage| (stage.pipeline_id.0, stage.status_id.0))
            .filter(|stage| self.moves.asked.get(&(lead, *stage)).is_none_or(|other| *other == mover))
            .collect();
        let stage = *self.chance.pick(&fit)?;
        self.moves.asked.insert((lead, stage), mover);
        Some(stage)
    }

    /// What the agent asked for a lead is the manager's wish from now on.
    pub(crate) fn manager_takes_over(&mut self, lead: i64) {
        let of_lead = self.moves.asked.iter_mut().filter(|((of, _), _)| *of == lead);
        of_lead.for_each(|(_, mover)| *mover = Mover::Manager);
    }

    /// The agent moves a lead.
    pub(crate) fn agent_moves(&mut self) {
        let Some(lead) = self.any_lead() else { return };
        let mapping = self.app.call("mapping_get", json!({})).ok().and_then(read::<MappingView>);
        let Some(stage) = mapping.and_then(|mapping| self.stage_for(&mapping, lead, Mover::Agent)) else {
            return;
        };
        self.say(format!("agent: lead {lead} to {stage:?}"));
        let change = json!({"of": "stage", "pipeline_id": stage.0, "status_id": stage.1});
        let request = json!({"lead_id": lead.to_string(), "changes": [change]});
        let request = serde_json::from_value::<LeadEditRequest>(request);
        let Ok(request) = request else { return };
        let promised: Result<ChangesPromised, _> =
            self.block_on(async { self.app.app().edit_lead_as_agent(request).await });
        if let Ok(promised) = promised {
            self.note(&promised);
        }
    }

    /// How many events Kommo's history has now, and where each lead stands.
    pub(crate) fn moves_so_far(&self) -> (usize, HashMap<i64, StageId>) {
        let kommo = self.home().sim.state_snapshot();
        let leads = kommo["leads"].as_array().into_iter().flatten();
        let stands = leads.filter_map(|lead| Some((lead["id"].as_i64()?, stage_of(lead)?))).collect();
        (kommo["events"].as_array().map_or(0, Vec::len), stands)
    }

    /// Looks at the moves that were sent since `before`.
    pub(crate) fn note_moves(&mut self, before: (usize, HashMap<i64, StageId>)) {
        let kommo = self.home().sim.state_snapshot();
        let (count, mut stands) = before;
        let all: Vec<Moved> =
            kommo["events"].as_array().into_iter().flatten().filter_map(Moved::of).collect();
        let sent = kommo["events"].as_array().into_iter().flatten().skip(count).filter_map(Moved::of);
        for moved in sent {
            let from = stands.insert(moved.lead, moved.to);
            match self.moves.asked.get(&(moved.lead, moved.to)) {
                Some(Mover::Agent) => {}
                Some(Mover::Manager) => continue,
                None => {
                    // Kommo accepts an incoming lead when anything of it is written: nobody's move.
                    self.moves.of_agent.insert(moved.id);
                    continue;
                }
            }
            self.moves.of_agent.insert(moved.id.clone());
            let last = all.iter().take_while(|other| other.id != moved.id).filter(|o| o.lead == moved.lead);
            let last = last.last().filter(|last| !self.moves.of_agent.contains(&last.id));
            let is_persons = last.is_some_and(|last| last.by > 0 && last.at_s > moved.at_s - DAY_S);
            let is_back = from.is_some_and(|from| is_backwards(&kommo, from, moved.to));
            if is_persons || is_back {
                self.moves.broken = Some(format!(
                    "the agent moved lead {} at {} from {from:?} to {:?}; last moved by a person: {is_persons}, \
                     backwards: {is_back}; all its moves: {:?}",
                    moved.lead,
                    moved.at_s,
                    moved.to,
                    all.iter()
                        .filter(|other| other.lead == moved.lead)
                        .map(|other| (other.at_s, other.by, other.to))
                        .collect::<Vec<_>>()
                ));
            }
        }
    }

    pub(crate) fn check_moves(&self) -> Result<(), Broken> {
        self.moves.broken.clone().map_or(Ok(()), |what| Err(Broken(what)))
    }
}

/// One move of Kommo's history.
struct Moved {
    id: String,
    lead: i64,
    by: i64,
    at_s: i64,
    to: StageId,
}

impl Moved {
    /// An event is: id, kind, what of, its number, who, when, what came of it.
    fn of(event: &Value) -> Option<Self> {
        let to = &event[6][0]["lead_status"];
        (event[1] == "lead_status_changed" && event[2] == "lead").then_some(())?;
        Some(Self {
            id: event[0].as_str()?.to_owned(),
            lead: event[3].as_i64()?,
            by: event[4].as_i64().unwrap_or(0),
            at_s: event[5].as_i64()?,
            to: (to["pipeline_id"].as_i64()?, to["id"].as_i64()?),
        })
    }
}

fn stage_of(lead: &Value) -> Option<StageId> {
    Some((lead["pipeline_id"].as_i64()?, lead["status_id"].as_i64()?))
}

/// Out of an end, or to a stage that comes before in the same pipeline.
fn is_backwards(kommo: &Value, from: StageId, to: StageId) -> bool {
    if CLOSED.contains(&from.1) {
        return true;
    }
    if from.0 != to.0 || CLOSED.contains(&to.1) {
        return false;
    }
    let pipelines = kommo["pipelines"].as_array().into_iter().flatten();
    let order: Vec<i64> = pipelines
        .filter(|pipeline| pipeline["id"] == from.0)
        .flat_map(|pipeline| pipeline["statuses"].as_array())
        .flatten()
        .filter_map(|status| status["id"].as_i64())
        .collect();
    let place = |stage: StageId| order.iter().position(|id| *id == stage.1);
    place(to) < place(from)
}
