//! Rows of the sync log: what happened, as a code with facts. The screen words them.

use crate::context::Context;
use crate::difference::Change;
use crate::pull::structure::Structure;
use crate::status::EngineEvent;
use crate::trouble::SyncError;
use cadencia_domain::time::UtcMillis;
use cadencia_store::sync_log::{self, LogActor, LogDirection, LogEntity, LogOutcome, NewLogEntry};
use serde_json::{Map, Value};

/// A row under construction.
#[derive(Clone, Debug)]
pub struct Row {
    operation: &'static str,
    channel: &'static str,
    entity: Option<LogEntity>,
    details: Map<String, Value>,
    outcome: LogOutcome,
    error_code: Option<&'static str>,
    duration_ms: Option<u32>,
    attempt: u32,
    actor: LogActor,
    difference: Option<Value>,
    exchange: Option<String>,
}

/// Begins a row about `operation`: a code that the interface words.
pub fn row(operation: &'static str) -> Row {
    Row {
        operation,
        channel: "app",
        entity: None,
        details: Map::new(),
        outcome: LogOutcome::Done,
        error_code: None,
        duration_ms: None,
        attempt: 1,
        actor: LogActor::Engine,
        difference: None,
        exchange: None,
    }
}

impl Row {
    /// Through what it went: `kommo`, `poll`, `import`, `sign_in`, `app`.
    #[must_use]
    pub fn channel(mut self, channel: &'static str) -> Self {
        self.channel = channel;
        self
    }

    /// What it is about.
    #[must_use]
    pub fn about(mut self, kind: &str, kommo_id: i64, name: &str) -> Self {
        let name = (!name.is_empty()).then(|| name.to_owned());
        self.entity = Some(LogEntity { kind: kind.to_owned(), kommo_id: Some(kommo_id), name });
        self
    }

    /// A fact for its wording.
    #[must_use]
    pub fn detail(mut self, name: &str, value: &impl ToString) -> Self {
        self.details.insert(name.to_owned(), Value::String(value.to_string()));
        self
    }

    /// It did not work; `code` is one of the contract's error codes. `again` when it is tried again by itself.
    #[must_use]
    pub fn failed(mut self, code: &'static str, again: bool) -> Self {
        self.outcome = if code == "forbidden" {
            LogOutcome::Refused
        } else if again {
            LogOutcome::Waiting
        } else {
            LogOutcome::Failed
        };
        self.error_code = Some(code);
        self
    }

    /// How long it took.
    #[must_use]
    pub fn took(mut self, millis: u64) -> Self {
        self.duration_ms = Some(u32::try_from(millis).unwrap_or(u32::MAX));
        self
    }

    /// Which attempt it was, from 1.
    #[must_use]
    pub fn attempt(mut self, attempt: u32) -> Self {
        self.attempt = attempt.max(1);
        self
    }

    /// The person at this computer caused it.
    #[must_use]
    pub fn by_person(mut self) -> Self {
        self.actor = LogActor::Person;
        self
    }

    /// The AI agent caused it.
    #[must_use]
    pub fn by_agent(mut self) -> Self {
        self.actor = LogActor::Agent;
        self
    }

    /// Somebody in Kommo caused it.
    #[must_use]
    pub fn by_kommo(mut self) -> Self {
        self.actor = LogActor::Kommo;
        self
    }

    /// What changed.
    #[must_use]
    pub fn changes(mut self, changes: &[Change]) -> Self {
        self.difference = serde_json::to_value(changes).ok().filter(|_| !changes.is_empty());
        self
    }

    /// Request and answer, already without secrets.
    #[must_use]
    pub fn exchange(mut self, text: String) -> Self {
        self.exchange = Some(text);
        self
    }

    /// Within this computer.
    pub fn local(self, at: UtcMillis) -> NewLogEntry {
        self.finish(LogDirection::Local, at)
    }

    /// From Kommo to us.
    pub fn incoming(self, at: UtcMillis) -> NewLogEntry {
        self.finish(LogDirection::In, at)
    }

    /// From us to Kommo.
    pub fn outgoing(self, at: UtcMillis) -> NewLogEntry {
        self.finish(LogDirection::Out, at)
    }

    fn finish(self, direction: LogDirection, at: UtcMillis) -> NewLogEntry {
        NewLogEntry {
            at,
            direction,
            channel: self.channel.to_owned(),
            operation: self.operation.to_owned(),
            entity: self.entity,
            details: Value::Object(self.details),
            outcome: self.outcome,
            error_code: self.error_code.map(str::to_owned),
            duration_ms: self.duration_ms,
            attempt: self.attempt,
            actor: self.actor,
            difference: self.difference,
            payload_redacted: self.exchange,
        }
    }
}

/// The structure was read.
pub(crate) fn structure_read(structure: &Structure, at: UtcMillis) -> NewLogEntry {
    let stages: usize = structure.pipelines.iter().map(|pipeline| pipeline.stages.len()).sum();
    row("structure_read")
        .channel("import")
        .detail("pipelines", &structure.pipelines.len())
        .detail("stages", &stages)
        .detail("fields", &structure.fields.len())
        .detail("users", &structure.users.as_ref().map_or(0, Vec::len))
        .incoming(at)
}

/// Writes rows and tells about them.
pub(crate) async fn write(context: &Context, rows: Vec<NewLogEntry>) -> Result<(), SyncError> {
    if rows.is_empty() {
        return Ok(());
    }
    let last =
        context.store.write(move |tx| rows.iter().try_fold(0, |_, row| sync_log::append(tx, row))).await?;
    context.tell(EngineEvent::LogAppended(last));
    Ok(())
}
