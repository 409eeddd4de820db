//! Faults by name: what can be made to go wrong while the simulator runs.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

macro_rules! fault_names {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        /// A fault the simulator knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultName { $($(#[$doc])* $variant,)+ }

        impl FaultName {
            /// Every fault, in the order of the README.
            pub const ALL: &'static [FaultName] = &[$(FaultName::$variant),+];

            /// The name as spoken on the command line and by the control interface.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(FaultName::$variant => $text),+ }
            }
        }
    };
}

fault_names! {
    /// 429 with the documented body.
    RateLimited = "rate_limited",
    /// The nginx page with 403 that a blocked address gets on every path.
    IpBlocked = "ip_blocked",
    /// 500 with Kommo's `ErrInternalServer` body.
    ServerError = "server_error",
    /// The write happens, the answer is a gateway's 504 page.
    TimeoutAfterWrite = "timeout_after_write",
    /// The answer comes late (`seconds`, 3 when not said).
    Slow = "slow",
    /// The answer's JSON breaks off in the middle.
    TruncatedBody = "truncated_body",
    /// 200 with a web page where JSON belongs.
    HtmlInsteadOfJson = "html_instead_of_json",
    /// 204 where a list belongs.
    EmptyList204 = "empty_list_204",
    /// A page after the first repeats the one before it.
    PageRepeats = "page_repeats",
    /// Filters are silently ignored and the full list is returned.
    FilterIgnored = "filter_ignored",
    /// All webhook subscriptions are disabled and nothing is delivered.
    HookDisabled = "hook_disabled",
    /// Every webhook delivery is made twice.
    DuplicateDelivery = "duplicate_delivery",
    /// Webhook deliveries that wait together go out in reverse order.
    ReorderedDelivery = "reordered_delivery",
    /// `add_message` bodies come without their outer key, as the documentation of 2026 shows them.
    UnwrappedMessage = "unwrapped_message",
    /// A refresh token dies at its first use.
    RefreshStrict = "refresh_strict",
    /// Every refresh is answered as revoked.
    RefreshRevoked = "refresh_revoked",
    /// The plan has no webhooks: their management answers 402.
    PlanWithoutWebhooks = "plan_without_webhooks",
    /// The token's user is no administrator.
    NonAdmin = "non_admin",
    /// The token's user may not see this path: 403 with Kommo's own body.
    Forbidden = "forbidden",
    /// The account is unpaid: 402 everywhere.
    Unpaid = "unpaid",
    /// Every access token is refused with 401.
    Unauthorized = "unauthorized",
    /// The `Date` header is off (`seconds`, three hours when not said).
    ClockSkew = "clock_skew",
}

impl std::str::FromStr for FaultName {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        Self::ALL
            .iter()
            .copied()
            .find(|name| name.as_str() == text)
            .ok_or_else(|| UnknownFault(text.to_owned()))
    }
}

impl Serialize for FaultName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A fault was asked for by a name that does not exist.
#[derive(Debug, thiserror::Error)]
#[error("no fault is named {0:?}; there are: {list}", list = all_names())]
pub struct UnknownFault(String);

fn all_names() -> String {
    FaultName::ALL.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
}

/// A fault that is switched on, and for which requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Which fault.
    pub name: FaultName,
    /// How many times it still strikes; `None` is for ever.
    pub times: Option<u32>,
    /// How many fitting requests pass before it strikes.
    pub after: u32,
    /// Only requests whose path starts so.
    pub path: Option<String>,
    /// Only requests of this method.
    pub method: Option<String>,
    /// Seconds, where the fault has a duration.
    pub seconds: Option<u32>,
}

impl Fault {
    /// Strikes until it is switched off.
    #[must_use]
    pub fn always(name: FaultName) -> Self {
        Self { name, times: None, after: 0, path: None, method: None, seconds: None }
    }

    /// Strikes exactly once.
    #[must_use]
    pub fn once(name: FaultName) -> Self {
        Self { times: Some(1), ..Self::always(name) }
    }

    /// Strikes `times` times.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    /// Lets `after` fitting requests pass first.
    #[must_use]
    pub fn after(self, after: u32) -> Self {
        Self { after, ..self }
    }

    /// Only for paths that start with `path`, for example `/api/v4/leads`.
    #[must_use]
    pub fn on_path(self, path: &str) -> Self {
        Self { path: Some(path.to_owned()), ..self }
    }

    /// Only for one method, for example `POST`.
    #[must_use]
    pub fn on_method(self, method: &str) -> Self {
        Self { method: Some(method.to_uppercase()), ..self }
    }

    /// The duration of a fault that has one.
    #[must_use]
    pub fn seconds(self, seconds: u32) -> Self {
        Self { seconds: Some(seconds), ..self }
    }
}

/// The faults that are on now.
#[derive(Debug, Default)]
pub(crate) struct FaultBoard(Mutex<BTreeMap<FaultName, Fault>>);

impl FaultBoard {
    pub(crate) fn set(&self, fault: Fault) {
        self.lock().insert(fault.name, fault);
    }

    pub(crate) fn clear(&self, name: FaultName) {
        self.lock().remove(&name);
    }

    pub(crate) fn clear_all(&self) {
        self.lock().clear();
    }

    pub(crate) fn all(&self) -> Vec<Fault> {
        self.lock().values().cloned().collect()
    }

    /// Whether the fault is on as a lasting condition; uses nothing up.
    pub(crate) fn is_on(&self, name: FaultName) -> bool {
        self.lock().contains_key(&name)
    }

    pub(crate) fn seconds(&self, name: FaultName) -> Option<u32> {
        self.lock().get(&name).and_then(|fault| fault.seconds)
    }

    /// Strikes if the fault is on for this request, and counts it. The answer is the fault as it was.
    pub(crate) fn strike(&self, name: FaultName, method: &str, path: &str) -> Option<Fault> {
        let mut board = self.lock();
        let fault = board.get_mut(&name)?;
        let fits = fault.path.as_deref().is_none_or(|prefix| path.starts_with(prefix))
            && fault.method.as_deref().is_none_or(|wanted| wanted == method);
        if !fits {
            return None;
        }
        if fault.after > 0 {
            fault.after -= 1;
            return None;
        }
        let struck = fault.clone();
        if let Some(left) = fault.times.as_mut() {
            *left = left.saturating_sub(1);
            if *left == 0 {
                board.remove(&name);
            }
        }
        Some(struck)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<FaultName, Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_as_itself() {
        for name in FaultName::ALL {
            assert_eq!(name.as_str().parse::<FaultName>().unwrap(), *name);
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_list_of_known_ones() {
        let error = "earthquake".parse::<FaultName>().unwrap_err();
        assert!(error.to_string().contains("rate_limited, ip_blocked"));
    }

    #[test]
    fn a_counted_fault_strikes_exactly_so_often_and_only_where_it_was_asked_for() {
        let board = FaultBoard::default();
        board.set(Fault::once(FaultName::ServerError).times(2).after(1).on_path("/api/v4/leads"));
        let strike = |path: &str| board.strike(FaultName::ServerError, "GET", path).is_some();
        assert!(!strike("/api/v4/contacts"));
        assert!(!strike("/api/v4/leads"), "the first fitting request passes");
        assert!(strike("/api/v4/leads"));
        assert!(strike("/api/v4/leads/1"));
        assert!(!strike("/api/v4/leads"));
    }
}
