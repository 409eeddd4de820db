//! Reading columns into types.

use rusqlite::Row;
use rusqlite::types::Type;
use serde::de::DeserializeOwned;

/// A stored text is not what was written there. Says nothing of the text: it may be personal.
#[derive(Debug, thiserror::Error)]
#[error("the stored text cannot be read back")]
struct Unreadable;

/// The error for a column that holds what was never written there.
pub(crate) fn unreadable(column: usize) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(Unreadable))
}

/// A column of JSON.
pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str().map_err(|_| unreadable(column))?;
    serde_json::from_str(text).map_err(|_| unreadable(column))
}

/// A column whose texts have a type, such as a closed list or an id of ours.
pub(crate) fn parsed<T>(
    row: &Row<'_>,
    column: usize,
    parse: impl FnOnce(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str().map_err(|_| unreadable(column))?;
    parse(text).ok_or_else(|| unreadable(column))
}

/// A value as JSON text.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Declares a closed list kept as text, as the CHECK of its column states it.
macro_rules! stored_list {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$item_doc])* $item),+ }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$item),+];

            /// The text kept in the store.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$item => $text),+ }
            }

            /// Takes back a stored text.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$item),)+ _ => None }
            }
        }
    };
}
pub(crate) use stored_list;
