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
        if !root.join(&readme).is_file() {
            violations.push(Violation::new(&readme, 1, "is missing: it tells a stranger what the crate is"));
        }
        let sources = ["src/lib.rs", "src/main.rs"].map(|file| krate.join(file));
        let Some(top) = sources.iter().find(|file| root.join(file).is_file()) else { continue };
        if !fs::read_to_string(root.join(top)).is_ok_and(|content| content.contains(INCLUDED)) {
            violations.push(Violation::new(top, 1, format!("does not begin with `{INCLUDED}`")));
        }
    }
    Ok(violations)
}

#[cfg(test)]
mod tests {
    use super::*;

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
