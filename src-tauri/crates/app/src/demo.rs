//! The demo account: the simulator of Kommo inside the program, called without a socket.

use cadencia_contract::{ApiError, ErrorCode};
use cadencia_sim::{SimClock, SimConfig, Simulator};
use kommo::{RouterTransport, Transport};
use std::sync::Arc;

/// The same team at every start.
const SEED: u64 = 2_026;

/// A running demo account's outside world.
#[derive(Clone)]
pub(crate) struct Demo {
    simulator: Simulator,
}

impl Demo {
    /// Makes the world. Takes a moment: call it on a thread that may block.
    pub(crate) fn new(leads: usize) -> Self {
        let simulator = Simulator::new(SimConfig {
            seed: SEED,
            leads,
            rate_limit: true,
            clock: SimClock::Real { offset_s: 0 },
            base_url: ADDRESS.to_owned(),
            ..SimConfig::default()
        });
        Self { simulator }
    }

    /// The way to it.
    pub(crate) fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(RouterTransport::new(self.simulator.router()))
    }

    /// A token it accepts.
    pub(crate) fn token(&self) -> String {
        self.simulator.credentials().long_lived_token
    }

    /// Its subdomain.
    pub(crate) fn subdomain(&self) -> String {
        self.simulator.credentials().subdomain
    }

    /// Moves its time forward, and lets its people and customers do what they do in that time.
    pub(crate) fn advance(&self, seconds: u32) -> Result<(), ApiError> {
        if seconds > 30 * 24 * 3_600 {
            return Err(ApiError::new(ErrorCode::InvalidRequest).with_detail("advance_s"));
        }
        self.simulator.advance(i64::from(seconds));
        // About six changes in a working hour of this team.
        let changes = usize::try_from(seconds / 600).unwrap_or(0).clamp(1, 500);
        self.simulator.people_edit(changes, u64::from(seconds));
        Ok(())
    }
}

/// Nobody resolves it: requests never leave the program.
pub(crate) const ADDRESS: &str = "https://solarhorizonte.kommo.com";
