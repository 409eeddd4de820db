//! Moves that the program makes by itself, for the engine or an agent: people win.

use super::overwritten::SLACK_MS;
use super::round::Round;
use crate::mapping;
use crate::trouble::SyncError;
use cadencia_domain::card_value::CardValue;
use cadencia_domain::event::AccountEvent;
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::{KommoLeadId, KommoStatusId};
use cadencia_domain::pipeline::Pipeline;
use cadencia_domain::time::UtcMillis;
use cadencia_domain::write::Write;
use cadencia_store::outbox::{self, OutboxRow};
use cadencia_store::sync_log::LogActor;
use cadencia_store::{events, pipelines};
use kommo::events::EventsQuery;
use kommo::{EntityType, PageRequest, TimeRange};
use std::collections::{BTreeSet, HashMap};

const DAY_MS: i64 = 24 * 3_600_000;
const MOVED: &str = "lead_status_changed";
/// Leads that Kommo tells of in one answer (Kommo docs: events).
const TOGETHER: usize = 10;
/// No ten leads are moved so often in a day.
const PAGES: u32 = 20;

/// What is known before such moves are judged.
#[derive(Default)]
pub(super) struct Moves {
    /// By the promised change: whether a person, not this program, set the present stage within the last 24 hours.
    set_by_person_lately: HashMap<i64, bool>,
    pipelines: Vec<Pipeline>,
}

impl Moves {
    /// Why `row` may not move a lead from where it stands now; `None` for what a person asked for, and for what is no
    /// move.
    pub(super) fn keeps(&self, row: &OutboxRow, wanted: &CardValue, now: &CardValue) -> Option<&'static str> {
        if row.actor == LogActor::Person {
            return None;
        }
        // What was not looked at cannot be trusted.
        let by_person = self.set_by_person_lately.get(&row.id).copied().unwrap_or(true);
        guard(wanted, now, by_person, &self.pipelines)
    }
}

/// What the program by itself may not do with a stage: neither move a lead backwards nor touch the stage a person set
/// in the last 24 hours. A person at this computer may. Pure.
fn guard(
    wanted: &CardValue,
    now: &CardValue,
    set_by_person_lately: bool,
    pipelines: &[Pipeline],
) -> Option<&'static str> {
    let (
        CardValue::Stage { pipeline, status, .. },
        CardValue::Stage { pipeline: from_pipeline, status: from, .. },
    ) = (wanted, now)
    else {
        return None;
    };
    if set_by_person_lately {
        return Some("stage_of_person");
    }
    let is_closed = |status: KommoStatusId| status == KommoStatusId::WON || status == KommoStatusId::LOST;
    if is_closed(*from) {
        return Some("backwards");
    }
    if pipeline != from_pipeline || is_closed(*status) {
        return None;
    }
    let stages = pipelines.iter().find(|known| known.kommo_id == *pipeline).map(|known| &known.stages);
    let place = |status: KommoStatusId| stages?.iter().position(|stage| stage.status == status);
    match (place(*from), place(*status)) {
        (Some(from), Some(to)) => (to < from).then_some("backwards"),
        // A stage that is not known here is a new one: a person made it, and put the lead there.
        _ => Some("stage_of_person"),
    }
}

/// Asks what has to be known of those of `rows` that are such moves. What Kommo tells now counts beside what was heard
/// before: a person may have moved the lead a second ago.
pub(super) async fn prepare(round: &Round<'_>, rows: &[OutboxRow]) -> Result<Moves, SyncError> {
    let moves: Vec<(i64, KommoLeadId, String)> = rows
        .iter()
        .filter(|row| row.actor != LogActor::Person)
        .filter(|row| matches!(&row.write, Write::Edit { wanted: CardValue::Stage { .. }, .. }))
        .filter_map(|row| Some((row.id, row.write.lead()?, row.lane.clone())))
        .collect();
    if moves.is_empty() {
        return Ok(Moves::default());
    }
    let since = round.context.kommo_now().plus(-DAY_MS);
    let leads: BTreeSet<i64> = moves.iter().map(|(_, lead, _)| lead.0).collect();
    let (now, offset_ms) =
        (round.context.clock.now(), round.context.client.server_time_offset().unwrap_or(0));
    let told_now = ask(round, &leads.into_iter().collect::<Vec<_>>(), since).await?;
    Ok(round
        .context
        .store
        .read(move |conn| {
            // As stored, not as remembered: right after a start nothing is remembered yet.
            let mut known = Moves { pipelines: pipelines::list(conn)?, ..Moves::default() };
            for (id, lead, lane) in moves {
                let mut ours = outbox::recent_of_lane(conn, &lane, since.plus(-DAY_MS))?;
                // Whoever moves a lead at this computer is a person, too.
                ours.retain(|row| row.actor != LogActor::Person);
                let heard = events::about(conn, "lead", lead.0, 50)?;
                let by_person = latest(lead, since, &heard, &told_now).is_some_and(|event| {
                    event.created_by.is_some() && !is_ours(event, &ours, offset_ms, now)
                });
                known.set_by_person_lately.insert(id, by_person);
            }
            Ok(known)
        })
        .await?)
}

/// The last move of a lead since then.
fn latest<'a>(
    lead: KommoLeadId,
    since: UtcMillis,
    heard: &'a [AccountEvent],
    told_now: &'a [AccountEvent],
) -> Option<&'a AccountEvent> {
    let moves = told_now.iter().chain(heard).filter(|event| {
        event.kind == MOVED
            && event.entity_type == "lead"
            && event.entity_kommo_id == lead.0
            && event.created_at >= since
    });
    // Of two in the same second the one that Kommo names first is the later one: it names the newest first, and what it
    // tells now knows more than what was heard.
    moves.reduce(|last, event| if event.created_at > last.created_at { event } else { last })
}

