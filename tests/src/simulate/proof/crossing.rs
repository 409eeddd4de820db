//! The same value changed here and in Kommo.

use super::quiet::Choices;
use crate::simulate::check::read;
use crate::simulate::{Broken, Simulation};
use cadencia_contract::{ConflictList, ConflictView};
use serde_json::{Value, json};

/// When somebody in Kommo changes the value.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// Before ours is asked for, and we do not know yet.
    Before,
    /// After ours is asked for, before it is sent.
    BeforeSending,
    /// After we looked, just before our write arrives.
    JustBefore,
}

/// One value that both changed.
struct Crossed {
    lead: i64,
    subject: &'static str,
    ours: String,
    theirs: String,
    moment: Moment,
}

impl std::fmt::Display for Crossed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { lead, subject, ours, theirs, moment } = self;
        write!(f, "lead {lead} {subject}: ours {ours:?}, theirs {theirs:?} ({moment:?})")
    }
}

pub(super) fn run(times: usize) -> Result<String, Broken> {
    let mut simulation = Simulation::with_leads(2, 100);
    let (mut done, mut theirs_kept, mut ours_kept) = (0, 0, 0);
    while done < times {
        let choices = simulation.choices()?;
        let newest = simulation.conflicts()?.iter().map(|row| row.id.0).max().unwrap_or(0);
        let mut crossed = Vec::new();
        for _ in 0..choices.leads.len().min(times - done) {
            crossed.push(simulation.cross(&choices, done)?);
            done += 1;
        }
        simulation.settle()?;
        simulation.check_quiet()?;
        let told: Vec<ConflictView> =
            simulation.conflicts()?.into_iter().filter(|row| row.id.0 > newest).collect();
        let kommo = simulation.home().sim.state_snapshot();
        for one in &crossed {
            let is_ours_kept = check(one, &kommo, &told)?;
            if is_ours_kept {
                ours_kept += 1;
            } else {
                theirs_kept += 1;
            }
        }
        if told.len() != crossed.len() {
            return Err(Broken(format!("{} crossing edits, {} conflicts", crossed.len(), told.len())));
        }
        for row in &told {
            let ended: ConflictList = read(simulation.app.call("conflict_dismiss", json!({"id": row.id})))?;
            drop(ended);
        }
    }
    Ok(format!(
        "{done} crossing edits: all converged, {theirs_kept} times theirs stands and {ours_kept} times ours, every lost \
         value told as a conflict"
    ))
}

/// Whether ours stands; the other one has to be told as lost.
fn check(one: &Crossed, kommo: &Value, told: &[ConflictView]) -> Result<bool, Broken> {
    let lead = kommo["leads"].as_array().into_iter().flatten().find(|lead| lead["id"] == one.lead);
    let stands = match (one.subject, lead) {
        ("name", Some(lead)) => lead["name"].as_str().unwrap_or_default().to_owned(),
        (_, Some(lead)) => lead["price"].to_string(),
        (_, None) => return Err(Broken(format!("lead {} is gone", one.lead))),
    };
    let is_ours_kept = stands == one.ours;
    if !is_ours_kept && stands != one.theirs {
        return Err(Broken(format!("{one} ended with {stands:?}")));
    }
    let lost = if is_ours_kept { &one.theirs } else { &one.ours };
    let is_told = told.iter().any(|row| {
        row.entity_kommo_id.0 == one.lead
            && row.field == one.subject
            && row.lost.as_deref().is_some_and(|value| value.trim_end_matches(".00") == lost)
    });
    if is_told { Ok(is_ours_kept) } else { Err(Broken(format!("{one}: {lost:?} is lost without a word"))) }
}

impl Simulation {
    /// All open conflicts.
    pub(super) fn conflicts(&self) -> Result<Vec<ConflictView>, Broken> {
        let list: ConflictList = read(self.app.call("conflict_list", json!({"limit": 500})))?;
        Ok(list.rows)
    }

    fn cross(&mut self, choices: &Choices, n: usize) -> Result<Crossed, Broken> {
        let lead = choices.leads[n % choices.leads.len()].kommo_id.0;
        let moment = match self.chance.below(3) {
            0 => Moment::Before,
            1 => Moment::BeforeSending,
            _ => Moment::JustBefore,
        };
        let is_name = self.chance.percent(50);
        let (subject, ours, theirs) = if is_name {
            ("name", format!("nosso {n}"), format!("deles {n}"))
        } else {
            ("price", (7_000_000 + n).to_string(), (8_000_000 + n).to_string())
        };
        let crossed = Crossed { lead, subject, ours, theirs, moment };
        let change = if is_name {
            json!({"of": "name", "text": crossed.ours})
        } else {
            json!({"of": "price", "amount": 7_000_000 + n})
        };
        let body = if is_name { json!({"name": crossed.theirs}) } else { json!({"price": 8_000_000 + n}) };
        let path = format!("/api/v4/leads/{lead}");
        if matches!(moment, Moment::Before) {
            self.somebody_changes(&path, &body)?;
        }
        self.ask_edit(lead, &change)?;
        match moment {
            Moment::Before => {}
            Moment::BeforeSending => self.somebody_changes(&path, &body)?,
            Moment::JustBefore => {
                let request = self.home().request_of_someone(http::Method::PATCH, &path, &body);
                self.home().wire.before("PATCH", "/api/v4/leads", request);
            }
        }
        Ok(crossed)
    }

    fn somebody_changes(&self, path: &str, body: &Value) -> Result<(), Broken> {
        match self.block_on(self.home().someone_writes(http::Method::PATCH, path, body)) {
            200 => Ok(()),
            status => Err(Broken(format!("somebody's own write was answered with {status}"))),
        }
    }
}
