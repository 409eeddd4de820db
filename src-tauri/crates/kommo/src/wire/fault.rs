//! What a JSON parser complains about, without quoting what it read.

use std::fmt;

/// A parser's complaint. The parser's own words quote the value that it did not expect, which may be a phone
/// number or a token; only what it wanted, and where, is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JsonFault {
    wanted: String,
    line: usize,
    column: usize,
}

impl JsonFault {
    pub(crate) fn new(error: &serde_json::Error) -> Self {
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default();
        let wanted = match words.rsplit_once("expected ") {
            Some((_, wanted)) => format!("expected {wanted}"),
            None if words.starts_with("missing field") || words.starts_with("EOF") => words.to_owned(),
            None => "not valid JSON".to_owned(),
        };
        Self { wanted, line: error.line(), column: error.column() }
    }
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at line {} column {}", self.wanted, self.line, self.column)
    }
}

impl std::error::Error for JsonFault {}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::JsonFault;

    #[derive(Debug, Deserialize)]
    struct Thing {
        #[expect(dead_code, reason = "only its type matters")]
        id: i64,
    }

    #[test]
    fn a_fault_says_what_was_wanted_and_not_what_was_found() {
        let table = [
            (r#"{"id":"+5511999990000, expected nothing"}"#, "expected i64 at line 1 column 40"),
            (r#"{"id":5511999990000.5}"#, "expected i64 at line 1 column 21"),
            ("{}", "missing field `id` at line 1 column 2"),
            (r#"{"id":1"#, "EOF while parsing an object at line 1 column 7"),
            (r#""+5511999990000""#, "expected struct Thing at line 1 column 16"),
            (r#"{"id":nope}"#, "expected ident at line 1 column 8"),
        ];
        for (json, expected) in table {
            let error = serde_json::from_str::<Thing>(json).unwrap_err();
            assert_eq!(JsonFault::new(&error).to_string(), expected, "{json}");
        }
    }
}