/// Whether a move in Kommo's history is one that this program made: to that stage, and at that time. `offset_ms` is
/// Kommo's clock minus ours.
fn is_ours(event: &AccountEvent, ours: &[OutboxRow], offset_ms: i64, now: UtcMillis) -> bool {
    let at = event.created_at.plus(-offset_ms);
    let stage = event.value_after.as_array().and_then(|values| {
        values.iter().find_map(|value| {
            let status = &value["lead_status"];
            Some((status["pipeline_id"].as_i64()?, status["id"].as_i64()?))
        })
    });
    ours.iter().any(|row| match &row.write {
        Write::Edit { card, wanted: CardValue::Stage { pipeline, status, .. }, .. } => {
            card.kind == EntityKind::Lead
                && card.kommo_id == event.entity_kommo_id
                && stage == Some((pipeline.0, status.0))
                && row.was_under_way(at, now, SLACK_MS)
        }
        _ => false,
    })
}

/// What Kommo tells now of moves of these leads since then. An empty answer may be a fault: a move that is known has to be
/// in it as well.
async fn ask(round: &Round<'_>, leads: &[i64], since: UtcMillis) -> Result<Vec<AccountEvent>, SyncError> {
    let witness = round.context.store.read(|conn| events::witness(conn, MOVED)).await?;
    let since = witness.as_ref().map_or(since, |witness| since.min(witness.created_at));
    let mut told = Vec::new();
    for some in leads.chunks(TOGETHER - 1) {
        let query = EventsQuery {
            entities: vec![EntityType::Leads],
            entity_ids: some
                .iter()
                .copied()
                .chain(witness.iter().map(|event| event.entity_kommo_id))
                .collect(),
            ..EventsQuery::default().types([MOVED]).created(TimeRange::since(since.unix_seconds()))
        };
        let mut came: Vec<AccountEvent> = Vec::new();
        let mut at = PageRequest::default();
        for _ in 0..PAGES {
            let page = round.client.events().list(&query, at).await?;
            came.extend(page.items.into_iter().filter_map(mapping::event));
            if !page.has_next {
                break;
            }
            at = at.next();
        }
        let is_there = |known: &AccountEvent| came.iter().any(|event| event.kommo_id == known.kommo_id);
        if witness.as_ref().is_some_and(|witness| !is_there(witness)) {
            return Err(SyncError::FilterIgnored);
        }
        told.extend(came);
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadencia_domain::id::KommoPipelineId;
    use cadencia_domain::pipeline::{Stage, StageKind};
    use serde_json::Value;

    fn stage(status: i64) -> CardValue {
        CardValue::Stage { pipeline: KommoPipelineId(1), status: KommoStatusId(status), loss_reason: None }
    }

    fn pipelines(stages: &[i64]) -> Vec<Pipeline> {
        let stages = stages.iter().map(|status| Stage {
            pipeline: KommoPipelineId(1),
            status: KommoStatusId(*status),
            name: status.to_string(),
            color: String::new(),
            sort: 0,
            kind: StageKind::Ordinary,
        });
        vec![Pipeline {
            kommo_id: KommoPipelineId(1),
            name: "p".to_owned(),
            sort: 1,
            is_main: true,
            is_archived: false,
            stages: stages.collect(),
        }]
    }

    #[test]
    fn the_program_by_itself_touches_no_stage_that_a_person_set_and_moves_nothing_back() {
        for (wanted, now, by_person, kept) in [
            (5, 4, false, None),
            (5, 4, true, Some("stage_of_person")),
            (4, 5, false, Some("backwards")),
            (5, 142, false, Some("backwards")),
            (143, 5, false, None),
            // The lead stands in a stage that was made since the stages were read.
            (5, 99, false, Some("stage_of_person")),
        ] {
            let found = guard(&stage(wanted), &stage(now), by_person, &pipelines(&[4, 5]));
            assert_eq!(found, kept, "{now} -> {wanted}, {by_person}");
        }
    }

    #[test]
    fn without_knowing_the_stages_nothing_is_moved_within_a_pipeline() {
        assert_eq!(guard(&stage(5), &stage(4), false, &[]), Some("stage_of_person"));
        assert_eq!(guard(&stage(142), &stage(4), false, &[]), None);
    }

    fn moved(id: &str, lead: i64, at_s: i64) -> AccountEvent {
        AccountEvent {
            kommo_id: id.to_owned(),
            kind: MOVED.to_owned(),
            entity_type: "lead".to_owned(),
            entity_kommo_id: lead,
            created_by: None,
            created_at: UtcMillis::from_unix_seconds(at_s),
            value_before: Value::Null,
            value_after: Value::Null,
        }
    }

    #[test]
    fn the_last_move_counts_whoever_told_it() {
        let since = UtcMillis::from_unix_seconds(100);
        let heard = [moved("b", 1, 200), moved("a", 1, 150), moved("old", 2, 50)];
        let now = [moved("c", 1, 300), moved("other", 3, 400)];
        let last = |lead| latest(KommoLeadId(lead), since, &heard, &now).map(|event| event.kommo_id.as_str());
        assert_eq!(last(1), Some("c"));
        assert_eq!(last(2), None);
        assert_eq!(last(3), Some("other"));
    }
}
