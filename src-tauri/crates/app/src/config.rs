//! What a host decides before the app starts.

use cadencia_clock::{Clock, Entropy, SystemClock, SystemEntropy};
use cadencia_contract::Language;
use cadencia_secrets::{KeyringPolicy, PassphraseCost};
use kommo::{Budget, Transport};
use secrecy::SecretString;
use std::path::PathBuf;
use std::sync::Arc;
use url::Url;

/// Where accounts come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Kommo itself: `https://SUBDOMAIN.kommo.com`.
    Kommo,
    /// Only the embedded demo account; real accounts are left alone and nothing is written.
    Demo,
    /// One address for everything instead of Kommo's own: a simulator or a proxy.
    Address {
        /// The address.
        url: Url,
        /// Connects with this long-lived token, unless an account of this address is already connected.
        token: Option<SecretString>,
    },
}

/// What a host decides before the app starts.
#[derive(Clone)]
pub struct AppConfig {
    /// Folder of all data; created when missing.
    pub data_dir: PathBuf,
    /// Where accounts come from.
    pub source: Source,
    /// Port of the listener instead of the preferred one; 0 takes a free one.
    pub listener_port: Option<u16>,
    /// Seconds between two polls instead of the preferred ones; 1 to 3600.
    pub poll_interval_s: Option<u32>,
    /// Opens the data where there is no keyring, and becomes the passphrase on the first start.
    pub passphrase: Option<SecretString>,
    /// Where the database key may live; the system keyring without it.
    pub keyring: Option<KeyringPolicy>,
    /// How much work a guess at the passphrase costs.
    pub passphrase_cost: PassphraseCost,
    /// The language of notifications until a person chooses one. Only a host with a window knows what its system shows.
    pub language: Language,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// The way to Kommo instead of the network.
    pub transport: Option<Arc<dyn Transport>>,
    /// The rate budget shared by all accounts.
    pub budget: Budget,
    /// Leads of the demo account.
    pub demo_leads: usize,
    /// Whether engines run by themselves. A test that drives them by hand says no.
    pub run_engines: bool,
}

impl AppConfig {
    /// The usual: Kommo over the network at its rate, real time and chance.
    pub fn new(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            source: Source::Kommo,
            listener_port: None,
            poll_interval_s: None,
            passphrase: None,
            keyring: None,
            passphrase_cost: PassphraseCost::STRONG,
            language: crate::notice::system_language(),
            clock: Arc::new(SystemClock::new()),
            entropy: Arc::new(SystemEntropy),
            transport: None,
            budget: Budget::default(),
            demo_leads: 4_000,
            run_engines: true,
        }
    }
}

impl std::fmt::Debug for AppConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppConfig").field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}
