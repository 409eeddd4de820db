//! What no file may hold: unfinished marks, errors that are only words, places on somebody's machine.

use std::path::Path;

use super::Violation;

/// What must not stand in code, in parts, so that this file does not find itself.
const MARKS: [&str; 4] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];
const OUTSIDE: &str = concat!("../", "shared");
const MACHINE: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// Every forbidden thing in a file, line by line.
pub fn clean(file: &Path, content: &str) -> Vec<Violation> {
    // Recorded answers of Kommo, and lists that tools write, are what they are.
    let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    if file.starts_with("tests/fixtures") || name.ends_with(".lock") || name == "package-lock.json" {
        return Vec::new();
    }
    let code = matches!(
        file.extension().and_then(|ending| ending.to_str()),
        Some("rs" | "svelte" | "ts" | "js" | "mjs" | "py" | "sql")
    );
    let rust = file.extension().is_some_and(|ending| ending == "rs");
    let mut violations = Vec::new();
    for (index, line) in content.lines().enumerate() {
        let mut found = |what: String| violations.push(Violation::new(file, index + 1, what));
        if line.contains(OUTSIDE) {
            found("names a folder outside the project".to_owned());
        }
        if let Some(path) = MACHINE.iter().find(|path| holds_path(line, path)) {
            found(format!("names a place on one machine (`{path}`)"));
        }
        if code && let Some(mark) = MARKS.iter().find(|mark| holds_word(line, mark)) {
            found(format!("an unfinished mark (`{mark}`)"));
        }
        if rust && holds_string_error(line) {
            found("an error that is only words: make it a type with thiserror".to_owned());
        }
    }
    violations
}

/// The path stands at the start of something, not in the middle of an address or of a longer path.
fn holds_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        line[..at]
            .chars()
            .next_back()
            .is_none_or(|before| !(before.is_alphanumeric() || "/._-~}".contains(before)))
    })
}

fn holds_word(line: &str, word: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].chars().next_back().is_some_and(is_part)
            && !line[at + word.len()..].chars().next().is_some_and(is_part)
    })
}

/// A `Result` whose second type is `String`, whatever the first is.
fn holds_string_error(line: &str) -> bool {
    line.match_indices("Result<").any(|(at, opening)| {
        let types = &line[at + opening.len()..];
        let mut depth = 0_i32;
        let comma = types.char_indices().find(|(_, letter)| {
            match letter {
                '<' | '(' | '[' => depth += 1,
                '>' | ')' | ']' => depth -= 1,
                _ => {}
            }
            depth < 0 || (depth == 0 && *letter == ',')
        });
        comma.is_some_and(|(at, _)| {
            let second = types[at..].strip_prefix(',').map(str::trim_start);
            second
                .and_then(|second| second.strip_prefix("String"))
                .is_some_and(|after| after.starts_with('>'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, content: &str) -> usize {
        clean(Path::new(file), content).len()
    }

    #[test]
    fn marks_of_unfinished_work_are_found_as_whole_words() {
        assert_eq!(found("a.rs", &format!("// {}: later", MARKS[0])), 1);
        assert_eq!(found("a.rs", &format!("let x{} = 1;", MARKS[0])), 0);
        assert_eq!(found("a.md", MARKS[0]), 0, "prose may speak of it");
    }

    #[test]
    fn places_on_one_machine_are_found_but_addresses_are_not() {
        assert_eq!(found("a.md", &format!("see {}x", MACHINE[0])), 1);
        assert_eq!(found("a.md", &format!("\"{}me/x\"", MACHINE[2])), 1);
        assert_eq!(found("a.md", &format!("https://example.com{}x", MACHINE[0])), 0);
        assert_eq!(found("a.md", &format!("{OUTSIDE}/x.md")), 1);
    }

    #[test]
    fn an_error_that_is_a_string_is_found() {
        assert_eq!(found("a.rs", concat!("fn a() -> Result<u32, St", "ring> {")), 1);
        assert_eq!(found("a.rs", concat!("fn a() -> Result<Vec<(u32, u32)>, St", "ring> {")), 1);
        assert_eq!(found("a.rs", "fn a() -> Result<HashMap<u32, String>, Error> {"), 0);
        assert_eq!(found("a.rs", "fn a() -> Result<String, Error> {"), 0);
    }

    #[test]
    fn recorded_answers_may_hold_anything() {
        assert_eq!(found("tests/fixtures/a.json", &format!("{} {}", MACHINE[0], OUTSIDE)), 0);
    }
}
