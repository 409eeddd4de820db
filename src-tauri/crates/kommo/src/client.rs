//! The client: one account, one token source, one budget.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use http::HeaderValue;
use url::Url;

use crate::budget::{Budget, Priority};
use crate::record::RequestObserver;
use crate::retry::RetryPolicy;
use crate::token::TokenSource;
use crate::transport::{HttpConfig, HttpTransport, Transport, TransportError};

mod call;
mod exchange;

pub(crate) use call::{Answer, Call};

/// Marks that no server has told its time yet.
const NO_OFFSET: i64 = i64::MIN;
/// How long everything pauses after a first 429, whatever it names; twice as long after each further attempt.
const LEAST_WAIT_AFTER_429: Duration = Duration::from_secs(1);

/// Talks to one Kommo account. Cheap to clone; clones share token, budget and connections.
///
/// Resources hang off it: `client.leads()`, `client.contacts()` and so on.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
    pub(crate) priority: Priority,
}

pub(crate) struct Inner {
    /// Scheme, host and port, without a slash at the end.
    pub(crate) origin: String,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) tokens: Arc<dyn TokenSource>,
    pub(crate) budget: Budget,
    pub(crate) user_agent: HeaderValue,
    pub(crate) observer: Option<Arc<dyn RequestObserver>>,
    pub(crate) retries: RetryPolicy,
    pub(crate) wall_clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    pub(crate) jitter_seed: u64,
    pub(crate) jitter_step: AtomicU64,
    pub(crate) offset_ms: AtomicI64,
}

impl Client {
    /// Starts a client for the account at `base_url`, for example `https://acme.kommo.com`.
    pub fn builder(base_url: Url) -> ClientBuilder {
        ClientBuilder {
            base_url,
            transport: None,
            tokens: None,
            budget: None,
            user_agent: crate::DEFAULT_USER_AGENT.to_owned(),
            observer: None,
            retries: RetryPolicy::default(),
            wall_clock: Arc::new(system_time_ms),
            jitter_seed: 0,
        }
    }

    /// The same client for work of another priority. The default is [`Priority::Person`].
    #[must_use]
    pub fn with_priority(&self, priority: Priority) -> Self {
        Self { inner: Arc::clone(&self.inner), priority }
    }

    /// The priority its requests are sent with.
    #[must_use]
    pub fn priority(&self) -> Priority {
        self.priority
    }

    /// The budget it draws from.
    #[must_use]
    pub fn budget(&self) -> &Budget {
        &self.inner.budget
    }

    /// How far the server's clock is ahead of this machine's, in milliseconds, give or take half a second;
    /// `None` before the first answer.
    #[must_use]
    pub fn server_time_offset(&self) -> Option<i64> {
        let offset = self.inner.offset_ms.load(Ordering::Relaxed);
        (offset != NO_OFFSET).then_some(offset)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("origin", &self.inner.origin)
            .field("priority", &self.priority)
            .finish_non_exhaustive()
    }
}

/// Builds a [`Client`].
#[must_use]
pub struct ClientBuilder {
    base_url: Url,
    transport: Option<Arc<dyn Transport>>,
    tokens: Option<Arc<dyn TokenSource>>,
    budget: Option<Budget>,
    user_agent: String,
    observer: Option<Arc<dyn RequestObserver>>,
    retries: RetryPolicy,
    wall_clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    jitter_seed: u64,
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("base_url", &self.base_url.as_str()).finish_non_exhaustive()
    }
}

/// Why a client cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The address is not `http://` or `https://` with a host.
    #[error("the account's address must be an http or https address with a host")]
    BaseUrl,
    /// No token source was given.
    #[error("a token source is needed")]
    NoTokens,
    /// The user agent is not a valid header value.
    #[error("the user agent is not a valid header value")]
    UserAgent(#[source] http::header::InvalidHeaderValue),
    /// The network transport cannot be set up.
    #[error("could not set up the network transport")]
    Transport(#[source] TransportError),
}

impl ClientBuilder {
    /// How requests travel. Default: [`HttpTransport`] with its defaults.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Where access tokens come from. Required.
    pub fn tokens(mut self, tokens: Arc<dyn TokenSource>) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// The allowance to draw from; clients behind one address should share one. Default: a new budget of
    /// 7 requests a second.
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// The `User-Agent` of every request.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Gets every finished attempt.
    pub fn observer(mut self, observer: Arc<dyn RequestObserver>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// How reads are repeated. Writes are never repeated by the client.
    pub fn retries(mut self, retries: RetryPolicy) -> Self {
        self.retries = retries;
        self
    }

    /// Spreads the retries of this client differently from those of a client with another seed.
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.jitter_seed = seed;
        self
    }

    /// Where this machine's time (unix milliseconds) comes from. Default: the system clock.
    pub fn wall_clock(mut self, now_ms: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.wall_clock = Arc::new(now_ms);
        self
    }

    /// Builds the client. Sends nothing.
    ///
    /// # Errors
    /// [`BuildError`] when a part is missing or not valid.
    pub fn build(self) -> Result<Client, BuildError> {
        let base = &self.base_url;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none_or(str::is_empty) {
            return Err(BuildError::BaseUrl);
        }
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpTransport::new(HttpConfig::default()).map_err(BuildError::Transport)?),
        };
        let inner = Inner {
            origin: base.origin().ascii_serialization(),
            transport,
            tokens: self.tokens.ok_or(BuildError::NoTokens)?,
            budget: self.budget.unwrap_or_default(),
            user_agent: HeaderValue::from_str(&self.user_agent).map_err(BuildError::UserAgent)?,
            observer: self.observer,
            retries: self.retries,
            wall_clock: self.wall_clock,
            jitter_seed: self.jitter_seed,
            jitter_step: AtomicU64::new(0),
            offset_ms: AtomicI64::new(NO_OFFSET),
        };
        Ok(Client { inner: Arc::new(inner), priority: Priority::Person })
    }
}

#[expect(clippy::disallowed_methods, reason = "the default of a clock that callers may replace")]
fn system_time_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
