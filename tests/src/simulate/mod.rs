//! The whole core, step by step, by chance that can be repeated: people edit in Kommo, the manager edits here, webhooks
//! are lost, doubled, late and out of order, Kommo refuses, answers too late or not at all, the power is cut on either
//! side of any commit, the computer sleeps for days. When all of it has come to rest, nothing may be lost, doubled or
//! fought over.

mod agent;
mod chance;
mod check;
mod deliveries;
mod here;
mod midway;
mod people;
pub mod proof;
mod script;

use crate::{Home, TestApp};
use cadencia_contract::ChangesPromised;
use cadencia_sync::Engine;
use secrecy::SecretString;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

pub use chance::Chance;

/// Steps of a script.
const STEPS: usize = 70;

/// What a run did, for the one line that is shown of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Changes asked for here.
    pub promised: usize,
    /// Changes made in Kommo on purpose against those.
    pub theirs: usize,
    /// Values that lost and are told.
    pub conflicts: usize,
    /// Changes that wait for a person.
    pub wedged: usize,
    /// Times the power was cut.
    pub crashes: usize,
    /// Webhooks that were let through.
    pub delivered: usize,
}

impl Report {
    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        self.promised += other.promised;
        self.theirs += other.theirs;
        self.conflicts += other.conflicts;
        self.wedged += other.wedged;
        self.crashes += other.crashes;
        self.delivered += other.delivered;
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} changes here, {} against them in Kommo, {} conflicts told, {} wait for a person, {} power cuts, {} \
             deliveries",
            self.promised, self.theirs, self.conflicts, self.wedged, self.crashes, self.delivered
        )
    }
}

/// What was not as it has to be.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub(crate) String);

/// Runs the script of `seed`.
///
/// # Errors
/// What was not as it has to be, and the steps that led there.
pub fn run(seed: u64) -> Result<Report, Broken> {
    let mut simulation = Simulation::start(seed);
    let ended = simulation.script().and_then(|()| simulation.check());
    ended.map_err(|what| {
        let steps = simulation.steps.join("\n  ");
        Broken(format!("seed {seed}: {what}\nthe steps:\n  {steps}"))
    })?;
    Ok(simulation.report)
}

/// A value that somebody in Kommo wrote on purpose.
#[derive(Clone, Debug)]
pub(crate) struct Theirs {
    pub(crate) lead: i64,
    pub(crate) subject: &'static str,
    pub(crate) value: String,
}

/// Something created here, by its text, which no other has.
#[derive(Clone, Debug)]
pub(crate) struct Created {
    pub(crate) text: String,
    /// Where the simulator keeps it: notes, tasks, leads.
    pub(crate) part: &'static str,
    /// Kommo's second at which it was asked for: no other lead has it.
    pub(crate) second: i64,
}

pub(crate) struct Simulation {
    pub(crate) app: TestApp,
    pub(crate) chance: Chance,
    pub(crate) steps: Vec<String>,
    pub(crate) report: Report,
    pub(crate) theirs: Vec<Theirs>,
    pub(crate) created: Vec<Created>,
    pub(crate) batches: Vec<String>,
    pub(crate) bag: Vec<cadencia_sim::Delivery>,
    pub(crate) secret: SecretString,
    pub(crate) number: u32,
    pub(crate) moves: agent::Moves,
}

impl Simulation {
    fn start(seed: u64) -> Self {
        Self::with_leads(seed, 8)
    }

    fn with_leads(seed: u64, leads: usize) -> Self {
        let app = TestApp::builder().leads(leads).seed(seed % 5 + 1).simulated().start();
        app.connect();
        let mut simulation = Self {
            app,
            chance: Chance::new(seed),
            steps: Vec::new(),
            report: Report::default(),
            theirs: Vec::new(),
            created: Vec::new(),
            batches: Vec::new(),
            bag: Vec::new(),
            secret: SecretString::default(),
            number: 0,
            moves: agent::Moves::default(),
        };
        let engine = simulation.engine();
        simulation.block_on(async { engine.import().await }).expect("a quiet account is imported");
        let set = json!({"public_url": "https://cadencia.example"});
        simulation.app.get::<serde_json::Value>("webhook_set", set);
        simulation.secret = simulation.known_secret();
        simulation
    }

    pub(crate) fn home(&self) -> &Arc<Home> {
        self.app.home()
    }

    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.app.block_on(work)
    }

    pub(crate) fn engine(&self) -> Engine {
        self.block_on(self.app.app().engine(None)).expect("the account is connected")
    }

    fn known_secret(&self) -> SecretString {
        let mirror = self.block_on(self.app.app().mirror(None)).expect("the account is connected");
        let known = self.block_on(mirror.read(cadencia_store::webhook::get));
        known.expect("the mirror can be read").expect("a secret was made").secret
    }

    /// A number that no other thing of this run has.
    pub(crate) fn next_number(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    pub(crate) fn say(&mut self, step: impl Into<String>) {
        self.steps.push(step.into());
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.app.advance(Duration::from_secs(seconds));
    }

    /// Starts the program again when the power was cut.
    pub(crate) fn revive(&mut self) {
        let mirror = self.block_on(self.app.app().mirror(None));
        if mirror.is_ok_and(|mirror| mirror.is_dead()) {
            self.say("starts again");
            self.report.crashes += 1;
            self.app.crash_and_restart();
        }
    }

    pub(crate) fn note(&mut self, promised: &ChangesPromised) {
        self.report.promised += promised.changes as usize;
        self.batches.push(promised.batch_id.clone());
    }
}
