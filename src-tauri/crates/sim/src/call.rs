//! One request, read and ready for its handler.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use crate::answer::Refusal;
use crate::changes::By;
use crate::faults::{FaultBoard, FaultName};
use crate::query::Query;
use crate::state::{Kind, World};
use crate::stats::Stats;

/// Which account the `Host` header speaks to. One base URL serves `www.kommo.com` and the account's own host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostMeans {
    ThisAccount,
    OtherAccount,
    Www,
}

pub(crate) struct Call<'a> {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) bearer: Option<String>,
    /// The user in whose name the call is made; 0 before the token is known.
    pub(crate) user: u32,
    /// What links in the answer start with.
    pub(crate) base: String,
    pub(crate) now: i64,
    pub(crate) now_ms: i64,
    /// The page number to show when a fault serves another page's content.
    pub(crate) shown_page: Option<usize>,
    pub(crate) faults: &'a FaultBoard,
    pub(crate) stats: &'a Mutex<Stats>,
}

impl Call<'_> {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A segment of the path: 0 is `api` in `/api/v4/leads/7`.
    pub(crate) fn segment(&self, index: usize) -> &str {
        self.path.trim_start_matches('/').split('/').nth(index).unwrap_or_default()
    }

    /// A number in the path. What is no number names nothing.
    pub(crate) fn id(&self, index: usize) -> Result<u32, Refusal> {
        self.segment(index).parse().map_err(|_| cannot(&self.method, &self.base, &self.path))
    }

    /// The kind of cards an `/api/v4/{entity}/...` path speaks of.
    pub(crate) fn kind(&self) -> Result<Kind, Refusal> {
        Kind::from_plural(self.segment(2)).ok_or_else(|| cannot(&self.method, &self.base, &self.path))
    }

    /// The body as JSON. An empty or broken one is refused as Kommo does.
    pub(crate) fn json(&self) -> Result<Value, Refusal> {
        match serde_json::from_slice(&self.body) {
            Ok(Value::Null) | Err(_) => Err(Refusal::empty_body()),
            Ok(value) => Ok(value),
        }
    }

    /// The items of a batch: an array of 1 to `most` objects.
    pub(crate) fn items(&self, most: usize) -> Result<Vec<Value>, Refusal> {
        let Value::Array(items) = self.json()? else { return Err(Refusal::problem(400, "Array expected")) };
        if items.is_empty() {
            return Err(Refusal::empty_body());
        }
        if items.len() > most {
            return Err(Refusal::problem(422, format!("Limit {most} per page")));
        }
        Ok(items)
    }

    /// Who writes, and when.
    pub(crate) fn by(&self) -> By {
        By { user: self.user, now_ms: self.now_ms }
    }

    pub(crate) fn is_admin(&self, world: &World) -> bool {
        let is_admin = world.user(self.user).is_some_and(|user| user.rights.is_admin);
        is_admin && !self.faults.is_on(FaultName::NonAdmin)
    }

    pub(crate) fn admin_only(&self, world: &World) -> Result<(), Refusal> {
        if self.is_admin(world) { Ok(()) } else { Err(Refusal::not_admin()) }
    }

    /// Whether the named fault strikes this request; uses it up.
    pub(crate) fn strike(&self, name: FaultName) -> bool {
        self.faults.strike(name, &self.method, &self.path).is_some()
    }

    pub(crate) fn count(&self, act: impl FnOnce(&mut Stats)) {
        act(&mut self.stats.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn wrote(&self, kind: &str, count: usize) {
        self.count(|stats| stats.wrote(kind, count));
    }

    pub(crate) fn host_means(&self, subdomain: &str) -> HostMeans {
        let host = self.header("host").unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        let Some((first, rest)) = host.split_once('.') else { return HostMeans::ThisAccount };
        if !matches!(rest, "kommo.com" | "amocrm.com" | "amocrm.ru") {
            return HostMeans::ThisAccount;
        }
        match first {
            "www" => HostMeans::Www,
            _ if first == subdomain => HostMeans::ThisAccount,
            _ => HostMeans::OtherAccount,
        }
    }
}

/// The answer to a path nobody serves.
pub(crate) fn cannot(method: &str, base: &str, path: &str) -> Refusal {
    Refusal::problem(404, format!("Cannot {method} {base}{path}"))
}
