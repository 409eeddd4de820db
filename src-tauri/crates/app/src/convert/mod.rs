//! Our words to the screen's. Nothing but this module and the sync's `mapping` translates.

pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod filter;
pub(crate) mod lead;
pub(crate) mod log;
pub(crate) mod outbox;
pub(crate) mod structure;
pub(crate) mod sync;
pub(crate) mod webhook;
