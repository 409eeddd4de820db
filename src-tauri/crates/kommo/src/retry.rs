//! Whether and when to try again, decided by pure functions.
//!
//! The client itself repeats only reads. Whoever sends writes (a queue, say) asks [`decide`] with the
//! [`RetryClass`] of the error and acts on the [`Decision`]; Kommo has no idempotency keys, so a repeated
//! `POST` creates a duplicate, and a write whose fate is unknown must first be looked up.

use std::time::Duration;

use http::Method;

/// What an error says about trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryClass {
    /// Understood and refused: the same request will be refused again.
    Refused,
    /// The token is not valid and could not be renewed.
    Unauthorized,
    /// Kommo blocks this address, or the budget is blocked.
    Blocked,
    /// Not carried out: too many requests.
    RateLimited {
        /// How long the server wants to be left alone, when it said so.
        retry_after: Option<Duration>,
    },
    /// Certainly not carried out: nothing was sent.
    NotProcessed,
    /// May have been carried out: no answer, a server error, a broken answer.
    Uncertain,
    /// Carried out, but this client cannot use the answer and would get the same again.
    Unusable,
}

/// What repeating a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotency {
    /// Reading: repeating changes nothing.
    Safe,
    /// Repeating leads to the same state, for example setting a field.
    Idempotent,
    /// Repeating may do it twice, for example creating a lead.
    Once,
}

impl Idempotency {
    /// What holds for requests of `method` at Kommo: `GET` is safe, `PATCH`, `PUT` and `DELETE` set a state,
    /// everything else happens once more.
    #[must_use]
    pub fn of(method: &Method) -> Self {
        match *method {
            Method::GET | Method::HEAD | Method::OPTIONS => Self::Safe,
            Method::PATCH | Method::PUT | Method::DELETE => Self::Idempotent,
            _ => Self::Once,
        }
    }
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Send it again after this time.
    RetryAfter(Duration),
    /// Find out first whether it was carried out; send again only if it was not.
    LookFirst,
    /// Do not try again.
    GiveUp,
    /// A person has to sign in again.
    Reconnect,
    /// Send nothing at all until a person says so.
    StopEverything,
}

/// How often and how patiently to repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many attempts are made in all. A rate limit does not count against it until it is reached.
    pub max_attempts: u32,
    /// The longest wait after the first attempt; it doubles with every further one.
    pub base: Duration,
    /// The longest wait ever (what the server names is not cut).
    pub cap: Duration,
}

impl Default for RetryPolicy {
    /// Three attempts, 0.5 s, 30 s: what the client uses for reads.
    fn default() -> Self {
        Self { max_attempts: 3, base: Duration::from_millis(500), cap: Duration::from_secs(30) }
    }
}

impl RetryPolicy {
    /// Decides after attempt number `attempt` (the first is 1) ended with `class`.
    ///
    /// `jitter` is any number from 0 to 1, by chance: the wait lies between half and all of the back-off.
    #[must_use]
    pub fn decide(&self, class: RetryClass, attempt: u32, idempotency: Idempotency, jitter: f64) -> Decision {
        let again = |wait: Duration| {
            if attempt >= self.max_attempts { Decision::GiveUp } else { Decision::RetryAfter(wait) }
        };
        let backoff = self.backoff(attempt, jitter);
        match class {
            RetryClass::Refused => Decision::GiveUp,
            RetryClass::Unauthorized => Decision::Reconnect,
            RetryClass::Blocked => Decision::StopEverything,
            RetryClass::RateLimited { retry_after } => again(retry_after.unwrap_or(backoff).max(backoff)),
            RetryClass::NotProcessed => again(backoff),
            RetryClass::Uncertain => match idempotency {
                Idempotency::Safe | Idempotency::Idempotent => again(backoff),
                Idempotency::Once => Decision::LookFirst,
            },
            RetryClass::Unusable => match idempotency {
                Idempotency::Safe => Decision::GiveUp,
                Idempotency::Idempotent | Idempotency::Once => Decision::LookFirst,
            },
        }
    }

    fn backoff(&self, attempt: u32, jitter: f64) -> Duration {
        let doublings = attempt.saturating_sub(1).min(20);
        let full = self.base.saturating_mul(1 << doublings).min(self.cap);
        let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 1.0 };
        full.mul_f64(0.5 + 0.5 * jitter)
    }
}

/// [`RetryPolicy::decide`] with the default policy.
#[must_use]
pub fn decide(class: RetryClass, attempt: u32, idempotency: Idempotency, jitter: f64) -> Decision {
    RetryPolicy::default().decide(class, attempt, idempotency, jitter)
}

/// A number from 0 to 1 that depends only on `seed` and `step`: jitter that a test can foresee.
#[must_use]
pub fn jitter(seed: u64, step: u64) -> f64 {
    // splitmix64: two multiplications are plenty for spreading retries.
    let mut mixed = seed.wrapping_add(step.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^= mixed >> 31;
    // The upper 53 bits fit a double exactly.
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}
