//! Chance that can be repeated.

use cadencia_clock::{Entropy as _, SeededEntropy};

/// Chance that can be repeated.
#[derive(Debug)]
pub struct Chance(SeededEntropy);

impl Chance {
    /// The chance of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    /// A number below `end`; 0 when `end` is 0.
    pub fn below(&self, end: usize) -> usize {
        let mut bytes = [0_u8; 8];
        self.0.fill(&mut bytes);
        let end = end.max(1) as u64;
        usize::try_from(u64::from_le_bytes(bytes) % end).unwrap_or(0)
    }

    /// True in so many of a hundred cases.
    pub fn percent(&self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of these.
    pub fn pick<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// Which of these weights is drawn.
    pub fn weighted(&self, weights: &[usize]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            if left < *weight {
                return place;
            }
            left -= weight;
        }
        0
    }
}
