//! The key that opens a database.

use std::fmt;
use zeroize::Zeroizing;

/// 32 random bytes that encrypt a database. Wiped from memory when dropped; never prints.
#[derive(Clone)]
pub struct DatabaseKey(Zeroizing<[u8; 32]>);

impl DatabaseKey {
    /// Takes the bytes over. They must be random: they are used as they are, nothing is derived from them.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The statement that gives the key to a connection. It holds the key: never log it.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(hex::encode(self.0.as_slice()));
        Zeroizing::new(format!("PRAGMA key = \"x'{}'\"", digits.as_str()))
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_never_prints() {
        assert_eq!(format!("{:?}", DatabaseKey::new([0xAB; 32])), "DatabaseKey(hidden)");
    }
}
