//! The sync log.

use cadencia_contract::{
    ErrorCode, Int53, LogActor, LogChannel, LogDifference, LogDirection, LogListRequest, LogOutcome, LogRow,
    LogWorded,
};
use cadencia_store::sync_log as stored;
use cadencia_sync::difference::Change;
use kommo::{ErrorKind, RequestRecord};
use serde_json::Value;
use std::collections::BTreeMap;

/// One row.
pub(crate) fn row(entry: stored::LogEntry) -> LogRow {
    let stored::LogEntry { id, entry } = entry;
    let details: BTreeMap<String, String> = match entry.details {
        Value::Object(map) => map.into_iter().map(|(name, value)| (name, text(value))).collect(),
        _ => BTreeMap::new(),
    };
    let (entity_kind, entity_kommo_id, entity_name) = match entry.entity {
        Some(entity) => (Some(entity.kind), entity.kommo_id.map(Int53), entity.name),
        None => (None, None, None),
    };
    LogRow {
        id: Int53(id),
        at_ms: Int53(entry.at.0),
        direction: match entry.direction {
            stored::LogDirection::In => LogDirection::In,
            stored::LogDirection::Out => LogDirection::Out,
            stored::LogDirection::Local => LogDirection::Local,
        },
        channel: match entry.channel.as_str() {
            "kommo" => LogChannel::Kommo,
            "poll" => LogChannel::Poll,
            "import" => LogChannel::Import,
            "sign_in" => LogChannel::SignIn,
            "outbox" => LogChannel::Outbox,
            "webhook" => LogChannel::Webhook,
            _ => LogChannel::App,
        },
        entity_kind,
        entity_kommo_id,
        entity_name,
        operation: entry.operation,
        details,
        outcome: match entry.outcome {
            stored::LogOutcome::Done => LogOutcome::Done,
            stored::LogOutcome::Waiting => LogOutcome::Retrying,
            stored::LogOutcome::Failed => LogOutcome::Failed,
            stored::LogOutcome::Refused => LogOutcome::Refused,
        },
        error_code: entry.error_code.as_deref().and_then(ErrorCode::parse),
        duration_ms: entry.duration_ms,
        attempt: entry.attempt,
        actor: match entry.actor {
            stored::LogActor::Person => LogActor::Person,
            stored::LogActor::Kommo => LogActor::Kommo,
            stored::LogActor::Engine => LogActor::Engine,
            stored::LogActor::Agent => LogActor::Agent,
        },
    }
}

/// What changed, field by field.
pub(crate) fn difference(value: Option<&Value>) -> Vec<LogDifference> {
    let changes: Vec<Change> =
        value.and_then(|value| serde_json::from_value(value.clone()).ok()).unwrap_or_default();
    changes
        .into_iter()
        .map(|change| LogDifference { field: change.field, before: change.before, after: change.after })
        .collect()
}

/// Which rows a request asks for.
pub(crate) fn query(request: &LogListRequest) -> stored::LogQuery {
    stored::LogQuery {
        search: request.search.clone().filter(|text| !text.trim().is_empty()),
        worded: request.worded.as_ref().map(worded).unwrap_or_default(),
        directions: request
            .directions
            .iter()
            .map(|direction| match direction {
                LogDirection::In => stored::LogDirection::In,
                LogDirection::Out => stored::LogDirection::Out,
                LogDirection::Local => stored::LogDirection::Local,
            })
            .collect(),
        outcomes: request.outcomes.iter().map(outcome).collect(),
        entity: request.lead_kommo_id.map(|id| ("lead".to_owned(), id.0)),
        before_id: request.before_id.map(|id| id.0),
        limit: request.limit.unwrap_or(100).clamp(1, 500),
        ..stored::LogQuery::default()
    }
}

fn outcome(outcome: &LogOutcome) -> stored::LogOutcome {
    match outcome {
        LogOutcome::Done => stored::LogOutcome::Done,
        LogOutcome::Retrying => stored::LogOutcome::Waiting,
        LogOutcome::Failed => stored::LogOutcome::Failed,
        LogOutcome::Refused => stored::LogOutcome::Refused,
    }
}

fn worded(worded: &LogWorded) -> stored::LogWorded {
    let channel = |channel: &LogChannel| match channel {
        LogChannel::Kommo => "kommo",
        LogChannel::Poll => "poll",
        LogChannel::Import => "import",
        LogChannel::Outbox => "outbox",
        LogChannel::Webhook => "webhook",
        LogChannel::SignIn => "sign_in",
        LogChannel::App => "app",
    };
    stored::LogWorded {
        operations: worded.operations.clone(),
        channels: worded.channels.iter().map(|one| channel(one).to_owned()).collect(),
        outcomes: worded.outcomes.iter().map(outcome).collect(),
        entity_kinds: worded.entity_kinds.clone(),
        fields: worded.fields.clone(),
    }
}

fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// The contract's code for a request that failed.
pub(crate) fn code_of_request(kind: ErrorKind, record: &RequestRecord) -> &'static str {
    match kind {
        ErrorKind::Unauthorized => "token_refused",
        ErrorKind::PaymentRequired => "account_unpaid",
        ErrorKind::Forbidden => "forbidden",
        ErrorKind::Blocked | ErrorKind::BudgetBlocked => "ip_blocked",
        ErrorKind::TooManyRequests => "rate_limited",
        ErrorKind::Server => "kommo_unavailable",
        ErrorKind::NotSent => "network_unreachable",
        ErrorKind::Ambiguous => "timed_out",
        ErrorKind::TokenUnavailable => "needs_sign_in",
        _ if record.status.is_none() => "network_unreachable",
        _ => "kommo_unreadable",
    }
}

/// Request and answer in a few lines: no body, no token, no value that somebody searched for.
pub(crate) fn exchange(record: &RequestRecord) -> String {
    use std::fmt::Write as _;
    let mut text = format!("{} {}", record.method, record.path);
    if !record.query.is_empty() {
        let _ = write!(text, "?{}", record.query);
    }
    match record.status {
        Some(status) => {
            let _ = write!(text, "\n\n{status}");
        }
        None => text.push_str("\n\n-"),
    }
    let _ = write!(text, ", {} B", record.bytes_received);
    if let Some(id) = &record.request_id {
        let _ = write!(text, "\nX-Request-Id: {id}");
    }
    text
}
