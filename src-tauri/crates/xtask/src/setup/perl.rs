//! Perl, on Windows: OpenSSL is built there for the encrypted database, and what configures it is a Perl script. The
//! Perl that comes with Git comes first in Git's own shell and cannot do it: it lacks modules and writes Unix paths.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::platform::{self, Manager};
use crate::process;

/// The variable by which OpenSSL's build is told which Perl to use.
pub const VARIABLE: &str = "OPENSSL_SRC_PERL";
const PACKAGE: &str = "StrawberryPerl.StrawberryPerl";
/// Where it is installed; a terminal that was open before does not know.
const USUAL: &str = r"C:\Strawberry\perl\bin\perl.exe";

/// The first Perl that can configure OpenSSL.
pub fn find() -> Option<PathBuf> {
    let named = [VARIABLE, "PERL"].into_iter().filter_map(env::var_os).map(PathBuf::from);
    named
        .chain(process::find_all("perl"))
        .chain([PathBuf::from(USUAL)])
        .find(|perl| is_for_windows(perl) && perl_has_modules(perl))
}

fn is_for_windows(perl: &Path) -> bool {
    process::answer(Command::new(perl).args(["-e", "print $^O"])).is_some_and(|system| system == "MSWin32")
}

fn perl_has_modules(perl: &Path) -> bool {
    process::answer(Command::new(perl).args(["-MLocale::Maketext::Simple", "-MIPC::Cmd", "-e", "1"]))
        .is_some()
}

/// Installs Strawberry Perl where no Perl will do.
pub fn install_if_missing() -> Result<()> {
    if find().is_some() {
        return Ok(());
    }
    let Some(manager) = Manager::detect() else {
        bail!(
            "Perl for Windows is missing (it configures OpenSSL, which the encrypted database needs), and winget is not \
             here to install it. Install Strawberry Perl from https://strawberryperl.com/ and start again"
        );
    };
    platform::install(manager, "Perl for Windows", &[PACKAGE])?;
    if find().is_none() {
        bail!("Perl is installed now. Open a new terminal, so that it is found, and start again");
    }
    Ok(())
}
