//! Which package manager this machine has, and how it is asked to install something.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::process;

/// A package manager.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manager {
    /// Debian, Ubuntu and their kin.
    Apt,
    /// Fedora and its kin.
    Dnf,
    /// Arch and its kin.
    Pacman,
    /// openSUSE.
    Zypper,
    /// Homebrew, on macOS.
    Brew,
    /// Windows.
    Winget,
}

impl Manager {
    /// The one that is installed here.
    pub fn detect() -> Option<Self> {
        let candidates: &[(&str, Self)] = if cfg!(target_os = "macos") {
            &[("brew", Self::Brew)]
        } else if cfg!(windows) {
            &[("winget", Self::Winget)]
        } else {
            &[("apt-get", Self::Apt), ("dnf", Self::Dnf), ("pacman", Self::Pacman), ("zypper", Self::Zypper)]
        };
        candidates.iter().find(|(program, _)| process::find(program).is_some()).map(|(_, manager)| *manager)
    }

    /// The commands that install packages, one after the other, for somebody who may do so.
    pub fn install(self, packages: &[&str]) -> Vec<Vec<String>> {
        let (before, install): (&[&[&str]], &[&str]) = match self {
            Self::Apt => {
                (&[&["apt-get", "update"]], &["apt-get", "install", "-y", "--no-install-recommends"])
            }
            Self::Dnf => (&[], &["dnf", "install", "-y", "--setopt=install_weak_deps=False"]),
            // Arch wants the whole system renewed with its lists: a part of it alone may not fit the rest.
            Self::Pacman => (&[], &["pacman", "-Syu", "--needed", "--noconfirm"]),
            Self::Zypper => (&[], &["zypper", "--non-interactive", "install", "--no-recommends"]),
            Self::Brew => (&[], &["brew", "install"]),
            Self::Winget => {
                // Takes one package at a time, and asks about licences unless told otherwise.
                let before =
                    ["winget", "install", "--accept-package-agreements", "--accept-source-agreements"];
                return packages
                    .iter()
                    .map(|id| [before.as_slice(), &["--exact", "--id", *id]].concat())
                    .map(|words| words.into_iter().map(str::to_owned).collect())
                    .collect();
            }
        };
        let mut last: Vec<String> = install.iter().map(|word| (*word).to_owned()).collect();
        last.extend(packages.iter().map(|package| (*package).to_owned()));
        let owned = |words: &&[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        before.iter().map(owned).chain([last]).collect()
    }

    /// Whether installing needs the rights of the administrator (asked for with `sudo`).
    pub fn needs_root(self) -> bool {
        !matches!(self, Self::Brew | Self::Winget)
    }
}

/// Installs packages, saying so first. An error tells the command to type by hand.
pub fn install(manager: Manager, what: &str, names: &[&str]) -> Result<()> {
    let mut commands = manager.install(names);
    let with_sudo = manager.needs_root() && !is_root();
    let typed = commands.iter().map(|words| words.join(" ")).collect::<Vec<_>>();
    if with_sudo && process::find("sudo").is_none() {
        bail!(
            "this machine lacks {what}. Installing needs the administrator, and sudo is not here.\n\
             As root, run:\n  {}",
            typed.join(" && ")
        );
    }
    if with_sudo {
        commands.iter_mut().for_each(|command| command.insert(0, "sudo".to_owned()));
    }
    eprintln!("Missing here: {what}. Installing:");
    for words in &commands {
        let mut command = Command::new(&words[0]);
        // sudo drops the variable unless it is given inside the command.
        if manager == Manager::Apt && with_sudo {
            command.arg("DEBIAN_FRONTEND=noninteractive");
        }
        command.args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive");
        // Nothing that installs may write where a program's own output is expected.
        command.stdout(Stdio::from(std::io::stderr()));
        if let Err(error) = process::run(&mut command) {
            let typed = commands.iter().map(|words| words.join(" ")).collect::<Vec<_>>();
            bail!("could not install {what}: {error:#}.\nBy hand:\n  {}", typed.join(" && "));
        }
    }
    Ok(())
}

/// Whether there is a package manager and the right to use it.
pub fn can_install() -> bool {
    Manager::detect()
        .is_some_and(|manager| !manager.needs_root() || is_root() || process::find("sudo").is_some())
}

/// Whether this process may install system packages itself.
fn is_root() -> bool {
    process::answer(Command::new("id").arg("-u")).is_some_and(|id| id == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apt_reads_its_lists_first_and_never_asks() {
        let commands = Manager::Apt.install(&["xvfb", "dbus"]);
        assert_eq!(commands[0], ["apt-get", "update"]);
        assert_eq!(commands[1], ["apt-get", "install", "-y", "--no-install-recommends", "xvfb", "dbus"]);
    }

    #[test]
    fn winget_installs_one_package_per_command() {
        let commands = Manager::Winget.install(&["A.A", "B.B"]);
        assert_eq!(commands.len(), 2);
        assert!(commands[1].contains(&"B.B".to_owned()) && !commands[1].contains(&"A.A".to_owned()));
    }
}
