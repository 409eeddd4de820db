//! State -> JSON, in Kommo's shapes and with its oddities.

pub(crate) mod account;
pub(crate) mod activity;
pub(crate) mod cards;
pub(crate) mod definitions;
pub(crate) mod values;
