//! Forms as PHP writes them: pairs whose keys nest by brackets.

use percent_encoding::percent_decode;

use super::{MAX_DEPTH, MAX_KEY_BYTES, MAX_PAIRS, ParseError};

/// A key with brackets and its value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// `a[b][]` as `a`, `b` and an empty text. At least two.
    pub path: Vec<String>,
    pub value: String,
    /// Either was no UTF-8.
    pub is_lossy: bool,
}

/// The pairs of a body whose keys have brackets. The others say nothing.
pub(super) fn nested_pairs(body: &[u8]) -> impl Iterator<Item = Result<Pair, ParseError>> {
    let pairs = body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    pairs.enumerate().filter_map(|(count, pair)| nested_pair(count, pair).transpose())
}

fn nested_pair(count: usize, pair: &[u8]) -> Result<Option<Pair>, ParseError> {
    if count >= MAX_PAIRS {
        return Err(ParseError::TooManyPairs);
    }
    let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
    let (key, value) = pair.split_at(equals);
    let (key, key_is_lossy) = decoded(key);
    if !key.contains('[') {
        return Ok(None);
    }
    if key.len() > MAX_KEY_BYTES {
        return Err(ParseError::KeyTooLong);
    }
    let Some(path) = path_of(&key)? else { return Ok(None) };
    let (value, value_is_lossy) = decoded(value.get(1..).unwrap_or_default());
    Ok(Some(Pair { path, value, is_lossy: key_is_lossy || value_is_lossy }))
}

/// `+` is a space. Whether something was no UTF-8 comes second.
fn decoded(raw: &[u8]) -> (String, bool) {
    let spaced: Vec<u8> = raw.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    match String::from_utf8(percent_decode(&spaced).collect()) {
        Ok(text) => (text, false),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
    }
}

/// The parts of a nested key, as PHP reads them: what follows a closing bracket without an opening one is
/// dropped, and a key whose first bracket is never closed is not nested.
fn path_of(key: &str) -> Result<Option<Vec<String>>, ParseError> {
    let Some((head, mut rest)) = key.split_once('[') else { return Ok(None) };
    if head.is_empty() {
        return Ok(None);
    }
    let mut path = vec![head.to_owned()];
    while let Some((part, after)) = rest.split_once(']') {
        if path.len() == MAX_DEPTH {
            return Err(ParseError::TooDeep);
        }
        path.push(part.to_owned());
        let Some(next) = after.strip_prefix('[') else { break };
        rest = next;
    }
    Ok((path.len() > 1).then_some(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(key: &str) -> Option<Vec<String>> {
        path_of(key).unwrap()
    }

    #[test]
    fn keys_are_taken_apart_as_php_does() {
        assert_eq!(path("a[b][0][c d]").unwrap(), ["a", "b", "0", "c d"]);
        assert_eq!(path("a[]").unwrap(), ["a", ""]);
        assert_eq!(path("a[b]c[d]").unwrap(), ["a", "b"], "what follows a closed bracket is dropped");
        assert_eq!(path("a[b][c").unwrap(), ["a", "b"]);
        assert_eq!(path("a[[b]]").unwrap(), ["a", "[b"]);
        for flat in ["a", "", "[a]", "a[b", "[[[[", "a]b"] {
            assert_eq!(path(flat), None, "{flat}");
        }
    }

    #[test]
    fn the_deepest_key_is_as_deep_as_it_may_be() {
        let key = |depth: usize| format!("a{}", "[b]".repeat(depth - 1));
        assert_eq!(path(&key(MAX_DEPTH)).unwrap().len(), MAX_DEPTH);
        assert_eq!(path_of(&key(MAX_DEPTH + 1)), Err(ParseError::TooDeep));
    }

    #[test]
    fn pairs_are_decoded_and_garbage_stays_what_it_is() {
        let pairs: Vec<Pair> =
            nested_pairs(b"a%5Bb%5D=1+%2B2%26&&x=1&=&a[c]&a[d]=%&a[e]=%zz%4&a[f]=x=y&a[g]=%ff\xe1")
                .collect::<Result<_, _>>()
                .unwrap();
        let read: Vec<(&str, &str, bool)> =
            pairs.iter().map(|pair| (pair.path[1].as_str(), pair.value.as_str(), pair.is_lossy)).collect();
        let expected = [
            ("b", "1 +2&", false),
            ("c", "", false),
            ("d", "%", false),
            ("e", "%zz%4", false),
            ("f", "x=y", false),
            ("g", "\u{fffd}\u{fffd}", true),
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn a_replacement_character_that_was_sent_is_no_loss() {
        assert_eq!(decoded(b"%EF%BF%BD"), ("\u{fffd}".to_owned(), false));
    }
}
