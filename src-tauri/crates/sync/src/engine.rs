//! The engine of one account: decides what to do next and waits in between.

mod plan;
mod receiving;
mod sending;
mod trimming;

use self::plan::{POSTPONED_MS, Plan, Seen, Step, Wants};
use crate::context::Context;
use crate::log;
use crate::progress::Progress;
use crate::pull::import::{self, ImportEnd};
use crate::pull::incremental::{self, PollReport};
use crate::pull::sweep::{self, Sweep};
use crate::status::{Connection, EngineEvent, EngineStatus, ImportState};
use crate::trouble::{SyncError, Trouble};
use cadencia_clock::{Clock, Entropy};
use cadencia_domain::time::UtcMillis;
use cadencia_store::{AccountStore, read_clock};
use futures::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::{Mutex, Notify, broadcast, watch};
use tokio_util::sync::CancellationToken;

/// Kommo is called lost when it has not answered for this long.
const LOST_AFTER_MS: i64 = 180_000;

/// What can be changed while an engine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineSettings {
    /// Seconds between two polls.
    pub poll_interval_s: u32,
    /// Days that the sync log is kept.
    pub log_retention_days: u32,
}

/// What an engine is made of.
#[derive(Debug)]
pub struct EngineParts {
    /// The mirror.
    pub store: AccountStore,
    /// The way to Kommo.
    pub client: kommo::Client,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// Settings, followed while it runs.
    pub settings: watch::Receiver<EngineSettings>,
}

/// The engine of one account. Clones are the same engine.
#[derive(Clone, Debug)]
pub struct Engine(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    context: Context,
    settings: watch::Receiver<EngineSettings>,
    /// One pass at a time, whoever asks for it.
    turn: Mutex<()>,
    wake: Notify,
    cancel_import: watch::Sender<bool>,
    wants: std::sync::Mutex<Wants>,
    /// The sweep under way.
    sweep: Mutex<Option<Sweep>>,
    sending: sending::Sending,
    receiving: receiving::Receiving,
}

