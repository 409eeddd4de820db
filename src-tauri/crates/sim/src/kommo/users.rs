//! `/users`: for administrators only.

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::hal;
use crate::serializers::account;
use crate::state::World;

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    call.admin_only(world)?;
    let users = world.users.iter().map(|user| account::user(user, call)).collect();
    hal::page_of_all(call, "users", users, true)
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    call.admin_only(world)?;
    let user = world.user(call.id(3)?).ok_or_else(Refusal::not_found)?;
    Ok(Answer::ok(account::user(user, call)))
}
