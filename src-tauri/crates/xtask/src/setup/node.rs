//! Node.js: present and new enough. It is not installed for the user: every way to do so is a matter of taste.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process;

const WHERE: &str = "Install Node.js 22 (or 20.19 and later) from https://nodejs.org/ or with your version manager, and start again";

/// Fails unless `node` and `npm` are here and new enough.
pub fn check() -> Result<()> {
    let Some(version) = process::answer(Command::new("node").arg("--version")) else {
        bail!("Node.js is missing; the user interface is built with it. {WHERE}");
    };
    if !is_new_enough(&version) {
        bail!("Node.js {version} is too old to build the user interface. {WHERE}");
    }
    if process::find(process::NPM).is_none() {
        bail!(
            "npm is missing although Node.js {version} is here; some systems ship it as a package of its own (`npm`)"
        );
    }
    Ok(())
}

/// What Vite asks for: `^20.19 || >=22.12`.
fn is_new_enough(version: &str) -> bool {
    let mut parts = version.trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    let (Some(major), Some(minor)) = (parts.next(), parts.next()) else { return false };
    match major {
        20 => minor >= 19,
        22 => minor >= 12,
        _ => major > 22,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_apart() {
        for new in ["v20.19.0", "v20.20.2", "v22.12.0", "v23.0.0", "v24.1.0"] {
            assert!(is_new_enough(new), "{new}");
        }
        for old in ["v18.20.4", "v20.18.3", "v21.7.0", "v22.11.0", "", "nonsense"] {
            assert!(!is_new_enough(old), "{old}");
        }
    }
}
