//! Webhooks: subscriptions, the bodies that follow from changes, and their delivery.

mod courier;
mod deliveries;

pub(crate) use courier::deliver_until;
pub use deliveries::Delivery;
pub(crate) use deliveries::{Hooks, Subscription};
