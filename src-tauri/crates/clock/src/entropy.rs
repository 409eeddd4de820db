//! Chance as an argument.

use cadencia_domain::time::UtcMillis;
use rand::{Rng as _, SeedableRng as _};
use std::sync::Mutex;
use uuid::Uuid;

/// Source of random bytes and new identities.
pub trait Entropy: Send + Sync + std::fmt::Debug + 'static {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);

    /// A new UUIDv7 for the instant `now`.
    fn uuid_v7(&self, now: UtcMillis) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        let millis = u64::try_from(now.0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// Thirty-two random bytes: keys, states, secrets.
    fn secret_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        bytes
    }
}

/// The operating system's generator.
#[derive(Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// The same chance every time for the same seed: tests and seeded simulation.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<rand_chacha::ChaCha8Rng>);

impl SeededEntropy {
    /// A generator that repeats for the same `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(rand_chacha::ChaCha8Rng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).fill_bytes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids_and_another_gives_others() {
        let ids = |seed| {
            let entropy = SeededEntropy::new(seed);
            [entropy.uuid_v7(UtcMillis(1)), entropy.uuid_v7(UtcMillis(2))]
        };
        assert_eq!(ids(7), ids(7));
        assert_ne!(ids(7), ids(8));
        assert_eq!(ids(7)[0].get_version_num(), 7);
    }
}
