//! Installing what the user interface needs and building it, each only when something changed.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use crate::process;
use crate::workspace::Workspace;

/// Runs `npm ci` in a folder unless exactly this lock file is installed there already.
pub fn install(workspace: &Workspace, folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = fingerprint(folder, &["package-lock.json"])
        .with_context(|| format!("could not read {}", lock.display()))?;
    let stamp = folder.join("node_modules").join(".installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    process::run(
        workspace
            .npm(folder)
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            .stdout(Stdio::from(std::io::stderr())),
    )
    .context("could not install the packages of the user interface; is the npm registry reachable?")?;
    fs::write(&stamp, wanted).with_context(|| format!("could not write {}", stamp.display()))
}

/// What a build of the interface depends on.
const SOURCES: [&str; 8] = [
    "src",
    "messages",
    "static",
    "package-lock.json",
    "package.json",
    "svelte.config.js",
    "tsconfig.json",
    "vite.config.ts",
];

/// Builds the user interface unless the one that is there was made from these very sources.
pub fn build(workspace: &Workspace) -> Result<()> {
    let ui = workspace.ui();
    install(workspace, &ui)?;
    let wanted = fingerprint(&ui, &SOURCES).context("could not read the sources of the user interface")?;
    let stamp = ui.join("node_modules").join(".built");
    let page = workspace.built_ui().join("index.html");
    if page.is_file() && fs::read_to_string(&stamp).is_ok_and(|built| built == wanted) {
        return Ok(());
    }
    // Output goes to standard error: what `serve` prints on standard output is the program's own.
    let mut npm: Command = workspace.npm(&ui);
    process::run(npm.args(["run", "--silent", "build"]).stdout(Stdio::from(std::io::stderr())))
        .context("could not build the user interface")?;
    fs::write(&stamp, wanted).with_context(|| format!("could not write {}", stamp.display()))
}

/// One number for the names and contents of files, as text. What is missing counts as missing, not as an error,
/// except that at least one of `names` has to be there.
fn fingerprint(folder: &Path, names: &[&str]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    let mut files = 0;
    for name in names {
        let path = folder.join(name);
        if path.exists() {
            files += add(&path, &mut hasher)?;
        }
    }
    anyhow::ensure!(files > 0, "{} holds none of {}", folder.display(), names.join(", "));
    Ok(format!("{:016x}", hasher.finish()))
}

fn add(path: &Path, hasher: &mut DefaultHasher) -> Result<usize> {
    path.to_string_lossy().hash(hasher);
    if !path.is_dir() {
        fs::read(path)?.hash(hasher);
        return Ok(1);
    }
    let mut entries = fs::read_dir(path)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    entries.sort();
    entries.iter().try_fold(0, |files, entry| Ok(files + add(entry, hasher)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_a_new_and_a_removed_file_each_change_the_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        let sources = folder.path().join("src");
        fs::create_dir(&sources).unwrap();
        fs::write(sources.join("one.ts"), "1").unwrap();
        let mark = || fingerprint(folder.path(), &["src", "static"]).unwrap();

        let first = mark();
        assert_eq!(first, mark());
        fs::write(sources.join("one.ts"), "2").unwrap();
        let changed = mark();
        assert_ne!(first, changed);
        fs::write(sources.join("two.ts"), "").unwrap();
        let added = mark();
        assert_ne!(changed, added);
        fs::remove_file(sources.join("two.ts")).unwrap();
        assert_eq!(changed, mark());
    }

    #[test]
    fn a_folder_without_any_source_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(fingerprint(folder.path(), &["src"]).is_err());
    }
}
