//! Support for tests that need more than one crate: the whole app against the simulator, with a clock that is moved
//! by hand, in a folder of its own.
//!
//! Start with [`TestApp::start`] or [`TestApp::builder`].
//!
//! | Module | What |
//! |---|---|
//! | `builder` | how a test's app is set up |
//! | `test_app` | commands, clocks, waiting, crashing |
//! | `process` | one run of the program on threads of its own |
//! | `home` | what outlives a run: folder, keyring, clock, the outside world |
//! | `wire` | the way to the simulator: records, holds, breaks |
//! | `mirror`, `expected` | the account as stored here and as it is in the simulator, in one shape |
//! | `waiting` | the one place that waits |

mod builder;
mod expected;
mod home;
mod mirror;
mod panics;
mod process;
mod test_app;
mod waiting;
mod wire;

pub mod simulate;

pub use builder::TestAppBuilder;
pub use expected::{Snapshot, differences, of_simulator};
pub use home::Home;
pub use test_app::{TestApp, code_of};
pub use waiting::wait_for;
pub use wire::{Sent, Wire};

/// The instant at which every test begins: Monday 2026-11-23, 14:00 UTC.
pub const START_MS: i64 = 1_795_442_400_000;
