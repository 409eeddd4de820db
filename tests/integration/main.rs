//! Everything that needs more than one crate, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod architecture;
mod browser;
mod changes_of_mind;
mod contacts;
mod creating;
mod import;
mod import_faults;
mod leads;
mod log;
mod polling;
mod sign_in;
mod simulation;
mod start;
mod tokens;
mod two_processes;
mod webhooks;
mod writing;
