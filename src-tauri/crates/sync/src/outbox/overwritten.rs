//! Between the question what stands there and our write, somebody in Kommo may have written the same thing. Kommo's
//! history tells what our write replaced: when that is not what we knew, it is kept as a conflict that we won.

use cadencia_domain::card_value::CardValue;
use cadencia_domain::event::AccountEvent;
use cadencia_domain::field::{EntityKind, FieldItem};
use cadencia_domain::id::{KommoFieldId, KommoPipelineId, KommoStatusId, KommoUserId};
use cadencia_domain::time::UtcMillis;
use cadencia_domain::work::EntityRef;
use cadencia_domain::write::Write;
use cadencia_store::conflicts::{self, NewConflict, Winner};
use cadencia_store::outbox::{self, OutboxRow};
use cadencia_store::{StoreError, Transaction};
use serde_json::Value;

/// Kommo tells seconds, and clocks differ by some.
pub(super) const SLACK_MS: i64 = 3_000;

/// Keeps what our writes replaced without knowing it. `offset_ms` is Kommo's clock minus ours. Returns how many.
pub(crate) fn keep(
    tx: &Transaction<'_>,
    new: &[AccountEvent],
    now: UtcMillis,
    offset_ms: i64,
) -> Result<usize, StoreError> {
    let mut kept = 0;
    for event in new {
        let Some(card) = card(event) else { continue };
        let (Some(before), Some(after)) =
            (value(&event.kind, &event.value_before), value(&event.kind, &event.value_after))
        else {
            continue;
        };
        let lane = format!("{}:{}", card.kind.as_str(), card.kommo_id);
        let at = event.created_at.plus(-offset_ms);
        // Counted from when it happened: the history may be heard of days later, after a sleep.
        for row in outbox::recent_of_lane(tx, &lane, at.plus(-SLACK_MS))? {
            if let Some(conflict) = replaced(&row, card, &before, &after, at, now) {
                conflicts::add(tx, &conflict)?;
                kept += 1;
                break;
            }
        }
    }
    Ok(kept)
}

/// The conflict that an event of Kommo's history tells of, when the event is our own write: pure.
fn replaced(
    row: &OutboxRow,
    card: EntityRef,
    before: &CardValue,
    after: &CardValue,
    at: UtcMillis,
    now: UtcMillis,
) -> Option<NewConflict> {
    let Write::Edit { base, wanted, .. } = &row.write else { return None };
    // Asked of the history's values: it knows no reason of a loss, so that any fits.
    let is_ours = wanted.subject() == after.subject() && after.means(wanted);
    let is_then = row.was_under_way(at, now, SLACK_MS);
    if !is_ours || !is_then || before.means(base) || before.means(wanted) {
        return None;
    }
    Some(NewConflict {
        at: now,
        winner: Winner::Ours,
        reason: "overwritten",
        card,
        base: base.clone(),
        lost: before.clone(),
        kept: wanted.clone(),
        outbox_id: Some(row.id),
    })
}

fn card(event: &AccountEvent) -> Option<EntityRef> {
    let kind = EntityKind::parse(&event.entity_type).filter(|kind| *kind != EntityKind::Company)?;
    Some(EntityRef { kind, kommo_id: event.entity_kommo_id })
}

/// What something of a card became, when that is what an event tells.
pub(super) fn value_after(event: &AccountEvent) -> Option<CardValue> {
    value(&event.kind, &event.value_after)
}