impl Engine {
    /// An engine at rest. [`Engine::run`] sets it to work.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub async fn open(parts: EngineParts) -> Result<Self, SyncError> {
        let asked_last = parts.store.read(read_clock::latest).await?;
        let context = Context::new(parts.store, parts.client, parts.clock, parts.entropy, asked_last);
        let mut progress = Progress::load(&context).await?;
        let state = progress.state();
        progress.publish(&context, state);
        Ok(Self(Arc::new(Inner {
            context,
            settings: parts.settings,
            turn: Mutex::new(()),
            wake: Notify::new(),
            cancel_import: watch::Sender::new(false),
            wants: std::sync::Mutex::default(),
            sweep: Mutex::default(),
            sending: sending::Sending::default(),
            receiving: receiving::Receiving::default(),
        })))
    }

    /// The state now.
    pub fn status(&self) -> EngineStatus {
        self.0.context.status.borrow().clone()
    }

    /// The state, and every later one.
    pub fn watch(&self) -> watch::Receiver<EngineStatus> {
        self.0.context.status.subscribe()
    }

    /// What it does from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<EngineEvent> {
        self.0.context.events.subscribe()
    }

    /// Kommo's time now, as far as known.
    pub fn kommo_now(&self) -> UtcMillis {
        self.0.context.kommo_now()
    }

    /// Asks for an import: goes on with the open one, or begins anew.
    pub fn want_import(&self) {
        self.0.cancel_import.send_replace(false);
        self.want(|wants| wants.import = true);
    }

    /// Asks to cancel the import under way, also one that waits for Kommo.
    pub fn cancel_import(&self) {
        self.0.cancel_import.send_replace(true);
        self.want(|wants| {
            wants.import = false;
            wants.retry = true;
        });
    }

    /// Asks for a poll now.
    pub fn want_poll(&self) {
        self.want(|wants| wants.poll = true);
    }

    /// Signed in again, or the computer woke: try now instead of waiting.
    pub fn want_retry(&self) {
        self.want(|wants| wants.retry = true);
    }

    fn want(&self, edit: impl FnOnce(&mut Wants)) {
        edit(&mut self.0.wants.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        self.0.wake.notify_one();
        self.0.sending.wake.notify_one();
        self.0.receiving.wake.notify_one();
        self.0.receiving.wake_check.notify_one();
    }

    /// Works until `stop` is cancelled.
    pub async fn run(&self, stop: CancellationToken) {
        tokio::join!(
            self.run_pulls(&stop),
            self.run_sending(&stop),
            self.run_inbox(&stop),
            self.run_webhook_checks(&stop)
        );
    }

    /// Imports, polls and sweeps.
    async fn run_pulls(&self, stop: &CancellationToken) {
        let mut plan = Plan::default();
        while !stop.is_cancelled() {
            let step = self.next(&mut plan);
            self.show_plan(&plan, step);
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = self.take(step, &mut plan) => {}
            }
        }
    }

    fn next(&self, plan: &mut Plan) -> Step {
        let seen = {
            let status = self.0.context.status.borrow();
            Seen {
                import: status.import.state,
                connection: status.connection,
                now: self.0.context.clock.now(),
                poll_interval_ms: i64::from(self.0.settings.borrow().poll_interval_s) * 1_000,
            }
        };
        let mut wants = self.0.wants.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        plan.next(&mut wants, seen)
    }

    async fn take(&self, step: Step, plan: &mut Plan) {
        if matches!(step, Step::Import | Step::Poll)
            && self.0.context.status.borrow().trouble == Some(Trouble::IpBlocked)
        {
            // The wait is over: one pass finds out whether Kommo still blocks us. Until now everything stood still.
            self.0.context.client.budget().unblock();
        }
        match step {
            Step::WaitForPerson => self.0.wake.notified().await,
            Step::WaitUntil(at) => {
                // Only what changes from now on: the present settings were read when this wait was planned.
                let mut settings = self.0.settings.clone();
                settings.mark_unchanged();
                tokio::select! {
                    () = self.0.context.clock.sleep_until(at) => {}
                    () = self.0.wake.notified() => {}
                    _ = settings.changed() => plan.next_poll = None,
                }
            }
            Step::Import => {
                match caught(self.import_once()).await {
                    // Kommo was not asked anything: what is known of the connection stays.
                    Ok(ImportEnd::Cancelled) => plan.retry_at = None,
                    ended => self.after(ended.map(drop), plan).await,
                }
            }
            Step::Poll => {
                let ended = caught(self.poll_once()).await;
                if let Ok((_, sweep_is_due)) = ended {
                    let now = self.0.context.clock.now();
                    let interval_ms = i64::from(self.0.settings.borrow().poll_interval_s) * 1_000;
                    plan.next_poll = Some(now.plus(interval_ms));
                    plan.sweep_from = plan.sweep_from.or(sweep_is_due.then_some(now));
                }
                self.after(ended.map(drop), plan).await;
            }
            Step::Sweep => match caught(self.sweep_on()).await {
                Ok(true) => plan.sweep_from = None,
                Ok(false) => {}
                // Whatever is in its way shows in the polls too, and matters there.
                Err(error) => {
                    tracing::info!(error = &error as &dyn std::error::Error, "the sweep rests");
                    plan.sweep_from = Some(self.0.context.clock.now().plus(POSTPONED_MS));
                }
            },
        }
    }

    /// Draws the consequences of a pass.
    async fn after(&self, ended: Result<(), SyncError>, plan: &mut Plan) {
        let context = &self.0.context;
        let now = context.clock.now();
        match ended {
            Ok(()) => {
                if context.status.borrow().trouble.is_some() {
                    // What waits to be sent need not wait for its own next try.
                    self.0.sending.wake.notify_one();
                }
                if plan.told_lost {
                    self.note(log::row("connection_restored").local(now)).await;
                    context.tell(EngineEvent::ConnectionRestored);
                }
                *plan = Plan { next_poll: plan.next_poll, sweep_from: plan.sweep_from, ..Plan::default() };
                context.status.send_modify(|status| {
                    status.connection = Connection::Connected;
                    status.trouble = None;
                    status.retry_at = None;
                });
            }
            Err(SyncError::Stopped) => {}
            Err(error) => {
                let trouble = Trouble::of(&error);
                tracing::info!(
                    error = &error as &dyn std::error::Error,
                    code = trouble.code(),
                    "a pass ended early"
                );
                plan.attempt = plan.attempt.saturating_add(1);
                let mut byte = [0_u8; 1];
                context.entropy.fill(&mut byte);
                let wait = trouble.wait_ms(plan.attempt, f64::from(byte[0]) / 255.0);
                plan.retry_at = wait.map(|wait| now.plus(wait));
                self.tell_trouble(&trouble, plan, now).await;
                let retry_at = plan.retry_at;
                context.status.send_modify(|status| {
                    status.connection = match trouble {
                        Trouble::NeedsSignIn => Connection::NeedsSignIn,
                        Trouble::IpBlocked | Trouble::RateLimited { .. } => Connection::Limited,
                        _ => Connection::Offline,
                    };
                    status.trouble = Some(trouble);
                    status.retry_at = retry_at;
                });
            }
        }
    }

    /// Says a trouble once when it begins, and once more when it lasts.
    async fn tell_trouble(&self, trouble: &Trouble, plan: &mut Plan, now: UtcMillis) {
        let context = &self.0.context;
        let begun = *plan.failing_since.get_or_insert(now);
        // Whoever lost the sign-in says so itself: the keeper of the tokens, or the person who signed out.
        let is_news = context.status.borrow().trouble.as_ref() != Some(trouble);
        if is_news && *trouble != Trouble::NeedsSignIn {
            let again = plan.retry_at.is_some();
            self.note(
                log::row("connection_trouble").failed(trouble.code(), again).attempt(plan.attempt).local(now),
            )
            .await;
        }
        if *trouble == Trouble::NeedsSignIn {
            if context.status.borrow().connection != Connection::NeedsSignIn {
                context.tell(EngineEvent::SignInLost);
            }
        } else if !trouble.is_of_storage() && !plan.told_lost && now.since(begun) >= LOST_AFTER_MS {
            plan.told_lost = true;
            self.note(log::row("connection_lost").failed(trouble.code(), true).local(now)).await;
            context.tell(EngineEvent::ConnectionLost);
        }
    }

    async fn note(&self, row: cadencia_store::sync_log::NewLogEntry) {
        if let Err(error) = log::write(&self.0.context, vec![row]).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the log could not be written");
        }
    }

    fn show_plan(&self, plan: &Plan, step: Step) {
        let next_at = match step {
            Step::WaitUntil(at) if plan.retry_at.is_none() => Some(at),
            _ => None,
        };
        self.0.context.status.send_if_modified(|status| {
            let changed = status.polling.next_at != next_at;
            status.polling.next_at = next_at;
            changed
        });
    }

    /// Imports the whole account, or goes on with the import under way.
    ///
    /// # Errors
    /// Why it cannot go on. What was read stays.
    pub async fn import(&self) -> Result<(), SyncError> {
        self.import_once().await.map(drop)
    }

    /// Imports until the account is here, a person cancels, or it cannot go on.
    ///
    /// # Errors
    /// Why it cannot go on. What was read stays.
    async fn import_once(&self) -> Result<ImportEnd, SyncError> {
        let _turn = self.0.turn.lock().await;
        self.0.wants.lock().unwrap_or_else(std::sync::PoisonError::into_inner).import = false;
        let end = import::run(&self.0.context, self.0.cancel_import.subscribe()).await?;
        self.0.cancel_import.send_replace(false);
        if end == ImportEnd::Finished {
            let now = self.0.context.clock.now();
            self.0
                .context
                .status
                .send_modify(|status| status.polling.last_at = status.polling.last_at.or(Some(now)));
        }
        Ok(end)
    }

    /// Polls once. Tells whether a sweep is due as well.
    ///
    /// # Errors
    /// Why it could not be finished. What was read stays; the next poll begins where this one did.
    pub async fn poll_once(&self) -> Result<(PollReport, bool), SyncError> {
        let _turn = self.0.turn.lock().await;
        let context = &self.0.context;
        let is_whole = context.status.borrow().import.state == ImportState::Finished;
        let report = incremental::poll(context).await?;
        self.trim().await?;
        if crate::outbox::release_repaired(context).await? > 0 {
            self.want_send();
        }
        let now = context.clock.now();
        context.status.send_modify(|status| {
            let polling = &mut status.polling;
            polling.last_at = Some(now);
            polling.last_changes = report.changes;
            polling.last_change_seen_at = polling.last_change_seen_at.max(report.last_change_at);
            if is_whole {
                polling.complete_until = Some(report.complete_until);
            }
        });
        Ok((report, is_whole && sweep::is_due(context).await?))
    }

    /// Sweeps on for a slice. True when the sweep is over.
    async fn sweep_on(&self) -> Result<bool, SyncError> {
        let _turn = self.0.turn.lock().await;
        let mut sweep = self.0.sweep.lock().await;
        let under_way = sweep.get_or_insert_default();
        let ended = under_way.go_on(&self.0.context).await;
        // Pages that cannot be trusted would not get better: the next sweep begins anew.
        if matches!(ended, Ok(true) | Err(SyncError::Pages(_))) {
            *sweep = None;
        }
        ended
    }
}

/// A fault of ours ends the pass, not the engine: it is told, and tried again like any other trouble.
async fn caught<T>(pass: impl Future<Output = Result<T, SyncError>>) -> Result<T, SyncError> {
    // Nothing is left half done: what a pass keeps outside itself is the database, whose transaction is undone, and
    // single values that are replaced whole.
    AssertUnwindSafe(pass).catch_unwind().await.unwrap_or(Err(SyncError::Panicked))
}
