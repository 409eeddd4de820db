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
use cadencia_store::messages::{self, Message, MessageDirection};
use cadencia_store::sync_log::NewLogEntry;
use cadencia_store::{StoreError, Transaction, account_profiles};
use kommo::Priority;
use kommo::retry::RetryClass;
use std::collections::BTreeSet;

/// Deliveries looked at together: what several tell of one thing is asked once.
const TOGETHER: u32 = 100;
/// A delivery about something that Kommo refuses to show is asked for again for this long.
const GIVE_UP_MS: i64 = 600_000;

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
    let batch: Vec<(Delivery, Read)> = waiting
        .into_iter()
        .map(|delivery| {
            let read = read::of(&delivery, account);
            (delivery, read)
        })
        .collect();
    let handled = u32::try_from(batch.len()).unwrap_or(u32::MAX);
    look_at(context, batch).await?;
    Ok(InboxReport { handled, has_more: handled >= TOGETHER })
}

/// Looks at these together; one by one when something of one of them alone stands in the way, so that it holds up
/// nothing else.
async fn look_at(context: &Context, batch: Vec<(Delivery, Read)>) -> Result<(), SyncError> {
    let (error, batch) = match follow(context, batch).await {
        Ok(()) => return Ok(()),
        Err(stopped) => stopped,
    };
    // What was said is in the delivery itself: it waits for no answer.
    keep_messages(context, &batch).await?;
    if !is_about_one(&error) {
        return Err(error);
    }
    let mut stays = None;
    for one in batch {
        let Err((error, left)) = follow(context, vec![one]).await else { continue };
        if !is_about_one(&error) {
            return Err(error);
        }
        let now = context.clock.now();
        let (old, young): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|(one, _)| now.since(one.last_received_at) >= GIVE_UP_MS);
        // Cards that Kommo does not show by their number come with a poll.
        end(context, old, &BTreeSet::new(), true).await?;
        if !young.is_empty() {
            stays = Some(error);
        }
    }
    stays.map_or(Ok(()), Err)
}

/// Whether what one delivery is about stands in the way, not the way to Kommo.
fn is_about_one(error: &SyncError) -> bool {
    let SyncError::Kommo(error) = error else { return false };
    match error {
        kommo::Error::PaymentRequired { .. } => false,
        error => matches!(error.retry_class(), RetryClass::Refused | RetryClass::Unusable),
    }
}

/// What could not be followed, and why.
type Stopped = (SyncError, Vec<(Delivery, Read)>);

/// Asks Kommo for everything that these tell of, and notes what they brought.
async fn follow(context: &Context, batch: Vec<(Delivery, Read)>) -> Result<(), Stopped> {
    let mut affected = Affected::default();
    for (_, read) in &batch {
        read.add_to(&mut affected);
    }
    let client = context.client.with_priority(Priority::Webhook);
    let mut told = Told::through("webhook");
    let followed = history::follow(context, &client, affected, &mut told).await;
    if !told.changed.lead_ids.is_empty() {
        context.tell(EngineEvent::LeadsChanged(std::mem::take(&mut told.changed.lead_ids)));
    }
    if let Err(error) = followed {
        // What could not be asked is asked again: the deliveries go on waiting.
        return Err((error, batch));
    }
    let touched: BTreeSet<(&'static str, i64)> = told.changed.touched.iter().copied().collect();
    end(context, batch, &touched, false).await.map_err(|error| (error, Vec::new()))
}

/// Notes what these brought. `is_left` is for those whose cards Kommo does not show.
async fn end(
    context: &Context,
    batch: Vec<(Delivery, Read)>,
    touched: &BTreeSet<(&'static str, i64)>,
    is_left: bool,
) -> Result<(), SyncError> {
    if batch.is_empty() {
        return Ok(());
    }
    let (now, touched) = (context.clock.now(), touched.clone());
    let last = context
        .store
        .write(move |tx| {
            let mut last = 0;
            for (delivery, read) in &batch {
                last = finish(tx, delivery, read, &touched, is_left, now)?.max(last);
            }
            Ok(last)
        })
        .await?;
    tell(context, last);
    Ok(())
}

/// Keeps what was said in these, whatever becomes of the rest.
async fn keep_messages(context: &Context, batch: &[(Delivery, Read)]) -> Result<(), SyncError> {
    let said: Vec<Message> = batch
        .iter()
        .filter_map(|(_, read)| match &read.told {
            ToldHere::Events(events) => Some(events.messages.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    let now = context.clock.now();
    let last =
        context.store.write(move |tx| keep(tx, &said, now).and_then(|rows| apply::append(tx, &rows))).await?;
    tell(context, last);
    Ok(())
}

fn tell(context: &Context, last: i64) {
    if last > 0 {
        context.tell(EngineEvent::LogAppended(last));
    }
    context.tell(EngineEvent::InboxChanged);
}

/// Keeps messages that are new, and says so in the log.
fn keep(tx: &Transaction<'_>, said: &[Message], now: UtcMillis) -> Result<Vec<NewLogEntry>, StoreError> {
    let mut rows = Vec::new();
    for message in said {
        if messages::keep(tx, message, now)? {
            let operation = match message.direction {
                MessageDirection::In => "message_received",
                MessageDirection::Out => "message_sent",
            };
            rows.push(told_of(operation, message.lead, now));
        }
    }
    Ok(rows)
}

/// Notes what a delivery brought: its messages, its row of the log, its end.
fn finish(
    tx: &Transaction<'_>,
    delivery: &Delivery,
    read: &Read,
    touched: &BTreeSet<(&'static str, i64)>,
    is_left: bool,
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
            rows.extend(keep(tx, &events.messages, now)?);
            // Some may have been kept before the cards could be asked for.
            let brought = if is_first { events.messages.len() } else { rows.len() };
            effect.messages = u32::try_from(brought).unwrap_or(u32::MAX);
            // A conversation begins once, however often that is told.
            rows.extend(
                events.talks.iter().filter(|_| is_first).map(|lead| told_of("talk_added", *lead, now)),
            );
            let changed = events.touched().iter().filter(|thing| touched.contains(*thing)).count();
            effect.changes = u32::try_from(changed).unwrap_or(u32::MAX);
            rows.push(
                row("delivery_received", delivery, read, now)
                    .detail("changes", &effect.changes)
                    .detail("messages", &effect.messages)
                    .detail("left_to_poll", &is_left)
                    .incoming(now),
            );
            Handled::Done(effect)
        }
    };
    deliveries::finish(tx, delivery, &read.kinds, &handled, now)?;
    apply::append(tx, &rows)
}

fn told_of(operation: &'static str, lead: Option<i64>, now: UtcMillis) -> NewLogEntry {
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
