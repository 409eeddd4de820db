//! Which package manager this machine has, and how it is asked to install something.

use std::process::Command;

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
            Self::Pacman => (&[], &["pacman", "-Sy", "--needed", "--noconfirm"]),
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

/// Whether this process may install system packages itself.
pub fn is_root() -> bool {
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
