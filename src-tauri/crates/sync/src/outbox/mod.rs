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
mod moves;
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
        // What became due since the round began was not looked at yet.
        has_more: is_due && (round.progressed || next_due > Some(now)),
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
            let ended = cards::send(round, kind, together.clone()).await;
            round.end_part(&together, ended).await?;
        }
    }
    for (what, rows) in created {
        for together in by_turn(rows) {
            let ended = create::send(round, what, together.clone()).await;
            round.end_part(&together, ended).await?;
        }
    }
    for row in single {
        let ended = match &row.write {
            Write::Link { lead, contact, is_linked, is_main } => {
                let change =
                    LinkChange { lead: *lead, contact: *contact, is_linked: *is_linked, is_main: *is_main };
                single::link(round, &row, change).await
            }
            Write::TaskDone { task, result, .. } => single::task_done(round, &row, *task, result).await,
            _ => Ok(()),
        };
        round.end_part(std::slice::from_ref(&row), ended).await?;
    }
    Ok(())
}

/// As many as go into one request. What was put aside goes alone, and can take nothing along.
fn by_turn(rows: Vec<OutboxRow>) -> Vec<Vec<OutboxRow>> {
    let (together, alone): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| !failure::goes_alone(row));
    let mut parts: Vec<Vec<OutboxRow>> = together.chunks(TOGETHER).map(<[_]>::to_vec).collect();
    parts.extend(alone.into_iter().map(|row| vec![row]));
    parts
}

/// Changes of so many cards as go into one request; all changes of a card stay together. A card with a change that
/// was put aside goes alone.
fn by_cards(rows: Vec<OutboxRow>) -> Vec<Vec<OutboxRow>> {
    let mut cards: BTreeMap<String, Vec<OutboxRow>> = BTreeMap::new();
    for row in rows {
        cards.entry(row.lane.clone()).or_default().push(row);
    }
    let (together, alone): (Vec<_>, Vec<_>) =
        cards.into_values().partition(|rows| !rows.iter().any(failure::goes_alone));
    let mut parts: Vec<Vec<OutboxRow>> = together.chunks(TOGETHER).map(<[_]>::concat).collect();
    parts.extend(alone);
    parts
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
