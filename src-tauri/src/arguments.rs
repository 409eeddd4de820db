//! The command line.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;

use clap::Parser;
use url::Url;

/// The identifier of the program, as in `tauri.conf.json`.
pub const IDENTIFIER: &str = "app.cadencia.desktop";

/// Two-way sync with Kommo and follow-ups.
#[derive(Parser, Clone, Debug, Default, PartialEq, Eq)]
#[command(name = "cadencia", version)]
pub struct Arguments {
    /// Opens on the demo account; real accounts are left alone.
    #[arg(long)]
    pub demo: bool,
    /// Folder of the data instead of the usual one; created when missing.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Starts in the tray, without opening the window.
    #[arg(long)]
    pub hidden: bool,
    /// Talks to a Kommo at this address instead of `https://SUBDOMAIN.kommo.com`.
    #[arg(long, value_name = "URL", conflicts_with = "demo")]
    pub kommo_url: Option<Url>,
    /// Port of the embedded listener for sign-in instead of the one in the preferences; 0 takes a free one.
    #[arg(long, value_name = "PORT")]
    pub listener_port: Option<u16>,
}

impl Arguments {
    /// Name under which a second start finds the first: one program per data folder, the demo apart.
    pub fn instance(&self) -> String {
        let name = IDENTIFIER;
        match (&self.data, self.demo) {
            (None, false) => name.to_owned(),
            (None, true) => format!("{name}.demo"),
            (Some(folder), _) => {
                let mut hasher = DefaultHasher::new();
                folder.hash(&mut hasher);
                // A part of such a name must not begin with a digit.
                format!("{name}.data{:016x}", hasher.finish())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Arguments {
        Arguments::try_parse_from([&["cadencia"], words].concat()).unwrap()
    }

    #[test]
    fn each_data_folder_has_its_own_instance_and_the_demo_too() {
        let usual = parsed(&[]).instance();
        let demo = parsed(&["--demo"]).instance();
        let one = parsed(&["--data", "one"]).instance();
        let two = parsed(&["--data", "two", "--demo"]).instance();
        assert!(usual != demo && demo != one && one != two && usual != one);
        assert_eq!(one, parsed(&["--hidden", "--data", "one"]).instance());
    }

    #[test]
    fn the_usual_instance_has_the_programs_own_name() {
        let config: serde_json::Value = serde_json::from_str(include_str!("../tauri.conf.json")).unwrap();
        assert_eq!(config["identifier"], IDENTIFIER);
        assert_eq!(parsed(&["--hidden"]).instance(), IDENTIFIER);
    }

    #[test]
    fn the_demo_and_another_kommo_exclude_each_other() {
        assert!(
            Arguments::try_parse_from(["cadencia", "--demo", "--kommo-url", "http://localhost:1"]).is_err()
        );
    }
}
