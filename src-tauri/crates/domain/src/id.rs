//! Typed identities: ours and Kommo's can never be mixed.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Declares an identity of our own: a UUIDv7 kept as text.
macro_rules! own_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the canonical text of a UUID.
            pub fn from_uuid(uuid: uuid::Uuid) -> Self {
                Self(uuid.to_string())
            }

            /// Takes back a text that was stored or sent earlier. Fails when it is not a UUID.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                uuid::Uuid::parse_str(text)
                    .map(Self::from_uuid)
                    .map_err(|_| InvalidId { kind: stringify!($name) })
            }

            /// The canonical text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

/// Declares an identity that Kommo gave.
macro_rules! kommo_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

/// A text that should have been one of our identities is not a UUID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}")]
pub struct InvalidId {
    /// Which identity was expected.
    pub kind: &'static str,
}

own_id!(
    /// One connected Kommo account on this computer.
    AccountId,
    /// A lead in our mirror.
    LeadId,
    /// A person in our mirror.
    ContactId,
    /// One attempt to sign in through the browser.
    SignInId,
);

kommo_id!(
    /// Kommo's number of an account.
    KommoAccountId,
    /// Kommo's number of a lead.
    KommoLeadId,
    /// Kommo's number of a contact.
    KommoContactId,
    /// Kommo's number of a company.
    KommoCompanyId,
    /// Kommo's number of a pipeline.
    KommoPipelineId,
    /// Kommo's number of a stage ("status"). 142 and 143 exist in every pipeline, so alone it names no stage.
    KommoStatusId,
    /// Kommo's number of a user; 0 is Kommo's robot and never appears here.
    KommoUserId,
    /// Kommo's number of a custom field.
    KommoFieldId,
    /// Kommo's number of a tag. Lead tags and contact tags are separate sets.
    KommoTagId,
    /// Kommo's number of a task.
    KommoTaskId,
    /// Kommo's number of a note.
    KommoNoteId,
    /// Kommo's number of a loss reason.
    KommoLossReasonId,
    /// Kommo's number of a source.
    KommoSourceId,
);

impl KommoStatusId {
    /// "Closed - won": the same number in every pipeline.
    pub const WON: Self = Self(142);
    /// "Closed - lost": the same number in every pipeline.
    pub const LOST: Self = Self(143);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_uuid_is_an_id_of_ours() {
        assert!(LeadId::parse("0192f0a0-0000-7000-8000-000000000001").is_ok());
        assert_eq!(LeadId::parse("42"), Err(InvalidId { kind: "LeadId" }));
        assert_eq!(
            LeadId::parse("0192F0A0-0000-7000-8000-00000000000A").unwrap().as_str(),
            "0192f0a0-0000-7000-8000-00000000000a"
        );
    }
}
