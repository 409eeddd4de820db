//! The system packages: which are needed for what, how one sees that they are there, what each manager calls them.

use std::process::Command;

use anyhow::{Result, bail};

use super::Purpose;
use super::platform::{self, Manager};
use super::{browser, perl};
use crate::process;

/// How one sees that a package is installed.
#[derive(Clone, Copy)]
enum Sign {
    /// `pkg-config` knows the library.
    Library(&'static str),
    /// One of these programs can be found.
    Program(&'static [&'static str]),
    /// Fontconfig has at least one font: without any, no page shows a letter.
    Fonts,
}

struct Package {
    purpose: Purpose,
    sign: Sign,
    apt: &'static str,
    // Names of libraries and files instead of packages: dnf and zypper find the package that provides them.
    rpm: &'static str,
    pacman: &'static str,
}

const fn library(
    purpose: Purpose,
    name: &'static str,
    apt: &'static str,
    rpm: &'static str,
    pacman: &'static str,
) -> Package {
    Package { purpose, sign: Sign::Library(name), apt, rpm, pacman }
}

const fn program(
    purpose: Purpose,
    names: &'static [&'static str],
    apt: &'static str,
    rpm: &'static str,
    pacman: &'static str,
) -> Package {
    Package { purpose, sign: Sign::Program(names), apt, rpm, pacman }
}

#[rustfmt::skip]
const LINUX: [Package; 13] = [
    program(Purpose::Headless, &["cc"], "build-essential", "/usr/bin/cc", "base-devel"),
    program(Purpose::Headless, &["pkg-config"], "pkg-config", "/usr/bin/pkg-config", "pkgconf"),
    library(Purpose::Headless, "openssl", "libssl-dev", "pkgconfig(openssl)", "openssl"),
    library(Purpose::Desktop, "webkit2gtk-4.1", "libwebkit2gtk-4.1-dev", "pkgconfig(webkit2gtk-4.1)", "webkit2gtk-4.1"),
    library(Purpose::Desktop, "librsvg-2.0", "librsvg2-dev", "pkgconfig(librsvg-2.0)", "librsvg"),
    library(Purpose::Desktop, "ayatana-appindicator3-0.1", "libayatana-appindicator3-dev", "pkgconfig(ayatana-appindicator3-0.1)", "libayatana-appindicator"),
    library(Purpose::Desktop, "dbus-1", "libdbus-1-dev", "pkgconfig(dbus-1)", "dbus"),
    program(Purpose::Desktop, &["nm"], "binutils", "/usr/bin/nm", "binutils"),
    program(Purpose::Test, &["Xvfb"], "xvfb", "/usr/bin/Xvfb", "xorg-server-xvfb"),
    program(Purpose::Test, &["WebKitWebDriver"], "webkit2gtk-driver", "/usr/bin/WebKitWebDriver", "webkitgtk-6.0"),
    program(Purpose::Test, &["dbus-run-session"], "dbus", "/usr/bin/dbus-run-session", "dbus"),
    program(Purpose::Test, &["gnome-keyring-daemon"], "gnome-keyring", "/usr/bin/gnome-keyring-daemon", "gnome-keyring"),
    Package { purpose: Purpose::Test, sign: Sign::Fonts, apt: "fonts-dejavu-core", rpm: "font(dejavusans)", pacman: "ttf-dejavu" },
];

/// Installs the packages that a purpose needs and this machine lacks. What only some tests need may stay missing: it is
/// told here, and the steps that need it are skipped.
pub fn install_missing(purpose: Purpose) -> Result<()> {
    if cfg!(target_os = "linux") {
        let (for_tests, needed): (Vec<&Package>, Vec<&Package>) = LINUX
            .iter()
            .filter(|package| package.purpose <= purpose && !package.is_installed())
            .partition(|package| package.purpose == Purpose::Test);
        install(&needed)?;
        install_for_tests(&for_tests);
    } else if cfg!(target_os = "macos") {
        apple()?;
    } else {
        perl::install_if_missing()?;
    }
    if purpose == Purpose::Test
        && let Err(error) = browser::install_if_missing()
    {
        eprintln!("warning: {error:#}");
    }
    Ok(())
}

impl Package {
    fn is_installed(&self) -> bool {
        match self.sign {
            Sign::Library(name) => {
                process::answer(Command::new("pkg-config").args(["--exists", name])).is_some()
            }
            Sign::Program(names) => process::find_any(names).is_some(),
            Sign::Fonts => {
                process::answer(&mut Command::new("fc-list")).is_some_and(|fonts| !fonts.is_empty())
            }
        }
    }

    fn what(&self) -> &'static str {
        match self.sign {
            Sign::Library(name) => name,
            Sign::Program(names) => names[0],
            Sign::Fonts => "fonts",
        }
    }

    fn name(&self, manager: Manager) -> &'static str {
        match manager {
            Manager::Dnf | Manager::Zypper => self.rpm,
            Manager::Pacman => self.pacman,
            Manager::Apt | Manager::Brew | Manager::Winget => self.apt,
        }
    }
}

fn install(missing: &[&Package]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let what = missing.iter().map(|package| package.what()).collect::<Vec<_>>().join(", ");
    let Some(manager) = Manager::detect() else {
        let named = missing.iter().map(|package| package.name(Manager::Apt)).collect::<Vec<_>>().join(" ");
        bail!(
            "this machine lacks {what}, and none of apt-get, dnf, pacman and zypper is here to install them.\n\
             Install them by hand (on Debian the packages are called: {named}) and start again"
        );
    };
    let names: Vec<&str> = missing.iter().map(|package| package.name(manager)).collect();
    platform::install(manager, &what, &names)?;
    if let Some(package) = missing.iter().find(|package| !package.is_installed()) {
        bail!(
            "{} is still missing after installing {}; is another repository needed on this system?",
            package.what(),
            package.name(manager)
        );
    }
    Ok(())
}

/// One name that a repository lacks makes a manager refuse them all: then each is tried alone.
fn install_for_tests(missing: &[&Package]) {
    let Err(error) = install(missing) else { return };
    eprintln!("warning: {error:#}");
    if missing.len() > 1 && platform::can_install() {
        for package in missing.iter().filter(|package| !package.is_installed()) {
            install_for_tests(&[package]);
        }
    }
}

/// SQLCipher takes its cryptography from the system there, and WebKit is part of it.
fn apple() -> Result<()> {
    if process::answer(Command::new("xcode-select").arg("-p")).is_some() {
        return Ok(());
    }
    bail!("Apple's command line tools are missing. Install them and start again:\n  xcode-select --install")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_has_a_name_for_every_manager_of_linux() {
        for package in &LINUX {
            for manager in [Manager::Apt, Manager::Dnf, Manager::Pacman, Manager::Zypper] {
                assert!(!package.name(manager).is_empty(), "{} has no name for {manager:?}", package.what());
            }
        }
    }

    #[test]
    fn a_program_that_does_not_exist_counts_as_missing() {
        let package = program(Purpose::Test, &["no-such-program-anywhere"], "a", "b", "c");
        assert!(!package.is_installed());
    }
}
