//! What the crate promises to those who use it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]
#![allow(clippy::needless_pass_by_value, reason = "tables read better by value")]

mod budget;
mod client;
mod errors;
mod field_values;
mod models;
mod oauth;
mod pages;
mod retry;
mod server;
mod transport;
mod webhook;
mod webhook_traps;
mod writes;
