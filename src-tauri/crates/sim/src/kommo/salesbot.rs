//! `/bots` and `/api/v2/salesbot/run`.

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::hal;
use crate::serializers::definitions::bot;
use crate::state::World;

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = world.bots.iter().map(|known| bot(known, &call.base)).collect();
    hal::page_of_all(call, "items", items, false)
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.id(3)?;
    let found = world.bots.iter().find(|known| known.id == id).ok_or_else(Refusal::not_found)?;
    Ok(Answer::ok(bot(found, &call.base)))
}
