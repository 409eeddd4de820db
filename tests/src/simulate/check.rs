//! What has to hold when everything has come to rest.

use super::{Broken, Simulation};
use crate::{differences, of_simulator};
use cadencia_contract::{ConflictList, OutboxList, OutboxView, WriteState};
use serde_json::{Value, json};

/// What a step did that had to work.
pub(crate) fn read<T: serde::de::DeserializeOwned>(
    answer: Result<Value, cadencia_contract::ApiError>,
) -> Result<T, Broken> {
    let answer = answer.map_err(|error| Broken(format!("a command failed: {error:?}")))?;
    serde_json::from_value(answer)
        .map_err(|error| Broken(format!("a command answered another shape: {error}")))
}

impl Simulation {
    fn outbox(&self) -> Result<Vec<OutboxView>, Broken> {
        let mut all: Vec<OutboxView> = Vec::new();
        loop {
            let before = all.last().map(|row| row.id);
            let list: OutboxList =
                read(self.app.call("outbox_list", json!({"limit": 500, "before_id": before})))?;
            if list.rows.is_empty() {
                return Ok(all);
            }
            all.extend(list.rows);
        }
    }

    pub(crate) fn is_at_rest(&self) -> Result<bool, Broken> {
        let list: OutboxList = read(self.app.call("outbox_list", json!({"limit": 1})))?;
        Ok(list.summary.open == 0)
    }

    pub(crate) fn check(&mut self) -> Result<(), Broken> {
        let writes = self.count_writes();
        for _ in 0..2 {
            self.pass(61);
            self.poll();
            self.send();
        }
        if self.count_writes() != writes {
            return Err(Broken("something was written because of what came back".to_owned()));
        }
        let kommo = self.home().sim.state_snapshot();
        let found = differences(&self.app.mirror_snapshot(), &of_simulator(&kommo));
        if !found.is_empty() {
            return Err(Broken(format!("the mirror differs from Kommo:\n{}", found.join("\n"))));
        }
        let outbox = self.outbox()?;
        self.report.wedged = outbox.iter().filter(|row| row.state == WriteState::Wedged).count();
        self.check_created(&kommo, &outbox)?;
        self.check_edits(&kommo, &outbox)?;
        self.check_theirs(&kommo, &outbox)
    }

    pub(crate) fn count_writes(&self) -> usize {
        let is_write = |sent: &&crate::Sent| sent.method != "GET" && sent.path.starts_with("/api/v4");
        self.home().wire.sent().iter().filter(is_write).count()
    }

