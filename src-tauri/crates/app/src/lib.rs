#![doc = include_str!("../README.md")]

mod account;
mod accounts;
mod calendar;
mod command;
mod config;
mod convert;
mod demo;
mod dispatch;
mod door;
mod edit;
mod follow;
mod inside;
mod lock_file;
mod notice;
mod overlay;
mod preferences;
mod sign_in;
mod start;
mod state;
mod tokens;
mod turn;
mod vault;
mod webhook;

pub use cadencia_secrets::{KeyringPolicy, PassphraseCost};
pub use config::{AppConfig, Source};
pub use kommo::Budget;
pub use start::StartError;
pub use state::App;

/// How we name ourselves to Kommo: its support looks for it.
pub(crate) const USER_AGENT: &str = concat!("Cadencia/", env!("CARGO_PKG_VERSION"));
