//! The simulator from outside: what a client sees, compared with what was recorded of Kommo.

#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected should fail there")]

mod account;
mod client;
mod errors;
mod faults;
mod hooks;
mod leads;
mod oauth;
mod others;
mod paging;
mod people;
