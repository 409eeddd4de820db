//! The system packages: which are needed for what, how one sees that they are there, what each manager calls them.

use std::process::Command;

use anyhow::{Result, bail};

use super::Purpose;
use super::platform::{Manager, is_root};
use crate::process;

/// How one sees that a package is installed.
#[derive(Clone, Copy)]
enum Sign {
    /// `pkg-config` knows the library.
    Library(&'static str),
    /// One of these programs can be found.
    Program(&'static [&'static str]),
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

/// The browsers that the tests can drive.
pub const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

#[rustfmt::skip]
const LINUX: [Package; 14] = [
    program(Purpose::Headless, &["pkg-config"], "pkg-config", "/usr/bin/pkg-config", "pkgconf"),
    program(Purpose::Headless, &["make"], "build-essential", "/usr/bin/make", "base-devel"),
    library(Purpose::Headless, "openssl", "libssl-dev", "pkgconfig(openssl)", "openssl"),
    library(Purpose::Desktop, "webkit2gtk-4.1", "libwebkit2gtk-4.1-dev", "pkgconfig(webkit2gtk-4.1)", "webkit2gtk-4.1"),
    library(Purpose::Desktop, "librsvg-2.0", "librsvg2-dev", "pkgconfig(librsvg-2.0)", "librsvg"),
    library(Purpose::Desktop, "ayatana-appindicator3-0.1", "libayatana-appindicator3-dev", "pkgconfig(ayatana-appindicator3-0.1)", "libayatana-appindicator"),
    library(Purpose::Desktop, "dbus-1", "libdbus-1-dev", "pkgconfig(dbus-1)", "dbus"),
    program(Purpose::Test, &["Xvfb"], "xvfb", "/usr/bin/Xvfb", "xorg-server-xvfb"),
    program(Purpose::Test, &["WebKitWebDriver"], "webkit2gtk-driver", "/usr/bin/WebKitWebDriver", "webkit2gtk-4.1"),
    program(Purpose::Test, &BROWSERS, "chromium", "chromium", "chromium"),
    program(Purpose::Test, &["dbus-run-session"], "dbus", "/usr/bin/dbus-run-session", "dbus"),
    program(Purpose::Test, &["gnome-keyring-daemon"], "gnome-keyring", "/usr/bin/gnome-keyring-daemon", "gnome-keyring"),
    program(Purpose::Test, &["nm"], "binutils", "/usr/bin/nm", "binutils"),
    program(Purpose::Test, &["python3"], "python3", "/usr/bin/python3", "python"),
];

/// Installs the packages that a purpose needs and this machine lacks.
pub fn install_missing(purpose: Purpose) -> Result<()> {
    if cfg!(target_os = "linux") {
        let missing: Vec<&Package> =
            LINUX.iter().filter(|package| package.purpose <= purpose && !package.is_installed()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        install(&missing)
    } else if cfg!(target_os = "macos") {
        apple()
    } else {
        windows()
    }
}

impl Package {
    fn is_installed(&self) -> bool {
        match self.sign {
            Sign::Library(name) => {
                process::answer(Command::new("pkg-config").args(["--exists", name])).is_some()
            }
            Sign::Program(names) => process::find_any(names).is_some(),
        }
    }

    fn what(&self) -> &'static str {
        match self.sign {
            Sign::Library(name) => name,
            Sign::Program(names) => names[0],
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
    let what = missing.iter().map(|package| package.what()).collect::<Vec<_>>().join(", ");
    let Some(manager) = Manager::detect() else {
        let named = missing.iter().map(|package| package.name(Manager::Apt)).collect::<Vec<_>>().join(" ");
        bail!(
            "this machine lacks {what}, and none of apt-get, dnf, pacman and zypper is here to install them.\n\
             Install them by hand (on Debian the packages are called: {named}) and start again"
        );
    };
    let names: Vec<&str> = missing.iter().map(|package| package.name(manager)).collect();
    let mut commands = manager.install(&names);
    let as_root = is_root();
    if manager.needs_root() && !as_root {
        commands.iter_mut().for_each(|command| command.insert(0, "sudo".to_owned()));
    }
    let typed = commands.iter().map(|words| words.join(" ")).collect::<Vec<_>>().join(" && ");
    if manager.needs_root() && !as_root && process::find("sudo").is_none() {
        bail!(
            "this machine lacks {what}. Installing them needs the administrator, and sudo is not here.\n\
             As root, run:\n  {}",
            typed.replace("sudo ", "")
        );
    }
    eprintln!("Missing here: {what}. Installing:");
    for words in &commands {
        let mut command = Command::new(&words[0]);
        // sudo drops the variable unless it is given inside the command.
        if manager == Manager::Apt && words[0] == "sudo" {
            command.arg("DEBIAN_FRONTEND=noninteractive");
        }
        command.args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive");
        // Nothing that installs may write where a program's own output is expected.
        command.stdout(std::process::Stdio::from(std::io::stderr()));
        if let Err(error) = process::run(&mut command) {
            bail!("could not install {what}: {error:#}.\nBy hand:\n  {typed}");
        }
    }
    if let Some(package) = missing.iter().find(|package| !package.is_installed()) {
        bail!(
            "{} is still missing after installing {}; is another repository needed on this system?",
            package.what(),
            package.name(manager)
        );
    }
    Ok(())
}

fn apple() -> Result<()> {
    if process::answer(Command::new("xcode-select").arg("-p")).is_some() {
        return Ok(());
    }
    bail!("Apple's command line tools are missing. Install them and start again:\n  xcode-select --install")
}

/// SQLCipher's cryptography (OpenSSL) is built from source on Windows, and its configuration is a Perl script.
fn windows() -> Result<()> {
    if process::find("perl").is_some() {
        return Ok(());
    }
    let commands = Manager::Winget.install(&["StrawberryPerl.StrawberryPerl"]);
    let typed = commands[0].join(" ");
    if Manager::detect().is_none() {
        bail!(
            "Perl is missing (it configures OpenSSL, which the encrypted database needs). Install it:\n  {typed}"
        );
    }
    eprintln!("Missing here: perl. Installing:");
    process::run(Command::new(&commands[0][0]).args(&commands[0][1..]))?;
    bail!("Perl is installed now. Open a new terminal, so that it is found, and start again")
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
