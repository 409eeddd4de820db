//! Whether what arrives is newer than what is known.

use cadencia_domain::time::UtcMillis;
use rusqlite::Row;
use sha2::{Digest as _, Sha256};

/// Digest of all that Kommo said of an entity.
pub(crate) type Digest = [u8; 16];

/// What a batch changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied<K> {
    /// Rows that are new.
    pub inserted: usize,
    /// Rows that changed.
    pub updated: usize,
    /// Rows that were known already, or known newer.
    pub unchanged: usize,
    /// Kommo's numbers of the new and the changed ones, in the order they came.
    pub changed: Vec<K>,
}

impl<K> Default for Applied<K> {
    fn default() -> Self {
        Self { inserted: 0, updated: 0, unchanged: 0, changed: Vec::new() }
    }
}

impl<K> Applied<K> {
    pub(crate) fn note(&mut self, verdict: Verdict, key: K) {
        match verdict {
            Verdict::Insert => self.inserted += 1,
            Verdict::Update => self.updated += 1,
            Verdict::Keep => self.unchanged += 1,
        }
        if verdict != Verdict::Keep {
            self.changed.push(key);
        }
    }

    /// Something is different now.
    pub fn any(&self) -> bool {
        !self.changed.is_empty()
    }
}

/// What is known of an entity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) updated_at: UtcMillis,
    pub(crate) deleted_at: Option<UtcMillis>,
    /// When Kommo was asked for what is stored.
    pub(crate) read_at: UtcMillis,
    pub(crate) digest: Digest,
}

impl Known {
    /// From the columns `updated_at_ms, deleted_at_ms, synced_at_ms, content_digest`, the first of them at `first`.
    pub(crate) fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        Ok(Self {
            updated_at: UtcMillis(row.get(first)?),
            deleted_at: row.get::<_, Option<i64>>(first + 1)?.map(UtcMillis),
            read_at: UtcMillis(row.get(first + 2)?),
            digest: row.get(first + 3)?,
        })
    }
}

/// What arrives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arriving {
    pub(crate) updated_at: UtcMillis,
    pub(crate) is_deleted: bool,
    pub(crate) digest: Digest,
    /// When Kommo was asked.
    pub(crate) read_at: UtcMillis,
}

/// What to do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Insert,
    Update,
    Keep,
}

/// Newer knowledge is never overwritten. Newer is what Kommo was asked for later: its own `updated_at` may be written
/// by whoever changes a thing, with a date in the past or in the future, and some changes leave it alone. Only an
/// answer to an earlier question has to be newer by `updated_at`. A deletion seen after Kommo was asked stays.
pub(crate) fn judge(known: Option<Known>, arriving: Arriving) -> Verdict {
    let Some(known) = known else { return Verdict::Insert };
    if arriving.read_at < known.read_at && arriving.updated_at <= known.updated_at {
        return Verdict::Keep;
    }
    match known.deleted_at {
        Some(deleted_at) if !arriving.is_deleted => {
            if arriving.read_at > deleted_at {
                Verdict::Update
            } else {
                Verdict::Keep
            }
        }
        _ if arriving.updated_at == known.updated_at && arriving.digest == known.digest => Verdict::Keep,
        _ => Verdict::Update,
    }
}

/// Digest of anything that can be written as JSON.
pub(crate) fn digest<T: serde::Serialize>(content: &T) -> rusqlite::Result<Digest> {
    let bytes = serde_json::to_vec(content)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let hash = Sha256::digest(bytes);
    let mut short = Digest::default();
    short.copy_from_slice(&hash[..16]);
    Ok(short)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn arriving(updated_at: i64, is_deleted: bool, content: u8, read_at: i64) -> Arriving {
        Arriving {
            updated_at: UtcMillis(updated_at),
            is_deleted,
            digest: [content; 16],
            read_at: UtcMillis(read_at),
        }
    }

    fn known(updated_at: i64, deleted_at: Option<i64>, content: u8, read_at: i64) -> Known {
        Known {
            updated_at: UtcMillis(updated_at),
            deleted_at: deleted_at.map(UtcMillis),
            read_at: UtcMillis(read_at),
            digest: [content; 16],
        }
    }

    #[test]
    fn what_arrives_is_judged_by_when_it_was_asked_for_then_content_then_deletion() {
        use Verdict::{Insert, Keep, Update};
        for (stored, new, verdict) in [
            (None, arriving(5, false, 1, 100), Insert),
            (Some(known(5, None, 1, 80)), arriving(5, false, 1, 100), Keep),
            (Some(known(5, None, 1, 80)), arriving(5, false, 2, 100), Update),
            (Some(known(5, None, 1, 80)), arriving(6, false, 1, 100), Update),
            // Written with a date in the past, or after one in the future.
            (Some(known(5, None, 1, 80)), arriving(4, false, 2, 100), Update),
            // The answer to an earlier question comes late.
            (Some(known(5, None, 1, 80)), arriving(4, false, 2, 79), Keep),
            (Some(known(5, None, 1, 80)), arriving(5, false, 2, 79), Keep),
            (Some(known(5, None, 1, 80)), arriving(6, false, 2, 79), Update),
            (Some(known(5, None, 1, 80)), arriving(5, true, 2, 100), Update),
            (Some(known(5, Some(90), 1, 80)), arriving(5, false, 1, 100), Update),
            (Some(known(5, Some(100), 1, 80)), arriving(6, false, 2, 100), Keep),
            (Some(known(5, Some(90), 2, 80)), arriving(5, true, 2, 100), Keep),
        ] {
            assert_eq!(judge(stored, new), verdict, "{stored:?} {new:?}");
        }
    }

    proptest! {
        #[test]
        fn what_was_just_written_is_kept_when_it_comes_again(
            stored in proptest::option::of((0..5i64, proptest::option::of(0..5i64), 0..3u8, 0..10i64)),
            updated in 0..5i64, deleted: bool, content in 0..3u8, read in 0..10i64,
        ) {
            let stored = stored.map(|(updated, deleted, content, read)| known(updated, deleted, content, read));
            let new = arriving(updated, deleted, content, read);
            if judge(stored, new) != Verdict::Keep {
                let now = known(updated, deleted.then_some(read), content, read);
                prop_assert_eq!(judge(Some(now), new), Verdict::Keep);
            }
        }
    }
}
