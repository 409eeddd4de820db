//! `/leads/loss_reasons`.

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::hal;
use crate::serializers::definitions::loss_reason;
use crate::state::World;

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = world.loss_reasons.iter().map(|reason| loss_reason(reason, &call.base)).collect();
    Ok(Answer::list(hal::whole(call, "loss_reasons", items)))
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.id(4)?;
    let found = world.loss_reasons.iter().find(|reason| reason.id == id);
    let found = found.ok_or_else(|| Refusal::problem(404, "Loss reason not found"))?;
    Ok(Answer::ok(loss_reason(found, &call.base)))
}
