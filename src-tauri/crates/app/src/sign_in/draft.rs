//! What a dropped `.env` file brought, kept here until the person decides. Its secrets never go to the screen.

use super::env_file::EnvFile;
use cadencia_domain::time::UtcMillis;

/// Forgotten after this long.
const LIFETIME_MS: i64 = 600_000;
/// The oldest is forgotten when there are more.
const MOST: usize = 8;

/// Files dropped in the last ten minutes.
#[derive(Debug, Default)]
pub(crate) struct Drafts(Vec<(String, UtcMillis, EnvFile)>);

impl Drafts {
    /// Keeps a file under a name.
    pub(crate) fn keep(&mut self, id: String, file: EnvFile, now: UtcMillis) {
        self.0.retain(|(_, at, _)| (0..LIFETIME_MS).contains(&now.since(*at)));
        if self.0.len() >= MOST {
            self.0.remove(0);
        }
        self.0.push((id, now, file));
    }

    /// The file kept under a name, while it is not too old.
    pub(crate) fn get(&self, id: &str, now: UtcMillis) -> Option<&EnvFile> {
        let (_, at, file) = self.0.iter().find(|(known, ..)| known == id)?;
        (0..LIFETIME_MS).contains(&now.since(*at)).then_some(file)
    }

    /// Forgets it, after it was used.
    pub(crate) fn forget(&mut self, id: &str) {
        self.0.retain(|(known, ..)| known != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_forgotten_after_ten_minutes_and_when_there_are_too_many() {
        let mut drafts = Drafts::default();
        drafts.keep("a".into(), EnvFile::default(), UtcMillis(0));
        assert!(drafts.get("a", UtcMillis(LIFETIME_MS - 1)).is_some());
        assert!(drafts.get("a", UtcMillis(LIFETIME_MS)).is_none());
        for n in 0..MOST {
            drafts.keep(n.to_string(), EnvFile::default(), UtcMillis(1));
        }
        assert!(drafts.get("a", UtcMillis(1)).is_none());
        assert!(drafts.get("0", UtcMillis(1)).is_some());
    }
}