    /// Every note, task and lead is there once, or is shown as not sent.
    fn check_created(&self, kommo: &Value, outbox: &[OutboxView]) -> Result<(), Broken> {
        for created in &self.created {
            let is_it = |one: &&Value| match created.part {
                // Kommo's clock is known here to the second.
                "leads" => one["created_at"].as_i64().is_some_and(|at| (at - created.second).abs() <= 1),
                _ => one.to_string().contains(&created.text),
            };
            let found: Vec<&Value> =
                kommo[created.part].as_array().into_iter().flatten().filter(is_it).collect();
            // What somebody deleted before we could look for it cannot be told from what was never created.
            let stands = found.iter().filter(|one| one["is_deleted"] != true).count();
            let times = if found.is_empty() { 0 } else { stands.max(1) };
            let row = outbox.iter().find(|row| row.after.as_deref() == Some(created.text.as_str()));
            let Some(row) = row else { return Err(Broken(format!("{created:?} is nowhere"))) };
            let is_fit = match row.state {
                WriteState::Done => times == 1,
                WriteState::Wedged => times <= 1,
                WriteState::Discarded => times == 0,
                _ => false,
            };
            if !is_fit {
                let named: Vec<&Value> = kommo[created.part]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|one| one.to_string().contains("criado aqui"))
                    .collect();
                return Err(Broken(format!(
                    "{created:?} is {:?} and {times} times in Kommo: {found:?} of {named:?}",
                    row.state
                )));
            }
        }
        Ok(())
    }

    /// Every value that is called done was written in Kommo once; every other is told.
    fn check_edits(&self, kommo: &Value, outbox: &[OutboxView]) -> Result<(), Broken> {
        for row in outbox.iter().filter(|row| row.kind == "edit") {
            let Some(wanted) = row.after.as_deref() else { continue };
            if !matches!(row.field.as_deref(), Some("name")) {
                continue;
            }
            let lead = row.entity_kommo_id.map_or(0, |id| id.0);
            let times = written(kommo, lead, wanted);
            let is_fit = match row.state {
                WriteState::Done => times >= 1,
                WriteState::Superseded | WriteState::Discarded => times == 0,
                WriteState::Conflict | WriteState::Wedged => true,
                WriteState::Waiting | WriteState::Sending => false,
            };
            // Only who brings a lost value back writes it twice, be it ours or theirs.
            let again = outbox.iter().filter(|other| other.after == row.after).count()
                + usize::from(self.theirs.iter().any(|theirs| theirs.value == wanted));
            if !is_fit || times > again {
                return Err(Broken(format!(
                    "lead {lead} {wanted:?} is {:?} and written {times} times",
                    row.state
                )));
            }
        }
        Ok(())
    }

    /// No value that somebody in Kommo wrote is gone without a word.
    fn check_theirs(&mut self, kommo: &Value, outbox: &[OutboxView]) -> Result<(), Broken> {
        let conflicts: ConflictList =
            read(self.app.call("conflict_list", json!({"with_ended": true, "limit": 500})))?;
        self.report.conflicts = conflicts.rows.len();
        for theirs in &self.theirs {
            // Only what stood there until we wrote counts: what came next, in the order in which Kommo heard it.
            let kind = if theirs.subject == "name" { "name_field_changed" } else { "sale_field_changed" };
            let next = history(kommo, theirs.lead)
                .filter(|event| event[1] == kind)
                .skip_while(|event| !event[6].to_string().contains(&quoted(theirs)))
                .nth(1);
            let is_ours = |event: &Value| match &event[6][0] {
                told if told["name_field_value"]["name"].is_string() => told.to_string().contains("\"nosso "),
                told => {
                    (7_000_000..8_000_000).contains(&told["sale_field_value"]["sale"].as_i64().unwrap_or(0))
                }
            };
            if !next.is_some_and(is_ours) {
                continue;
            }
            let now = kommo["leads"].as_array().into_iter().flatten().find(|lead| lead["id"] == theirs.lead);
            let Some(now) = now.filter(|lead| lead["is_deleted"] != true) else { continue };
            let stands = match theirs.subject {
                "name" => now["name"].as_str().unwrap_or_default().to_owned(),
                _ => now["price"].to_string(),
            };
            let shown = |value: &Option<String>| {
                value.as_deref().is_some_and(|value| value.trim_end_matches(".00") == theirs.value)
            };
            let of_lead = |row: &&OutboxView| {
                row.entity_kommo_id.is_some_and(|id| id.0 == theirs.lead)
                    && row.field.as_deref() == Some(theirs.subject)
            };
            let was_seen = outbox.iter().filter(of_lead).any(|row| shown(&row.before));
            let is_told = conflicts.rows.iter().any(|row| shown(&row.lost));
            if !was_seen && !is_told {
                let rows: Vec<String> = outbox
                    .iter()
                    .filter(of_lead)
                    .map(|row| format!("{:?} {:?} -> {:?}", row.state, row.before, row.after))
                    .collect();
                let told: Vec<_> = history(kommo, theirs.lead).collect();
                return Err(Broken(format!(
                    "{theirs:?} gave way to {stands:?} without a word\nchanges: {}\nhistory: {told:?}",
                    rows.join("; ")
                )));
            }
        }
        Ok(())
    }
}

/// How often a name was written, by Kommo's own history.
fn written(kommo: &Value, lead: i64, name: &str) -> usize {
    history(kommo, lead)
        .filter(|event| event[1] == "name_field_changed")
        .filter(|event| event[6].to_string().contains(&format!("{name:?}")))
        .count()
}

/// A value as Kommo's history writes it: a name between quotes, so that one is not taken for the beginning of another.
fn quoted(theirs: &super::Theirs) -> String {
    if theirs.subject == "name" { format!("{:?}", theirs.value) } else { theirs.value.clone() }
}

/// Kommo's history of a lead: id, kind, what of, its number, who, when, what came of it.
fn history(kommo: &Value, lead: i64) -> impl Iterator<Item = &Value> {
    let all = kommo["events"].as_array().into_iter().flatten();
    all.filter(move |event| event[2] == "lead" && event[3] == lead)
}
