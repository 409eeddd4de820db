//! Whole numbers that survive JavaScript.

use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

/// A whole number that a JavaScript number holds exactly: instants in milliseconds and Kommo's ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, TS)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct Int53(pub i64);

/// 2^53 - 1, JavaScript's `Number.MAX_SAFE_INTEGER`.
const LARGEST: i64 = 9_007_199_254_740_991;

impl<'de> Deserialize<'de> for Int53 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        if number.abs() > LARGEST {
            return Err(serde::de::Error::custom("number too large"));
        }
        Ok(Self(number))
    }
}

impl From<i64> for Int53 {
    fn from(number: i64) -> Self {
        Self(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_javascript_would_round_is_refused() {
        assert!(serde_json::from_str::<Int53>("9007199254740991").is_ok());
        assert!(serde_json::from_str::<Int53>("9007199254740993").is_err());
    }
}
