//! Every crate tells a stranger what it is: its README is its documentation.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::Violation;

const INCLUDED: &str = "#![doc = include_str!(\"../README.md\")]";

/// Each crate under `src-tauri/crates` has a README and includes it.
pub fn documented(root: &Path) -> Result<Vec<Violation>> {
    let folder = Path::new("src-tauri").join("crates");
    let mut violations = Vec::new();
    let entries = fs::read_dir(root.join(&folder)).context("could not list the crates")?;
    for entry in entries {
        let name = entry.context("could not list the crates")?.file_name();
        let krate = folder.join(name);
        if !root.join(&krate).join("Cargo.toml").is_file() {
            continue;
        }
        let readme = krate.join("README.md");
        match fs::read_to_string(root.join(&readme)) {
            Ok(text) => violations.extend(taken_for_rust(&readme, &text)),
            Err(_) => {
                let what = "is missing: it tells a stranger what the crate is";
                violations.push(Violation::new(&readme, 1, what));
            }
        }
        let sources = ["src/lib.rs", "src/main.rs"].map(|file| krate.join(file));
        let Some(top) = sources.iter().find(|file| root.join(file).is_file()) else { continue };
        if !fs::read_to_string(root.join(top)).is_ok_and(|content| content.contains(INCLUDED)) {
            violations.push(Violation::new(top, 1, format!("does not begin with `{INCLUDED}`")));
        }
    }
    Ok(violations)
}

/// A crate's README is its rustdoc, which compiles as Rust what stands in a block of code that says no language: one
/// between bare fences, or one that is only indented.
fn taken_for_rust(readme: &Path, text: &str) -> Vec<Violation> {
    let mut violations = Vec::new();
    // What closes the fence that is open.
    let mut open: Option<&str> = None;
    let (mut after_blank, mut in_list, mut in_block) = (true, false, false);
    for (index, line) in text.lines().enumerate() {
        let bare = line.trim_start();
        let mut found = |what: &str| violations.push(Violation::new(readme, index + 1, what));
        if let Some(fence) = open {
            if bare.starts_with(fence) {
                open = None;
            }
        } else if let Some(fence) = ["```", "~~~"].into_iter().find(|fence| bare.starts_with(fence)) {
            if bare.trim_start_matches(['`', '~']).trim().is_empty() {
                found("a block of code without its language is compiled as Rust: write ```text or ```sh");
            }
            open = Some(fence);
        } else if bare.is_empty() {
            after_blank = true;
            continue;
        } else {
            let indented = line.starts_with("    ") || line.starts_with('\t');
            in_list = is_item(bare) && !indented || in_list && line.starts_with(' ');
            // Indented lines go on with a paragraph or an item of a list; after an empty line they are code.
            let code = indented && !in_list && (after_blank || in_block);
            if code && !in_block {
                found(
                    "an indented block of code is compiled as Rust: put it between ```text or ```sh and ```",
                );
            }
            in_block = code;
        }
        after_blank = false;
    }
    violations
}

fn is_item(line: &str) -> bool {
    let number = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
    ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark))
        || (number.len() < line.len() && (number.starts_with(". ") || number.starts_with(") ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<usize> {
        taken_for_rust(Path::new("README.md"), text).into_iter().map(|violation| violation.line).collect()
    }

    #[test]
    fn code_that_rustdoc_would_take_for_rust_is_found_once_per_block() {
        assert_eq!(blocks("# a\n\n    cargo run\n\n    cargo test\n\ntext\n\n    more\n"), [3, 9]);
        assert_eq!(blocks("text\n\n```\ncargo run\n```\n"), [3]);
        assert_eq!(blocks("~~~\ncargo run\n~~~\n\n\tcargo test\n"), [1, 5]);
    }

    #[test]
    fn code_with_its_language_lists_and_long_paragraphs_pass() {
        assert_eq!(blocks("```sh\ncargo run\n\n    indented\n```\n\n```rust\nlet a = 1;\n```\n"), [0; 0]);
        assert_eq!(blocks("- an item\n\n    goes on\n\n1. another\n\n    goes on\n"), [0; 0]);
        assert_eq!(blocks("a paragraph\n    that goes on\n"), [0; 0]);
    }

    #[test]
    fn a_crate_without_its_readme_in_its_documentation_is_found() {
        let root = tempfile::tempdir().unwrap();
        let make = |name: &str, readme: bool, lib: &str| {
            let krate = root.path().join("src-tauri/crates").join(name);
            fs::create_dir_all(krate.join("src")).unwrap();
            fs::write(krate.join("Cargo.toml"), "").unwrap();
            fs::write(krate.join("src/lib.rs"), lib).unwrap();
            if readme {
                fs::write(krate.join("README.md"), "# a").unwrap();
            }
        };
        make("good", true, INCLUDED);
        assert_eq!(documented(root.path()).unwrap(), []);
        make("mute", true, "//! something else");
        make("bare", false, INCLUDED);
        assert_eq!(documented(root.path()).unwrap().len(), 2);
    }
}
