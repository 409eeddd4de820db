#![doc = include_str!("../README.md")]

mod answer;
mod call;
mod chance;
mod changes;
mod clock;
mod control;
mod exchange;
mod faults;
mod hal;
mod kommo;
mod limits;
mod oauth;
mod people;
mod query;
mod router;
mod seed;
mod select;
mod serializers;
mod simulator;
mod snapshot;
mod state;
mod stats;
mod webhooks;

pub use clock::SimClock;
pub use faults::{Fault, FaultName, UnknownFault};
pub use simulator::{Credentials, DEFAULT_REDIRECT_URI, SimConfig, SimHandle, Simulator};
pub use stats::Stats;
pub use webhooks::Delivery;
