//! The one error shape.

use crate::Int53;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a command answers when it fails. The screen words it by `code`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApiError {
    /// What happened.
    pub code: ErrorCode,
    /// A fact to show with it, such as the port or the field's name; empty when there is none.
    /// Never a secret and never a cause chain.
    pub detail: String,
    /// What the screen should offer as the way out.
    pub hint: Option<Hint>,
    /// When trying again can help, in milliseconds UTC.
    pub retry_at: Option<Int53>,
}

impl ApiError {
    /// An error without detail, hint or time.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, detail: String::new(), hint: code.usual_hint(), retry_at: None }
    }

    /// The same with a fact to show.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The same with the instant from which trying again can help.
    #[must_use]
    pub fn retry_at(mut self, at_ms: i64) -> Self {
        self.retry_at = Some(Int53(at_ms));
        self
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.code)
    }
}

impl std::error::Error for ApiError {}

/// The way out that the screen offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// Sign in again.
    Reconnect,
    /// Try again, perhaps later.
    Retry,
    /// Correct what was typed.
    CorrectInput,
    /// Open the settings of the connection (port, proxy).
    OpenConnectionSettings,
    /// Unlock with the passphrase.
    Unlock,
    /// Make room on the disk, or make the folder writable.
    FreeStorage,
    /// Install the newer version of the program.
    UpdateProgram,
    /// Do something in Kommo: pay, grant rights, unblock.
    ActInKommo,
}

