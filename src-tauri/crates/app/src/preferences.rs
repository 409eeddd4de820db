//! The person's preferences: a small file in the clear, because language and port are needed before the data is
//! unlocked, and nothing in it is secret.

use cadencia_contract::{ApiError, ErrorCode, Preferences, PreferencesPatch, Theme};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

const FILE: &str = "preferences.json";

/// The preferences, kept in step with their file.
#[derive(Debug)]
pub(crate) struct PreferencesFile {
    path: PathBuf,
    current: Mutex<Preferences>,
}

/// What a new installation prefers.
pub(crate) fn defaults() -> Preferences {
    Preferences {
        language: None,
        theme: Theme::System,
        shortcuts: true,
        listener_port: 8000,
        poll_interval_s: 30,
        autostart: false,
        notifications: true,
        told_about_tray: false,
        log_retention_days: 90,
    }
}

impl PreferencesFile {
    /// Reads the file in `folder`. A missing file means defaults; an unreadable one too, after it was put aside as
    /// `preferences.unreadable.json` so that nothing is lost.
    pub(crate) fn open(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let current = match std::fs::read(&path) {
            Err(_) => defaults(),
            Ok(bytes) => read(&bytes).unwrap_or_else(|| {
                tracing::warn!("the preferences file cannot be read; defaults are used");
                let aside = folder.join("preferences.unreadable.json");
                if let Err(error) = std::fs::rename(&path, aside) {
                    tracing::warn!(%error, "the unreadable preferences file stays in place");
                }
                defaults()
            }),
        };
        Self { path, current: Mutex::new(current) }
    }

    /// The preferences now.
    pub(crate) fn get(&self) -> Preferences {
        self.lock().clone()
    }

    /// Checks and applies a change; it is on disk before this returns.
    pub(crate) fn change(&self, patch: &PreferencesPatch) -> Result<Preferences, ApiError> {
        let mut current = self.lock();
        let wanted = apply(current.clone(), patch)?;
        write(&self.path, &wanted).map_err(|error| {
            tracing::warn!(%error, "the preferences cannot be written");
            let folder = self.path.parent().unwrap_or(&self.path).display().to_string();
            let code = match error.kind() {
                std::io::ErrorKind::StorageFull => ErrorCode::StorageFull,
                _ => ErrorCode::StorageNotWritable,
            };
            ApiError::new(code).with_detail(folder)
        })?;
        *current = wanted.clone();
        Ok(wanted)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Preferences> {
        self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Reads preferences written by this or another version: unknown names are ignored, missing ones are defaults, and a
/// value out of range is replaced by the default.
fn read(bytes: &[u8]) -> Option<Preferences> {
    let stored: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(bytes).ok()?;
    let mut merged = match serde_json::to_value(defaults()) {
        Ok(serde_json::Value::Object(map)) => map,
        _ => return None,
    };
    for (name, value) in stored {
        let Some(place) = merged.get_mut(&name) else { continue };
        let before = std::mem::replace(place, value);
        let fits = serde_json::from_value::<Preferences>(serde_json::Value::Object(merged.clone()))
            .is_ok_and(|preferences| in_range(&preferences).is_ok());
        if !fits {
            merged.insert(name, before);
        }
    }
    serde_json::from_value(serde_json::Value::Object(merged)).ok()
}

fn apply(mut preferences: Preferences, patch: &PreferencesPatch) -> Result<Preferences, ApiError> {
    if let Some(language) = patch.language {
        preferences.language = Some(language);
    }
    macro_rules! take {
        ($($field:ident),+) => {$(if let Some(value) = patch.$field { preferences.$field = value; })+};
    }
    take!(
        theme,
        shortcuts,
        listener_port,
        poll_interval_s,
        autostart,
        notifications,
        told_about_tray,
        log_retention_days
    );
    in_range(&preferences)?;
    Ok(preferences)
}

fn in_range(preferences: &Preferences) -> Result<(), ApiError> {
    let out = |field: &str| Err(ApiError::new(ErrorCode::InvalidRequest).with_detail(field));
    if !(1024..=65535).contains(&preferences.listener_port) {
        return out("listener_port");
    }
    if !(15..=60).contains(&preferences.poll_interval_s) {
        return out("poll_interval_s");
    }
    if !(7..=3650).contains(&preferences.log_retention_days) {
        return out("log_retention_days");
    }
    Ok(())
}

/// Writes beside the file, syncs, and renames over it, so that a crash leaves the old or the new file whole.
fn write(path: &Path, preferences: &Preferences) -> std::io::Result<()> {
    let beside = path.with_extension("json.new");
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(&serde_json::to_vec_pretty(preferences)?)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadencia_contract::Language;

    #[test]
    fn a_change_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let file = PreferencesFile::open(folder.path());
        file.change(&PreferencesPatch {
            language: Some(Language::Es),
            poll_interval_s: Some(15),
            ..Default::default()
        })
        .unwrap();
        let again = PreferencesFile::open(folder.path()).get();
        assert_eq!(
            (again.language, again.poll_interval_s, again.listener_port),
            (Some(Language::Es), 15, 8000)
        );
    }

    #[test]
    fn values_out_of_range_are_refused_and_change_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = PreferencesFile::open(folder.path());
        for patch in [
            PreferencesPatch { listener_port: Some(80), ..Default::default() },
            PreferencesPatch { poll_interval_s: Some(5), ..Default::default() },
            PreferencesPatch { log_retention_days: Some(0), theme: Some(Theme::Dark), ..Default::default() },
        ] {
            assert_eq!(file.change(&patch).unwrap_err().code, ErrorCode::InvalidRequest);
        }
        assert_eq!(file.get(), defaults());
    }

    #[test]
    fn a_file_of_another_version_keeps_what_is_understood() {
        let read = |text: &str| read(text.as_bytes()).unwrap();
        assert_eq!(read("{}"), defaults());
        let mixed = read(r#"{"theme":"dark","poll_interval_s":9999,"shortcuts":"yes","new_thing":[1]}"#);
        assert_eq!(mixed, Preferences { theme: Theme::Dark, ..defaults() });
    }

    #[test]
    fn an_unreadable_file_is_put_aside_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "{\"theme\": \"da").unwrap();
        assert_eq!(PreferencesFile::open(folder.path()).get(), defaults());
        assert!(folder.path().join("preferences.unreadable.json").exists());
    }
}
