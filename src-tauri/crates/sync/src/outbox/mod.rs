//! Sending: every promised change, in order, once.
//!
//! Before anything is sent Kommo is asked what stands there now. That one question decides about conflicts, recognises
//! what was carried out although its answer was lost, and makes sending again harmless.

mod author;
mod cards;
mod create;
mod decide;
mod failure;
mod look;
mod overlay;
pub(crate) mod overwritten;
mod round;
mod single;
mod told;
mod wire;

pub use author::{Author, author};
pub use overlay::{Pending, show_on_contact, show_on_lead};

use self::create::Created;
use self::round::Round;
use self::single::LinkChange;
use crate::apply;
use crate::context::Context;
use crate::status::EngineEvent;
use crate::trouble::SyncError;
use cadencia_domain::field::EntityKind;
use cadencia_domain::time::UtcMillis;
use cadencia_domain::write::Write;
use cadencia_store::outbox::{self, OutboxRow};
use kommo::Priority;
use std::collections::BTreeMap;

/// So many changes at most in one request: Kommo recommends 50 (Kommo docs: limitations).
const TOGETHER: usize = 50;
/// So many are looked at in one round.
const AT_ONCE: u32 = 400;

/// How a round ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendReport {
    /// Changes that are in Kommo now.
    pub sent: u32,
    /// Changes that need a person now.
    pub wedged: u32,
    /// Another round may have work at once.
    pub has_more: bool,
    /// When the next change is due; none when nothing waits.
    pub next_due: Option<UtcMillis>,
    /// A person stopped sending.
    pub is_paused: bool,
}

/// Sends what is due.
pub(crate) async fn run_once(context: &Context) -> Result<SendReport, SyncError> {
    let now = context.clock.now();
    let (is_paused, rows) = context
        .store
        .read(move |conn| Ok((outbox::is_paused(conn)?, outbox::due(conn, now, AT_ONCE)?)))
        .await?;
    if is_paused {
        return Ok(SendReport { sent: 0, wedged: 0, has_more: false, next_due: None, is_paused });
    }
    let client = context.client.with_priority(Priority::Person);
    let mut round = Round::new(context, client);
    let ended = send(&mut round, rows).await;
    let touched = std::mem::take(&mut round.changed.lead_ids);
    context.tell(EngineEvent::OutboxChanged);
    if !touched.is_empty() {
        context.tell(EngineEvent::LeadsChanged(touched));
    }
    if !round.wedged.is_empty() {
        context.tell(EngineEvent::ChangesWedged(u32::try_from(round.wedged.len()).unwrap_or(u32::MAX)));
    }
    ended?;
    let next_due = context.store.read(outbox::next_due).await?;
    let is_due = next_due.is_some_and(|at| at <= context.clock.now());
    Ok(SendReport {
        sent: round.sent,
        wedged: u32::try_from(round.wedged.len()).unwrap_or(u32::MAX),
        has_more: is_due && round.progressed,
        next_due,
        is_paused,
    })
}

async fn send(round: &mut Round<'_>, rows: Vec<OutboxRow>) -> Result<(), SyncError> {
    let (mut edits, mut created): (BTreeMap<EntityKind, Vec<OutboxRow>>, BTreeMap<Created, Vec<OutboxRow>>) =
        Default::default();
    let mut single = Vec::new();
    for row in rows {
        match &row.write {
            Write::Edit { card, .. } => edits.entry(card.kind).or_default().push(row),
            Write::Tag { .. } => edits.entry(EntityKind::Lead).or_default().push(row),
            Write::Link { .. } | Write::TaskDone { .. } => single.push(row),
            write => {
                if let Some(what) = Created::of(write) {
                    created.entry(what).or_default().push(row);
                }
            }
        }
    }
    for (kind, rows) in edits {
        for together in by_cards(rows) {
            cards::send(round, kind, together).await?;
        }
    }
    for (what, rows) in created {
        for together in rows.chunks(TOGETHER) {
            create::send(round, what, together.to_vec()).await?;
        }
    }
    for row in single {
        match &row.write {
            Write::Link { lead, contact, is_linked, is_main } => {
                let change =
                    LinkChange { lead: *lead, contact: *contact, is_linked: *is_linked, is_main: *is_main };
                single::link(round, &row, change).await?;
            }
            Write::TaskDone { task, result, .. } => {
                single::task_done(round, &row, *task, result).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Changes of so many cards as go into one request; all changes of a card stay together.
fn by_cards(rows: Vec<OutboxRow>) -> Vec<Vec<OutboxRow>> {
    let mut parts: Vec<(std::collections::BTreeSet<String>, Vec<OutboxRow>)> = Vec::new();
    for row in rows {
        let home = parts.iter().position(|(lanes, _)| lanes.contains(&row.lane) || lanes.len() < TOGETHER);
        match home {
            Some(place) => {
                parts[place].0.insert(row.lane.clone());
                parts[place].1.push(row);
            }
            None => parts.push((std::collections::BTreeSet::from([row.lane.clone()]), vec![row])),
        }
    }
    parts.into_iter().map(|(_, rows)| rows).collect()
}

/// Frees what was held because something was missing in Kommo and is there now.
pub(crate) async fn release_repaired(context: &Context) -> Result<usize, SyncError> {
    let Some(structure) = context.structure() else { return Ok(0) };
    let held = context.store.read(|conn| outbox::wedged_with(conn, &decide::REPAIRABLE)).await?;
    let free: Vec<i64> = held
        .iter()
        .filter(|row| decide::missing(&row.write, &structure).is_none())
        .map(|row| row.id)
        .collect();
    if free.is_empty() {
        return Ok(0);
    }
    let now = context.clock.now();
    let log = crate::log::row("changes_released").channel("outbox").detail("changes", &free.len()).local(now);
    let released = context
        .store
        .write(move |tx| {
            apply::append(tx, &[log])?;
            outbox::release(tx, &free, now)
        })
        .await?;
    context.tell(EngineEvent::OutboxChanged);
    Ok(released)
}
