//! The invented account: "Solar Horizonte", a Brazilian team that sells solar energy over WhatsApp.

mod cards;
mod definitions;
mod history;
mod phones;
mod stages;
mod words;

pub(crate) use phones::invent as invent_phone;
pub(crate) use words::{CITIES, FIRST_NAMES, LAST_NAMES, NOTE_TEXTS, TASK_TEXTS};

use crate::oauth::Grants;
use crate::simulator::SimConfig;
use crate::state::World;

const MOST_INCOMING: usize = 25;

/// The account as it stands at `now`, a unix second. The same configuration and second give the same account.
pub(crate) fn account(config: &SimConfig, now: i64) -> World {
    let account = definitions::account(config.seed, now);
    let owner = definitions::owner_id(config.seed);
    let grants = Grants::new(config.seed, account.id, owner, &config.redirect_uri, now);
    let mut world = World::empty(config.seed, account, grants);
    definitions::fill(&mut world, now);
    // The newest ones wait unsorted; together they are as many as asked for.
    let incoming = (config.leads / 40).min(MOST_INCOMING);
    cards::fill(&mut world, config.leads - incoming, now);
    history::fill(&mut world, incoming, now);
    world
}
