//! Webhooks: subscriptions, the bodies that follow from changes, and their delivery.

pub(crate) mod bodies;
mod courier;
mod deliveries;
mod form;

pub(crate) use courier::deliver_until;
pub use deliveries::Delivery;
pub(crate) use deliveries::{Hooks, StageHook, Subscription};