/// Declares the codes once: enum, list and usual way out.
macro_rules! error_codes {
    ($($(#[$doc:meta])* $code:ident => $hint:expr),+ $(,)?) => {
        /// What happened. Each code is worded in every language by the interface.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode {
            $($(#[$doc])* $code),+
        }

        impl ErrorCode {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            /// Its name as it crosses.
            pub fn as_str(self) -> String {
                let mut text = String::new();
                for (index, c) in format!("{self:?}").chars().enumerate() {
                    if c.is_ascii_uppercase() && index > 0 {
                        text.push('_');
                    }
                    text.push(c.to_ascii_lowercase());
                }
                text
            }

            /// Takes back a name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == name)
            }

            fn usual_hint(self) -> Option<Hint> {
                match self { $(Self::$code => $hint),+ }
            }
        }
    };
}

error_codes! {
    /// The request could not be read; `detail` names the field.
    InvalidRequest => Some(Hint::CorrectInput),
    /// No command has this name.
    UnknownCommand => None,
    /// Nothing can be read before the passphrase is given.
    VaultLocked => Some(Hint::Unlock),
    /// The passphrase is wrong.
    WrongPassphrase => Some(Hint::CorrectInput),
    /// The passphrase is too short; `detail` is the least number of characters.
    PassphraseTooShort => Some(Hint::CorrectInput),
    /// The system keyring is locked or refused us.
    KeyringDenied => Some(Hint::Retry),
    /// The database is here but its key is gone from the keyring.
    KeyMissing => None,
    /// What was typed is no Kommo address.
    InvalidSubdomain => Some(Hint::CorrectInput),
    /// Kommo knows no account at this address.
    SubdomainUnknown => Some(Hint::CorrectInput),
    /// The pasted token is no Kommo token.
    TokenMalformed => Some(Hint::CorrectInput),
    /// The token's end has passed.
    TokenExpired => Some(Hint::Reconnect),
    /// Kommo refused the token.
    TokenRefused => Some(Hint::Reconnect),
    /// The authorization code is older than 20 minutes.
    CodeExpired => Some(Hint::CorrectInput),
    /// The authorization code was used before.
    CodeUsed => Some(Hint::CorrectInput),
    /// The authorization code is not one.
    CodeInvalid => Some(Hint::CorrectInput),
    /// The integration id is wrong.
    ClientIdWrong => Some(Hint::CorrectInput),
    /// The secret key is wrong.
    ClientSecretWrong => Some(Hint::CorrectInput),
    /// The redirect URL is not the one in the integration; `detail` is what was sent.
    RedirectMismatch => Some(Hint::CorrectInput),
    /// Code or token belong to another account.
    WrongAccount => Some(Hint::CorrectInput),
    /// The person pressed "refuse" in Kommo.
    SignInRefused => Some(Hint::Retry),
    /// The browser came back with a sign-in that is unknown, used or older than ten minutes.
    SignInExpired => Some(Hint::Retry),
    /// Kommo no longer accepts us; only signing in again helps.
    NeedsSignIn => Some(Hint::Reconnect),
    /// The Kommo account is unpaid or its trial ended.
    AccountUnpaid => Some(Hint::ActInKommo),
    /// The Kommo user may not do this; `detail` says what was asked.
    Forbidden => Some(Hint::ActInKommo),
    /// Kommo blocks this computer's address for too many requests.
    IpBlocked => Some(Hint::ActInKommo),
    /// Kommo asks to wait.
    RateLimited => Some(Hint::Retry),
    /// Kommo answers with a fault of its own.
    KommoUnavailable => Some(Hint::Retry),
    /// Kommo's answer cannot be read.
    KommoUnreadable => Some(Hint::Retry),
    /// No connection to Kommo.
    NetworkUnreachable => Some(Hint::Retry),
    /// Kommo did not answer in time.
    TimedOut => Some(Hint::Retry),
    /// Another program uses the listener's port; `detail` is the port.
    PortTaken => Some(Hint::OpenConnectionSettings),
    /// The disk is full.
    StorageFull => Some(Hint::FreeStorage),
    /// The data folder cannot be written; `detail` is the folder.
    StorageNotWritable => Some(Hint::FreeStorage),
    /// The data cannot be used at the moment: another program holds the file, or the system refuses it.
    StorageBusy => Some(Hint::Retry),
    /// The database was written by a newer version.
    DatabaseNewer => Some(Hint::UpdateProgram),
    /// The database is damaged or belongs to another key.
    DatabaseDamaged => None,
    /// No such account here.
    AccountUnknown => None,
    /// No account is connected yet.
    NoAccount => None,
    /// No such lead here.
    LeadUnknown => None,
    /// No such log row here.
    LogUnknown => None,
    /// No such person here.
    ContactUnknown => None,
    /// No such task here.
    TaskUnknown => None,
    /// No such change here, or it is past the point where this can be done.
    ChangeUnknown => None,
    /// No such conflict here, or it ended already.
    ConflictUnknown => None,
    /// No such delivery here, or its body aged out.
    DeliveryUnknown => None,
    /// A value does not fit; `detail` names the field.
    ValueInvalid => Some(Hint::CorrectInput),
    /// More leads than can be changed together; `detail` is the most.
    TooManyLeads => Some(Hint::CorrectInput),
    /// The lead was deleted in Kommo.
    LeadDeleted => None,
    /// The address cannot be one where Kommo reaches this computer.
    PublicUrlInvalid => Some(Hint::CorrectInput),
    /// A promised change needs a person.
    ChangeWedged => Some(Hint::Retry),
    /// Another running program keeps this account in sync; here it is only shown.
    RunsElsewhere => None,
    /// An import is already running.
    ImportRunning => None,
    /// No import is running.
    ImportNotRunning => None,
    /// The dropped file has nothing we know.
    EnvUnreadable => Some(Hint::CorrectInput),
    /// Only the demo account's time can be moved.
    NotDemo => None,
    /// A fault of ours; the log has more.
    Internal => Some(Hint::Retry),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_one_name_everywhere() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert_eq!(ErrorCode::parse(&code.as_str()), Some(*code));
        }
    }

    #[test]
    fn an_error_crosses_as_code_detail_hint_and_retry_at() {
        let error = ApiError::new(ErrorCode::PortTaken).with_detail("8000").retry_at(5);
        assert_eq!(
            serde_json::to_value(&error).unwrap(),
            serde_json::json!({"code": "port_taken", "detail": "8000", "hint": "open_connection_settings", "retry_at": 5})
        );
    }
}
