//! `/companies`.

use serde_json::Value;

use super::search;
use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::hal;
use crate::select;
use crate::serializers::cards::{ContactParts, company};
use crate::state::{Company, Kind, World};

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let world = &*world;
    let wish = call.query.page()?;
    let keep = search::conditions(world, Kind::Company, call, |company: &Company| &company.card);
    let rows = select::rows(&world.companies, &call.query, wish, &keep, |company| company.card.created_at);
    let parts = ContactParts::of(&call.query);
    let items: Vec<Value> = rows.into_iter().map(|row| company(world, row, parts, &call.base)).collect();
    hal::page(call, "companies", items, wish, None)
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let found =
        world.companies.live(call.id(3)?).filter(|company| search::may_see(world, call, &company.card));
    let Some(found) = found else { return Ok(Answer::none()) };
    Ok(Answer::ok(company(world, found, ContactParts::of(&call.query), &call.base)))
}
