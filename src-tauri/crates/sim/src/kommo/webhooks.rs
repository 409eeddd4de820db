//! `/webhooks`: subscriptions, for administrators of accounts whose plan has them.

use serde_json::Value;

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::faults::FaultName;
use crate::hal;
use crate::serializers::definitions::webhook;
use crate::state::World;

fn allowed(world: &World, call: &Call<'_>) -> Result<(), Refusal> {
    if call.strike(FaultName::PlanWithoutWebhooks) {
        return Err(Refusal::problem(402, "Endpoint not available for current account tariff"));
    }
    // The list is refused with 401 where other rights answer 403 (Kommo docs: webhooks-list).
    if call.is_admin(world) {
        return Ok(());
    }
    Err(if call.method == "GET" { Refusal::unauthorized() } else { Refusal::not_admin() })
}

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    allowed(world, call)?;
    let wanted = call.query.filter_texts("destination");
    let all_disabled = call.faults.is_on(FaultName::HookDisabled);
    let items: Vec<Value> = world
        .hooks
        .subscriptions()
        .iter()
        .filter(|known| wanted.as_ref().is_none_or(|wanted| wanted.contains(&known.destination.as_str())))
        .map(|known| webhook(world, known, known.is_disabled || all_disabled))
        .collect();
    if items.is_empty() {
        return Ok(Answer::none());
    }
    Ok(Answer::list(hal::whole(call, "webhooks", items)))
}