/// A value of Kommo's history, by the shapes that Kommo documents.
fn value(kind: &str, values: &Value) -> Option<CardValue> {
    let first = values.as_array()?.first();
    let part = |name: &str| first.map(|value| &value[name]);
    match kind {
        "name_field_changed" => {
            let text = part("name_field_value")?["name"].as_str()?.to_owned();
            Some(CardValue::Name { text })
        }
        "sale_field_changed" => {
            let sale = &part("sale_field_value")?["sale"];
            let whole = sale.as_i64().or_else(|| sale.as_str()?.parse().ok())?;
            Some(CardValue::Price { cents: whole.checked_mul(100)? })
        }
        "lead_status_changed" => {
            let status = part("lead_status")?;
            Some(CardValue::Stage {
                pipeline: KommoPipelineId(status["pipeline_id"].as_i64()?),
                status: KommoStatusId(status["id"].as_i64()?),
                loss_reason: None,
            })
        }
        "entity_responsible_changed" => {
            let id = part("responsible_user")?["id"].as_i64()?;
            Some(CardValue::Responsible { user: (id > 0).then_some(KommoUserId(id)) })
        }
        _ => {
            let field = kind.strip_prefix("custom_field_")?.strip_suffix("_value_changed")?.parse().ok()?;
            let items = values.as_array()?.iter().map(|value| {
                let told = &value["custom_field_value"];
                FieldItem {
                    value: told["text"].clone(),
                    enum_id: told["enum_id"].as_i64().filter(|&id| id > 0),
                    enum_code: None,
                }
            });
            Some(CardValue::Field { field: KommoFieldId(field), items: items.collect() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadencia_domain::id::KommoLossReasonId;
    use cadencia_store::outbox::WriteState;
    use cadencia_store::sync_log::LogActor;
    use serde_json::json;

    fn name(text: &str) -> CardValue {
        CardValue::Name { text: text.to_owned() }
    }

    const CARD: EntityRef = EntityRef { kind: EntityKind::Lead, kommo_id: 1 };

    fn sent(base: CardValue, wanted: CardValue) -> OutboxRow {
        OutboxRow {
            id: 9,
            intent: "i".to_owned(),
            batch: None,
            actor: LogActor::Person,
            lane: "lead:1".to_owned(),
            write: Write::Edit { card: CARD, base, wanted },
            state: WriteState::Done,
            attempts: 0,
            due_at: UtcMillis(0),
            created_at: UtcMillis(0),
            marker_at_s: 0,
            first_sent_at: Some(UtcMillis(100_000)),
            ended_at: Some(UtcMillis(101_000)),
            cause: None,
            cause_detail: None,
            result: None,
        }
    }

    fn stage(status: i64, reason: Option<i64>) -> CardValue {
        CardValue::Stage {
            pipeline: KommoPipelineId(7),
            status: KommoStatusId(status),
            loss_reason: reason.map(KommoLossReasonId),
        }
    }

    #[test]
    fn the_history_knows_no_reason_of_a_loss_and_that_alone_is_no_conflict() {
        let at = |base, wanted, before, after| {
            let row = sent(base, wanted);
            replaced(&row, CARD, &before, &after, UtcMillis(100_500), UtcMillis(4_000_000)).is_some()
        };
        let (lost, lost_told) = (stage(143, Some(5)), stage(143, None));
        assert!(!at(lost.clone(), stage(20, None), lost_told.clone(), stage(20, None)));
        assert!(!at(stage(20, None), lost.clone(), stage(20, None), lost_told.clone()));
        assert!(at(stage(20, None), lost, stage(30, None), lost_told));
    }

    #[test]
    fn what_our_write_replaced_without_knowing_it_is_a_conflict() {
        let row = sent(name("a"), name("b"));
        for (before, after, at, is_conflict) in [
            ("x", "b", 100_500, true),
            ("a", "b", 100_500, false),
            ("x", "c", 100_500, false),
            ("b", "b", 100_500, false),
            // Somebody else came to the same value an hour later.
            ("x", "b", 3_700_000, false),
        ] {
            let found =
                replaced(&row, CARD, &name(before), &name(after), UtcMillis(at), UtcMillis(4_000_000));
            assert_eq!(found.is_some(), is_conflict, "{before} {after} {at}");
        }
    }

    #[test]
    fn values_of_the_history_are_read_by_their_shape() {
        let stage = json!([{"lead_status": {"id": 142, "pipeline_id": 7}}]);
        assert_eq!(value("lead_status_changed", &stage).unwrap().subject(), "stage");
        let sale = json!([{"sale_field_value": {"sale": "1500"}}]);
        assert_eq!(value("sale_field_changed", &sale), Some(CardValue::Price { cents: 150_000 }));
        let field = json!([{"custom_field_value": {"text": "sim", "enum_id": 5}}]);
        assert_eq!(value("custom_field_12_value_changed", &field).unwrap().subject(), "field:12");
        assert_eq!(value("lead_added", &json!([])), None);
    }
}
