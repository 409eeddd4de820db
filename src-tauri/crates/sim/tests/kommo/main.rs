//! The simulator from outside: what a client sees, compared with what was recorded of Kommo.

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
