//! Whether a promised change may be sent: pure.
//!
//! Three values meet: what stood there when the change was asked for, what is wanted, and what Kommo says now.

use cadencia_domain::card_value::CardValue;
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::KommoStatusId;
use cadencia_domain::pipeline::StageKind;
use cadencia_domain::write::Write;

use crate::pull::structure::Structure;

/// What to do with a change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// Send it.
    Send,
    /// Kommo has it already.
    There,
    /// It loses: why.
    Lost(&'static str),
}

/// Decides about one value. People win: when somebody in Kommo changed the same value since, theirs stands.
pub(crate) fn edit(base: &CardValue, wanted: &CardValue, now: &CardValue) -> Verdict {
    if wanted.means(now) {
        Verdict::There
    } else if base.means(now) && now.means(base) {
        // Both ways: a loss reason that was not given means any, and one that is there now was given by somebody.
        Verdict::Send
    } else {
        Verdict::Lost("changed_in_kommo")
    }
}

/// What a change needs that the account does not have (any more): it is held until somebody repairs that. `None` when
/// nothing is missing, or the structure is not known.
pub(crate) fn missing(write: &Write, structure: &Structure) -> Option<&'static str> {
    match write {
        Write::Edit { card, wanted, .. } => missing_value(card.kind, wanted, structure),
        Write::Lead(lead) => missing_value(
            EntityKind::Lead,
            &CardValue::Stage { pipeline: lead.pipeline, status: lead.status, loss_reason: None },
            structure,
        )
        .or_else(|| {
            missing_value(EntityKind::Lead, &CardValue::Responsible { user: lead.responsible }, structure)
        }),
        Write::Task { responsible, .. } => {
            missing_value(EntityKind::Lead, &CardValue::Responsible { user: *responsible }, structure)
        }
        Write::Tag { .. } | Write::Link { .. } | Write::Note { .. } | Write::TaskDone { .. } => None,
    }
}

/// The causes that [`missing`] names: a repair in Kommo frees what they hold.
pub(crate) const REPAIRABLE: [&str; 5] =
    ["stage_missing", "field_missing", "option_missing", "user_missing", "loss_reason_missing"];

fn missing_value(kind: EntityKind, wanted: &CardValue, structure: &Structure) -> Option<&'static str> {
    match wanted {
        CardValue::Name { .. } | CardValue::Price { .. } | CardValue::Responsible { user: None } => None,
        CardValue::Stage { pipeline, status, loss_reason } => {
            let stage = structure
                .pipelines
                .iter()
                .flat_map(|known| &known.stages)
                .find(|stage| stage.pipeline == *pipeline && stage.status == *status);
            // Nothing can be moved among the incoming leads.
            if stage.is_none_or(|stage| stage.kind == StageKind::Incoming) {
                return Some("stage_missing");
            }
            let reason = loss_reason.filter(|_| *status == KommoStatusId::LOST)?;
            let is_known = structure.loss_reasons.iter().any(|known| known.kommo_id == reason);
            (!is_known).then_some("loss_reason_missing")
        }
        CardValue::Responsible { user: Some(user) } => {
            // A user who may not list people still gives leads to them.
            let users = structure.users.as_ref()?;
            let is_known = users.iter().any(|known| known.kommo_id == *user && known.is_active);
            (!is_known).then_some("user_missing")
        }
        CardValue::Field { field, items } => {
            let Some(known) =
                structure.fields.iter().find(|known| known.entity == kind && known.kommo_id == *field)
            else {
                return Some("field_missing");
            };
            let has = |id: i64| known.options.iter().any(|option| option.enum_id == id);
            (!known.options.is_empty() && items.iter().filter_map(|item| item.enum_id).any(|id| !has(id)))
                .then_some("option_missing")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadencia_domain::id::{KommoLossReasonId, KommoPipelineId};
    use proptest::prelude::*;

    fn name(text: &str) -> CardValue {
        CardValue::Name { text: text.to_owned() }
    }

    #[test]
    fn whoever_changed_the_same_value_in_kommo_wins() {
        for (base, wanted, now, verdict) in [
            ("a", "b", "a", Verdict::Send),
            ("a", "b", "b", Verdict::There),
            ("a", "b", "c", Verdict::Lost("changed_in_kommo")),
            // Changed there and back again: nothing is lost.
            ("a", "a", "a", Verdict::There),
        ] {
            assert_eq!(edit(&name(base), &name(wanted), &name(now)), verdict, "{base} {wanted} {now}");
        }
    }

    #[test]
    fn a_loss_reason_that_somebody_gave_meanwhile_stands() {
        let stage = |status: i64, reason: Option<i64>| CardValue::Stage {
            pipeline: KommoPipelineId(1),
            status: KommoStatusId(status),
            loss_reason: reason.map(KommoLossReasonId),
        };
        let lost = |reason: Option<i64>| stage(143, reason);
        for (base, wanted, now, verdict) in [
            (lost(None), lost(Some(1)), lost(Some(2)), Verdict::Lost("changed_in_kommo")),
            (lost(None), stage(5, None), lost(Some(2)), Verdict::Lost("changed_in_kommo")),
            (lost(None), lost(Some(1)), lost(None), Verdict::Send),
            (stage(5, None), lost(None), lost(Some(2)), Verdict::There),
        ] {
            assert_eq!(edit(&base, &wanted, &now), verdict, "{wanted:?}");
        }
    }

    proptest! {
        #[test]
        fn deciding_again_after_sending_sends_nothing(base in "[a-c]", wanted in "[a-c]", now in "[a-c]") {
            let (base, wanted, now) = (name(&base), name(&wanted), name(&now));
            if edit(&base, &wanted, &now) == Verdict::Send {
                prop_assert_eq!(edit(&base, &wanted, &wanted), Verdict::There);
            }
        }
    }
}
