//! The key.

use cadencia_clock::Entropy;
use std::fmt;
use zeroize::Zeroizing;

/// The 32 random bytes that encrypt the databases. Wiped from memory when dropped; never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseKeyBytes(Zeroizing<[u8; 32]>);

impl DatabaseKeyBytes {
    /// A new key.
    pub fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut_slice());
        Self(bytes)
    }

    /// Takes back what was stored; none when it has not the length of a key.
    pub(crate) fn from_slice(stored: &[u8]) -> Option<Self> {
        let bytes: [u8; 32] = stored.try_into().ok()?;
        Some(Self(Zeroizing::new(bytes)))
    }

    /// The bytes themselves, for opening a database.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DatabaseKeyBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKeyBytes(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadencia_clock::SeededEntropy;

    #[test]
    fn a_key_never_prints_and_two_are_never_alike() {
        let entropy = SeededEntropy::new(1);
        let (one, other) = (DatabaseKeyBytes::random(&entropy), DatabaseKeyBytes::random(&entropy));
        assert!(one != other);
        assert_eq!(format!("{one:?}"), "DatabaseKeyBytes(hidden)");
        assert!(DatabaseKeyBytes::from_slice(&[0; 31]).is_none());
    }
}
