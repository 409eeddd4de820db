//! `/account`.

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::serializers::account;
use crate::state::World;

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(Answer::ok(account::account(world, call)))
}
