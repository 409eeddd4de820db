//! Kommo's API v4: one file per resource, reads and writes together.

pub(crate) mod account;
pub(crate) mod calls;
mod card_input;
pub(crate) mod companies;
pub(crate) mod complex;
pub(crate) mod contacts;
pub(crate) mod custom_fields;
pub(crate) mod events;
mod input;
pub(crate) mod leads;
pub(crate) mod links;
pub(crate) mod loss_reasons;
pub(crate) mod notes;
pub(crate) mod pipelines;
pub(crate) mod salesbot;
mod search;
pub(crate) mod sources;
pub(crate) mod tags;
pub(crate) mod talks;
pub(crate) mod tasks;
pub(crate) mod unsorted;
pub(crate) mod unsorted_writes;
pub(crate) mod users;
pub(crate) mod webhooks;
