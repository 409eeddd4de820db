//! What the simulator counted.

use std::collections::BTreeMap;

use serde::Serialize;

/// Counts since the start or the last reset. The control interface itself is not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Requests that arrived, refused ones too.
    pub requests: u64,
    /// Answers by HTTP status.
    pub by_status: BTreeMap<u16, u64>,
    /// Requests of the refresh grant, whatever their answer.
    pub oauth_refreshes: u64,
    /// Refreshes that were answered with a new pair.
    pub oauth_refreshes_granted: u64,
    /// Things written through the API, by kind (`leads_added`, `tasks_updated`, ...).
    pub writes: BTreeMap<String, u64>,
    /// Messages handed to a chat by the API or a bot.
    pub messages_sent: u64,
    /// Requests by method and path, ids replaced by `{id}`.
    pub requests_by_path: BTreeMap<String, u64>,
    /// The most requests of one caller within one second.
    pub peak_per_second: usize,
    /// Webhook deliveries made.
    pub deliveries: u64,
    /// Webhook deliveries that were not answered well.
    pub deliveries_failed: u64,
}

impl Stats {
    pub(crate) fn arrived(&mut self, method: &str, path: &str) {
        self.requests += 1;
        let key = format!("{method} {}", without_ids(path));
        *self.requests_by_path.entry(key).or_default() += 1;
    }

    pub(crate) fn answered(&mut self, status: u16) {
        *self.by_status.entry(status).or_default() += 1;
    }

    pub(crate) fn wrote(&mut self, kind: &str, count: usize) {
        if count > 0 {
            *self.writes.entry(kind.to_owned()).or_default() += count as u64;
        }
    }
}

fn without_ids(path: &str) -> String {
    path.split('/')
        .map(|part| {
            let is_id =
                part.bytes().any(|b| b.is_ascii_digit()) && part != "v4" && part != "v2" && part != "oauth2";
            if is_id { "{id}" } else { part }
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_counted_without_their_ids() {
        assert_eq!(without_ids("/api/v4/leads/123/notes"), "/api/v4/leads/{id}/notes");
        assert_eq!(without_ids("/oauth2/access_token"), "/oauth2/access_token");
        assert_eq!(without_ids("/api/v2/salesbot/run"), "/api/v2/salesbot/run");
    }
}
