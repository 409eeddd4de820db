//! What webhooks delivered: each delivery says what to look at, and Kommo itself says how it is now. So a delivery that
//! comes late, twice or out of order can never put something old in the place of something new.

mod read;

use self::read::{Read, Told as ToldHere};
use crate::apply;
use crate::context::Context;
use crate::log;
use crate::pull::history::{self, Affected, Told};
use crate::status::EngineEvent;
use crate::trouble::SyncError;
use cadencia_domain::time::UtcMillis;
use cadencia_store::deliveries::{self, Delivery, DeliveryEffect, Handled};
use cadencia_store::messages::{self, MessageDirection};
use cadencia_store::sync_log::NewLogEntry;
use cadencia_store::{StoreError, Transaction, account_profiles};
use kommo::Priority;
use std::collections::BTreeSet;

/// Deliveries looked at together: what several tell of one thing is asked once.
const TOGETHER: u32 = 100;

/// How a round ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InboxReport {
    /// Deliveries looked at.
    pub handled: u32,
    /// More wait.
    pub has_more: bool,
}

/// Looks at what waits.
pub(crate) async fn run_once(context: &Context) -> Result<InboxReport, SyncError> {
    let (waiting, account) = context
        .store
        .read(|conn| {
            let account = account_profiles::get(conn)?.map(|profile| profile.kommo_id.0);
            Ok((deliveries::waiting(conn, TOGETHER)?, account))
        })
        .await?;
    if waiting.is_empty() {
        return Ok(InboxReport::default());
    }
    let read: Vec<Read> = waiting.iter().map(|delivery| read::of(delivery, account)).collect();
    let mut affected = Affected::default();
    for one in &read {
        one.add_to(&mut affected);
    }
    let client = context.client.with_priority(Priority::Webhook);
    let mut told = Told::through("webhook");
    let followed = history::follow(context, &client, affected, &mut told).await;
    if !told.changed.lead_ids.is_empty() {
        context.tell(EngineEvent::LeadsChanged(std::mem::take(&mut told.changed.lead_ids)));
    }
    // What could not be asked is asked again: the deliveries go on waiting.
    followed?;

    let handled = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
    let touched: BTreeSet<(&'static str, i64)> = told.changed.touched.iter().copied().collect();
    let now = context.clock.now();
    let last = context
        .store
        .write(move |tx| {
            let mut last = 0;
            for (delivery, read) in waiting.iter().zip(&read) {
                last = finish(tx, delivery, read, &touched, now)?.max(last);
            }
            Ok(last)
        })
        .await?;
    if last > 0 {
        context.tell(EngineEvent::LogAppended(last));
    }
    context.tell(EngineEvent::InboxChanged);
    Ok(InboxReport { handled, has_more: handled >= TOGETHER })
}

/// Notes what a delivery brought: its messages, its row of the log, its end.
fn finish(
    tx: &Transaction<'_>,
    delivery: &Delivery,
    read: &Read,
    touched: &BTreeSet<(&'static str, i64)>,
    now: UtcMillis,
) -> Result<i64, StoreError> {
    let is_first = delivery.attempts == 0;
    let mut rows: Vec<NewLogEntry> = Vec::new();
    let handled = match &read.told {
        ToldHere::Unreadable(reason) => {
            rows.push(row("delivery_unreadable", delivery, read, now).detail("reason", reason).incoming(now));
            Handled::Unreadable(reason)
        }
        ToldHere::Ignored(reason) => {
            rows.push(row("delivery_ignored", delivery, read, now).detail("reason", reason).incoming(now));
            Handled::Ignored(reason)
        }
        ToldHere::Events(events) => {
            let mut effect = DeliveryEffect { lead: read.lead(), ..DeliveryEffect::default() };
            for message in &events.messages {
                if messages::keep(tx, message, now)? {
                    effect.messages += 1;
                    let operation = match message.direction {
                        MessageDirection::In => "message_received",
                        MessageDirection::Out => "message_sent",
                    };
                    rows.push(said(operation, message.lead, now));
                }
            }
            // A conversation begins once, however often that is told.
            rows.extend(events.talks.iter().filter(|_| is_first).map(|lead| said("talk_added", *lead, now)));
            let changed = events.touched().iter().filter(|thing| touched.contains(*thing)).count();
            effect.changes = u32::try_from(changed).unwrap_or(u32::MAX);
            rows.push(
                row("delivery_received", delivery, read, now)
                    .detail("changes", &effect.changes)
                    .detail("messages", &effect.messages)
                    .incoming(now),
            );
            Handled::Done(effect)
        }
    };
    deliveries::finish(tx, delivery, &read.kinds, &handled, now)?;
    apply::append(tx, &rows)
}

fn said(operation: &'static str, lead: Option<i64>, now: UtcMillis) -> NewLogEntry {
    about_lead(log::row(operation), lead).channel("webhook").by_kommo().incoming(now)
}

fn row(operation: &'static str, delivery: &Delivery, read: &Read, now: UtcMillis) -> log::Row {
    let waited = now.since(delivery.last_received_at).max(0);
    about_lead(log::row(operation), read.lead())
        .channel("webhook")
        .by_kommo()
        .detail("delivery", &delivery.id)
        .detail("kinds", &read.kinds.join(","))
        .detail("times", &delivery.times)
        .attempt(delivery.attempts + 1)
        .took(u64::try_from(waited).unwrap_or(0))
}

fn about_lead(row: log::Row, lead: Option<i64>) -> log::Row {
    match lead {
        Some(lead) => row.about("lead", lead, ""),
        None => row,
    }
}
