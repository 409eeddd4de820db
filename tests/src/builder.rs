//! How a test's app is set up.

use crate::START_MS;
use crate::home::Home;
use crate::process::Process;
use crate::test_app::TestApp;
use cadencia_app::{AppConfig, Source, StartError};
use cadencia_clock::{ManualClock, SeededEntropy};
use cadencia_contract::Language;
use cadencia_domain::time::UtcMillis;
use cadencia_secrets::{KeyringPolicy, PassphraseCost};
use cadencia_sim::{Fault, SimConfig, Simulator};
use kommo::{Budget, Transport};
use secrecy::SecretString;
use std::sync::Arc;

/// How a test's app is set up.
#[derive(Clone)]
pub struct TestAppBuilder {
    leads: usize,
    seed: u64,
    faults: Vec<Fault>,
    rate_limit: bool,
    clock_is_off_ms: i64,
    pub(crate) run_engines: bool,
    pub(crate) listener_port: Option<u16>,
    pub(crate) passphrase: Option<String>,
    pub(crate) source: Source,
    language: Language,
    pub(crate) keyring: Option<KeyringPolicy>,
    pub(crate) home: Option<Arc<Home>>,
    /// One thread, on which waiting takes no time: the same order every time.
    pub(crate) is_simulated: bool,
}

impl Default for TestAppBuilder {
    fn default() -> Self {
        Self {
            leads: 60,
            seed: 7,
            faults: Vec::new(),
            rate_limit: false,
            clock_is_off_ms: 0,
            run_engines: true,
            listener_port: Some(0),
            passphrase: None,
            source: Source::Kommo,
            language: Language::PtBr,
            keyring: None,
            home: None,
            is_simulated: false,
        }
    }
}

impl TestAppBuilder {
    /// How many leads the account starts with; 60 unless said.
    #[must_use]
    pub fn leads(self, leads: usize) -> Self {
        Self { leads, ..self }
    }

    /// Another account.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// A fault of Kommo that is on from the start.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Kommo enforces its seven requests a second, and the app keeps to them. Off unless said.
    #[must_use]
    pub fn rate_limit(self) -> Self {
        Self { rate_limit: true, ..self }
    }

    /// This computer's clock minus Kommo's.
    #[must_use]
    pub fn clock_is_off_by(self, millis: i64) -> Self {
        Self { clock_is_off_ms: millis, ..self }
    }

    /// Nothing is imported or polled by itself.
    #[must_use]
    pub fn without_engines(self) -> Self {
        Self { run_engines: false, ..self }
    }

    /// The listener's port; a free one unless said, the preferred one with `None`.
    #[must_use]
    pub fn listener_port(self, port: Option<u16>) -> Self {
        Self { listener_port: port, ..self }
    }

    /// Where accounts come from; Kommo unless said.
    #[must_use]
    pub fn source(self, source: Source) -> Self {
        Self { source, ..self }
    }

    /// The language of the system; Portuguese unless said.
    #[must_use]
    pub fn language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// A passphrase given at the start.
    #[must_use]
    pub fn passphrase(self, passphrase: &str) -> Self {
        Self { passphrase: Some(passphrase.to_owned()), ..self }
    }

    /// Another keyring than the home's own.
    #[must_use]
    pub fn keyring(self, keyring: KeyringPolicy) -> Self {
        Self { keyring: Some(keyring), ..self }
    }

    /// One thread on which waiting takes no time, and nothing that runs by itself: whoever simulates takes every step.
    #[must_use]
    pub fn simulated(self) -> Self {
        Self { is_simulated: true, run_engines: false, ..self }
    }

    /// In a home that is there already, beside or after another run.
    #[must_use]
    pub fn at_home(self, home: &Arc<Home>) -> Self {
        Self { home: Some(Arc::clone(home)), ..self }
    }

    /// The home alone, without starting the program.
    pub fn home(&self) -> Arc<Home> {
        if let Some(home) = &self.home {
            return Arc::clone(home);
        }
        let sim = Simulator::new(SimConfig {
            rate_limit: self.rate_limit,
            faults: self.faults.clone(),
            ..SimConfig::manual(self.seed, self.leads, START_MS)
        });
        Arc::new(Home::new(sim, ManualClock::new(UtcMillis(START_MS + self.clock_is_off_ms))))
    }

    /// Starts the program.
    ///
    /// # Panics
    /// When it cannot start.
    pub fn start(self) -> TestApp {
        self.try_start().expect("the app starts")
    }

    /// Starts the program, or says why not.
    ///
    /// # Errors
    /// What keeps the app from starting.
    pub fn try_start(mut self) -> Result<TestApp, StartError> {
        let home = self.home();
        self.home = Some(Arc::clone(&home));
        let process = Process::start(self.config(&home), self.is_simulated)?;
        Ok(TestApp::new(self, home, process))
    }

    pub(crate) fn config(&self, home: &Arc<Home>) -> AppConfig {
        let keyring = || KeyringPolicy::Given(Arc::clone(&home.keyring) as _);
        AppConfig {
            source: self.source.clone(),
            language: self.language,
            listener_port: self.listener_port,
            passphrase: self.passphrase.clone().map(SecretString::from),
            keyring: Some(self.keyring.clone().unwrap_or_else(keyring)),
            passphrase_cost: PassphraseCost::TEST,
            clock: Arc::clone(&home.clock) as _,
            entropy: Arc::new(SeededEntropy::new(self.seed.wrapping_mul(1_000) + home.next_start())),
            transport: Some(Arc::clone(&home.wire) as Arc<dyn Transport>),
            budget: if self.rate_limit { Budget::default() } else { Budget::unlimited() },
            demo_leads: 40,
            run_engines: self.run_engines,
            ..AppConfig::new(home.folder().to_owned())
        }
    }
}
