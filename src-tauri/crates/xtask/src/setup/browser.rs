//! The browser that the tests drive: where browsers lie on each system, and which one is installed where none is.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::platform::{self, Manager};
use crate::process;

/// What they are called where programs lie in one list of folders.
const PROGRAMS: [&str; 6] = [
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
    "microsoft-edge",
    "microsoft-edge-stable",
];

/// Where they lie below a folder for programs: macOS, then Windows.
const BUNDLES: [&str; 3] = [
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];
const EXECUTABLES: [&str; 2] =
    ["Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe"];

/// The browser that `CHROMIUM` names, or the first of those the tests can drive.
pub fn find() -> Option<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM").filter(|named| !named.is_empty()) {
        return Some(named.into());
    }
    let on_path = PROGRAMS.iter().flat_map(|name| process::find_all(name)).find(|program| !is_snap(program));
    on_path.or_else(|| {
        if cfg!(target_os = "macos") {
            below(
                &[Some("/Applications".into()), env::home_dir().map(|home| home.join("Applications"))],
                &BUNDLES,
            )
        } else if cfg!(windows) {
            let folder = |name| env::var_os(name).map(PathBuf::from);
            below(&["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"].map(folder), &EXECUTABLES)
        } else {
            None
        }
    })
}

fn below(folders: &[Option<PathBuf>], programs: &[&str]) -> Option<PathBuf> {
    let folders = || folders.iter().flatten();
    programs
        .iter()
        .flat_map(|program| folders().map(move |folder| folder.join(program)))
        .find(|candidate| candidate.is_file())
}

/// A browser in a snap (or the script that stands in for it) has a folder for temporary files of its own: whoever
/// drives it from outside is not understood.
fn is_snap(program: &Path) -> bool {
    const SCRIPT: u64 = 64 * 1024;
    let real = program.canonicalize().unwrap_or_else(|_| program.to_owned());
    if real.starts_with("/snap") || real.file_name().is_some_and(|name| name == "snap") {
        return true;
    }
    fs::metadata(&real).is_ok_and(|file| file.len() < SCRIPT)
        && fs::read(&real).is_ok_and(|script| {
            script.starts_with(b"#!") && String::from_utf8_lossy(&script).contains("/snap/")
        })
}

/// Installs one where there is none.
pub fn install_if_missing() -> Result<()> {
    if find().is_some() {
        return Ok(());
    }
    const CHROME: &str = "Install Google Chrome from https://www.google.com/chrome/";
    let Some(manager) = Manager::detect() else {
        bail!("there is no browser that tests can drive. {CHROME}")
    };
    if manager == Manager::Apt && apt_has_only_a_snap() {
        bail!("this system's Chromium is a snap, which tests cannot drive. {CHROME}");
    }
    let name = match manager {
        Manager::Brew => "google-chrome",
        Manager::Winget => "Google.Chrome",
        Manager::Apt | Manager::Dnf | Manager::Pacman | Manager::Zypper => "chromium",
    };
    platform::install(manager, "a browser", &[name])?;
    if find().is_none() {
        bail!("no browser that tests can drive is there after installing {name}. {CHROME}");
    }
    Ok(())
}

/// On Ubuntu the package is empty but for a script that installs the snap.
fn apt_has_only_a_snap() -> bool {
    process::answer(Command::new("apt-cache").args(["policy", "chromium", "chromium-browser"])).is_some_and(
        |policy| {
            policy.lines().any(|line| line.trim_start().starts_with("Candidate:") && line.contains("snap"))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_stands_in_for_a_snap_is_no_browser() {
        let folder = tempfile::tempdir().unwrap();
        let program = |name: &str, content: &str| {
            let path = folder.path().join(name);
            fs::write(&path, content).unwrap();
            path
        };
        assert!(is_snap(&program("ubuntu", "#!/bin/sh\nexec /snap/bin/chromium \"$@\"\n")));
        assert!(is_snap(&program("snap", "")));
        assert!(!is_snap(&program("debian", "#!/bin/sh\nexec /usr/lib/chromium/chromium \"$@\"\n")));
        assert!(!is_snap(&program("binary", "\u{7f}ELF /snap/")));
    }

    #[test]
    fn a_browser_is_found_below_any_folder_for_programs() {
        let (empty, full) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let edge = full.path().join(EXECUTABLES[1]);
        fs::create_dir_all(edge.parent().unwrap()).unwrap();
        fs::write(&edge, "").unwrap();
        let folders = [None, Some(empty.path().to_owned()), Some(full.path().to_owned())];
        assert_eq!(below(&folders, &EXECUTABLES), Some(edge));
        assert_eq!(below(&folders, &BUNDLES), None);
    }
}
