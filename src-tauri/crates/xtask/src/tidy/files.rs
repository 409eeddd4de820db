//! Sizes and names of files.

use std::path::Path;

use super::Violation;

/// How many lines a file may have, by its ending: what is longer holds more than one matter.
const LIMITS: [(&str, usize); 4] = [("rs", 700), ("svelte", 400), ("ts", 300), ("mjs", 300)];

/// Names that say nothing about the matter.
const EMPTY: [&str; 10] =
    ["manager", "managers", "helper", "helpers", "service", "services", "util", "utils", "common", "misc"];

/// The Secret Service is the name of a thing on Linux, not of a layer here.
const ALLOWED: &str = "secret_service";

fn ending(file: &Path) -> &str {
    file.extension().and_then(|ending| ending.to_str()).unwrap_or("")
}

fn is_generated(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().contains(".gen."))
}

/// A file of code is not longer than its limit.
pub fn short_enough(file: &Path, content: &str) -> Option<Violation> {
    let (_, limit) = LIMITS.iter().find(|(of, _)| *of == ending(file))?;
    let lines = content.lines().count();
    (lines > *limit && !is_generated(file)).then(|| {
        Violation::new(file, limit + 1, format!("{lines} lines; {limit} are the most: split it by matter"))
    })
}

/// A file of code, and every folder above it, is named for its matter.
pub fn named_well(file: &Path) -> Vec<Violation> {
    if !matches!(ending(file), "rs" | "svelte" | "ts" | "js" | "mjs") {
        return Vec::new();
    }
    let parts = file.with_extension("");
    let empty = parts.iter().filter_map(|part| {
        let part = part.to_str()?;
        let words: Vec<String> = words(part);
        let bare = words.join("_").replace(ALLOWED, "");
        let word = bare.split('_').find(|word| EMPTY.contains(word))?;
        Some(Violation::new(file, 1, format!("`{word}` in `{part}` says nothing: name it for its matter")))
    });
    empty.collect()
}

/// `SyncManager`, `sync-manager` and `sync_manager.test` all hold the words sync and manager.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if !letter.is_alphanumeric() || letter.is_uppercase() {
            words.push(String::new());
        }
        if let (true, Some(last)) = (letter.is_alphanumeric(), words.last_mut()) {
            last.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_found_unless_it_is_generated() {
        let long = "x\n".repeat(301);
        assert_eq!(short_enough(Path::new("a.ts"), &long).unwrap().line, 301);
        assert_eq!(short_enough(Path::new("a.gen.ts"), &long), None);
        assert_eq!(short_enough(Path::new("a.rs"), &long), None);
        assert_eq!(short_enough(Path::new("Cargo.lock"), &"x\n".repeat(9000)), None);
    }

    #[test]
    fn names_that_say_nothing_are_found_in_every_spelling() {
        for bad in [
            "src/utils.rs",
            "src/sync_manager.rs",
            "src/common/mod.rs",
            "ui/LeadHelper.svelte",
            "a/http-service.ts",
            "a/misc.test.ts",
        ] {
            assert_eq!(named_well(Path::new(bad)).len(), 1, "{bad}");
        }
    }

    #[test]
    fn names_of_matters_pass() {
        for good in
            ["src/secret_service.rs", "src/lead.rs", "docs/utils.md", "src/servicer.rs", "src/commonality.ts"]
        {
            assert_eq!(named_well(Path::new(good)), [], "{good}");
        }
    }
}
