//! The package for Linux has a name that Debian allows. Tauri makes it from the product's name and checks nothing.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Violation;

const CONFIGURATION: &str = "src-tauri/tauri.linux.conf.json";

/// The product's name on Linux, which overrides the one with an accent.
pub fn named_for_debian(root: &Path) -> Result<Vec<Violation>> {
    let text = fs::read_to_string(root.join(CONFIGURATION))
        .with_context(|| format!("could not read {CONFIGURATION}"))?;
    let configuration: Value =
        serde_json::from_str(&text).with_context(|| format!("{CONFIGURATION} is not JSON"))?;
    let name = configuration["productName"].as_str().unwrap_or_default();
    if is_allowed(name) {
        return Ok(Vec::new());
    }
    let what = format!("`{name}` as `productName` makes a package that Debian refuses");
    Ok(vec![Violation::new(Path::new(CONFIGURATION), 1, what)])
}

/// Debian's rule: at least two small letters, digits, `+`, `-` or `.`, the first a letter or a digit.
fn is_allowed(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.len() >= 2 && name.starts_with(plain) && name.chars().all(|c| plain(c) || "+-.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_debian_refuses_is_found() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("src-tauri")).unwrap();
        let found = |content: &str| {
            fs::write(root.path().join(CONFIGURATION), content).unwrap();
            named_for_debian(root.path()).unwrap().len()
        };
        assert_eq!(found(r#"{"productName": "cadencia"}"#), 0);
        for bad in [r#"{"productName": "cadência"}"#, r#"{"productName": "Cadencia"}"#, "{}"] {
            assert_eq!(found(bad), 1, "{bad}");
        }
    }
}
