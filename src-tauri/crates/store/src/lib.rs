#![doc = include_str!("../README.md")]

mod account_store;
mod column;
mod connection;
mod database;
mod death;
mod error;
mod fault;
mod freshness;
mod key;
mod migration;
mod registry;
mod row_set;
#[cfg(test)]
mod sample;
mod search;
pub mod table;

pub use account_store::AccountStore;
pub use death::Moment;
pub use error::{OpenError, StoreError};
pub use freshness::Applied;
pub use key::DatabaseKey;
pub use registry::Registry;
/// What the closures of [`Registry::read`], [`Registry::write`] and their like in [`AccountStore`] are given, for
/// naming in signatures elsewhere.
pub use rusqlite::{Connection, Transaction};
pub use table::*;
