//! The whole app against the simulator.

use crate::builder::TestAppBuilder;
use crate::expected::{Snapshot, differences, of_simulator};
use crate::home::Home;
use crate::mirror;
use crate::process::Process;
use crate::waiting::wait_for;
use cadencia_app::App;
use cadencia_contract::{
    AccountSummary, ApiError, AppEvent, ErrorCode, ImportState, LogList, LogListRequest, LogRow,
    SignInOutcome, SyncStatus,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::ops::{ControlFlow, Deref};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;

/// The whole app against the simulator. Calls block: tests are plain functions.
///
/// Dropping it ends the app and fails the test when a task panicked or does not end.
pub struct TestApp {
    home: Arc<Home>,
    setup: TestAppBuilder,
    /// None only while it starts again or is dropped.
    process: Option<Process>,
}

impl Deref for TestApp {
    type Target = Home;

    fn deref(&self) -> &Home {
        &self.home
    }
}

impl TestApp {
    /// An account of 60 leads, not yet connected.
    pub fn start() -> Self {
        TestAppBuilder::default().start()
    }

    /// To be set up.
    pub fn builder() -> TestAppBuilder {
        TestAppBuilder::default()
    }

    pub(crate) fn new(setup: TestAppBuilder, home: Arc<Home>, process: Process) -> Self {
        Self { home, setup, process: Some(process) }
    }

    /// What outlives this run.
    pub fn home(&self) -> &Arc<Home> {
        &self.home
    }

    /// The app itself.
    pub fn app(&self) -> &App {
        &self.process().app
    }

    /// The threads the app runs on.
    pub fn handle(&self) -> &Handle {
        self.process().handle()
    }

    /// Runs `work` on the app's own threads, and waits for it.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.process().block_on(work)
    }

    fn process(&self) -> &Process {
        self.process.as_ref().expect("it runs between start and drop")
    }

    /// Another run of the program in the same home, beside this one.
    pub fn second_process(&self) -> Self {
        self.setup.clone().at_home(&self.home).listener_port(Some(0)).start()
    }

    /// Ends the program, and starts it again.
    pub fn restart(&mut self) {
        self.end();
        self.start_again();
    }

    /// Cuts every task where it waits, and starts the program again. What the wire held is gone with them.
    pub fn crash_and_restart(&mut self) {
        self.crash();
        self.wire.release();
        self.start_again();
    }

    /// Cuts every task where it waits. [`TestApp::start_again`] has to follow.
    pub fn crash(&mut self) {
        self.process.take().expect("it runs").crash();
    }

    /// Ends the program well. [`TestApp::start_again`] may follow.
    pub fn end(&mut self) {
        self.process.take().expect("it runs").end();
    }

    /// Starts the program after a crash or an end.
    pub fn start_again(&mut self) {
        self.process = Some(
            Process::start(self.setup.config(&self.home), self.setup.is_simulated)
                .expect("the app starts again"),
        );
    }

    /// Panics of tasks so far. Asking takes them: they no longer fail the test.
    pub fn take_panics(&self) -> Vec<String> {
        self.process().panics()
    }

    /// Everything the app told so far.
    pub fn events(&self) -> Vec<AppEvent> {
        self.process().events()
    }

    /// A command, as a host sends it.
    ///
    /// # Errors
    /// What the screen would show.
    pub fn call(&self, name: &str, request: impl Serialize) -> Result<Value, ApiError> {
        let request = serde_json::to_value(request).expect("requests are JSON");
        self.block_on(self.app().call(name, request))
    }

    /// A command that has to work, its answer typed.
    ///
    /// # Panics
    /// When it fails.
    pub fn get<T: DeserializeOwned>(&self, name: &str, request: impl Serialize) -> T {
        let answer = self.call(name, request).unwrap_or_else(|error| panic!("{name} failed: {error:?}"));
        serde_json::from_value(answer)
            .unwrap_or_else(|error| panic!("{name} answered another shape: {error}"))
    }

    /// A command that has to fail.
    ///
    /// # Panics
    /// When it works.
    pub fn fails(&self, name: &str, request: impl Serialize) -> ApiError {
        match self.call(name, request) {
            Err(error) => error,
            Ok(answer) => panic!("{name} worked: {answer}"),
        }
    }

    /// Signs in with the account's long-lived token.
    pub fn connect(&self) -> SignInOutcome {
        let known = self.sim.credentials();
        self.get("sign_in_long_lived", json!({"subdomain": known.subdomain, "token": known.long_lived_token}))
    }

    /// Signs in with a private integration and a fresh code.
    pub fn connect_with_code(&self) -> SignInOutcome {
        let known = self.sim.credentials();
        self.get(
            "sign_in_code",
            json!({
                "subdomain": known.subdomain,
                "client_id": known.client_id,
                "client_secret": known.client_secret,
                "redirect_uri": known.redirect_uri,
                "code": known.authorization_code,
            }),
        )
    }

    /// Connects, and waits until the whole account is here and the first poll is over.
    pub fn connect_and_import(&self) -> SignInOutcome {
        let outcome = self.connect();
        self.wait_for_import();
        outcome
    }

    /// Waits until the whole account is here and the first poll is over.
    pub fn wait_for_import(&self) -> SyncStatus {
        self.wait_for_status("the import and the first poll", |status| {
            status.import.state == ImportState::Finished && status.polling.next_at_ms.is_some()
        })
    }

    /// The state of the mirror.
    pub fn status(&self) -> SyncStatus {
        self.get("sync_status", json!({}))
    }

    /// The only account.
    pub fn account(&self) -> AccountSummary {
        let list: cadencia_contract::AccountList = self.get("account_list", json!({}));
        let [account] = list.accounts.as_slice() else { panic!("expected one account, found {list:?}") };
        account.clone()
    }

    /// Waits for a state of the mirror.
    pub fn wait_for_status(&self, what: &str, is_it: impl Fn(&SyncStatus) -> bool) -> SyncStatus {
        wait_for(what, || {
            let status = self.status();
            if is_it(&status) {
                ControlFlow::Break(status)
            } else {
                ControlFlow::Continue(format!(
                    "{:?}, {:?}, import {:?}, {:?}",
                    status.connection, status.problem, status.import, status.polling
                ))
            }
        })
    }

    /// Waits until Kommo's trouble has this code.
    pub fn wait_for_problem(&self, code: ErrorCode) -> SyncStatus {
        self.wait_for_status(&format!("{code:?}"), |status| {
            status.problem.as_ref().is_some_and(|problem| problem.code == code)
        })
    }

    /// Time passes, here and in Kommo.
    pub fn advance(&self, by: Duration) {
        self.sim.advance_ms(i64::try_from(by.as_millis()).unwrap_or(i64::MAX));
        self.clock.advance(by);
    }

    /// Lets time pass until the next attempt that the engine has planned after a trouble.
    pub fn advance_to_retry(&self) {
        let status = self.wait_for_status("a planned new attempt", |status| {
            status.problem.as_ref().is_some_and(|problem| problem.retry_at.is_some())
        });
        let at = status.problem.and_then(|problem| problem.retry_at).map_or(0, |at| at.0);
        let left = at - cadencia_clock::Clock::now(&*self.clock).0;
        self.advance(Duration::from_millis(u64::try_from(left).unwrap_or(0) + 1));
    }

    /// Asks for a poll now and waits until it has ended well.
    pub fn poll(&self) -> LogRow {
        self.wait_for_status("the engine to rest", |status| status.polling.next_at_ms.is_some());
        let before = self.last_poll().map_or(0, |row| row.id.0);
        self.get::<Value>("sync_poll_now", json!({}));
        self.wait_for_poll_after(before)
    }

    /// Waits for a poll that is newer than the log row `before`, and for the engine to rest after it.
    pub fn wait_for_poll_after(&self, before: i64) -> LogRow {
        wait_for("a poll", || {
            let found = self.last_poll().filter(|row| row.id.0 > before);
            match (found, self.status()) {
                (Some(row), status) if status.polling.next_at_ms.is_some() => ControlFlow::Break(row),
                (_, status) => ControlFlow::Continue(format!("{:?} {:?}", status.problem, status.polling)),
            }
        })
    }

    /// The newest poll in the log.
    pub fn last_poll(&self) -> Option<LogRow> {
        self.log("poll_finished", 500).into_iter().next()
    }

    /// Rows of one operation among the newest `limit` rows of the log, newest first.
    pub fn log(&self, operation: &str, limit: u32) -> Vec<LogRow> {
        let request = LogListRequest { limit: Some(limit), ..LogListRequest::default() };
        let list: LogList = self.get("log_list", request);
        list.rows.into_iter().filter(|row| row.operation == operation).collect()
    }

    /// The mirror as it is stored.
    pub fn mirror_snapshot(&self) -> Snapshot {
        self.with_mirror(async |store| mirror::snapshot(store).await)
    }

    /// Compares all of the mirror with all of the account.
    ///
    /// # Panics
    /// With the first differences of each kind.
    pub fn assert_mirror_equals_simulator(&self) {
        let found = differences(&self.mirror_snapshot(), &of_simulator(&self.sim.state_snapshot()));
        assert!(found.is_empty(), "the mirror differs from Kommo:\n{}", found.join("\n"));
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let Some(process) = self.process.take() else { return };
        if std::thread::panicking() {
            process.crash();
        } else {
            self.home.wire.release();
            process.end();
        }
    }
}

/// The code of a problem, for short comparisons.
pub fn code_of(error: &ApiError) -> ErrorCode {
    error.code
}
