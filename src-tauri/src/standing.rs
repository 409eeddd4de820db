//! How the accounts stand, in one line and one icon: what the tray shows.

use std::collections::BTreeMap;

use cadencia_contract::{
    AccountList, AppEvent, AppStatus, ConnectionState, ImportState, Language, Preferences, SyncStatus,
    VaultStatus,
};

use crate::words::{language_of, system_language, words};

/// What is known of the accounts, kept up to date by events.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    is_open: bool,
    accounts: BTreeMap<String, Account>,
    /// The language of the menu.
    pub language: Language,
    /// Whether the person wants notifications.
    pub notifications: bool,
    /// Whether the person wants the program to start with the system.
    pub autostart: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Account {
    connection: ConnectionState,
    /// Per cent done while an import runs; none while its size is not known.
    import: Option<Option<u8>>,
}

/// The one thing to say, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing can be read before the passphrase is given.
    Locked,
    /// An account needs the person to sign in again.
    NeedsSignIn,
    /// Kommo does not answer.
    Offline,
    /// Kommo asks to wait.
    Limited,
    /// An import runs; per cent done when known.
    Importing(Option<u8>),
    /// Not asked yet.
    Starting,
    /// All is well.
    Connected,
    /// Nothing to do yet.
    NoAccount,
}

/// The variants of the icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// All is well, or nothing to do.
    Normal,
    /// An import runs.
    Importing,
    /// A person should look.
    Problem,
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            is_open: true,
            accounts: BTreeMap::new(),
            language: system_language(),
            notifications: true,
            autostart: false,
        }
    }
}

impl Standing {
    /// Takes in what an event tells.
    pub fn apply(&mut self, event: &AppEvent) {
        match event {
            AppEvent::AppChanged { status } => self.take_status(status),
            AppEvent::PreferencesChanged { preferences } => self.take_preferences(preferences),
            AppEvent::AccountsChanged { accounts } => self.take_accounts(accounts),
            AppEvent::SyncChanged { status } => self.take_sync(status),
            AppEvent::LeadsChanged { .. }
            | AppEvent::StructureChanged { .. }
            | AppEvent::LogAppended { .. }
            | AppEvent::OutboxChanged { .. }
            | AppEvent::DeliveriesChanged { .. }
            | AppEvent::SignInFinished { .. }
            | AppEvent::Notice { .. } => {}
        }
    }

    /// The accounts, by their ids.
    pub fn accounts(&self) -> impl Iterator<Item = &str> {
        self.accounts.keys().map(String::as_str)
    }

    /// The most urgent thing to say.
    pub fn state(&self) -> State {
        if !self.is_open {
            return State::Locked;
        }
        self.accounts.values().map(Account::state).min().unwrap_or(State::NoAccount)
    }

    fn take_status(&mut self, status: &AppStatus) {
        self.is_open = status.vault == VaultStatus::Open;
        self.take_accounts(&status.accounts);
        self.take_preferences(&status.preferences);
    }

    fn take_preferences(&mut self, preferences: &Preferences) {
        self.language = language_of(preferences);
        self.notifications = preferences.notifications;
        self.autostart = preferences.autostart;
    }

    fn take_accounts(&mut self, list: &AccountList) {
        self.accounts = list
            .accounts
            .iter()
            .map(|account| {
                let import = self.accounts.get(&account.id).and_then(|known| known.import);
                (account.id.clone(), Account { connection: account.connection, import })
            })
            .collect();
    }

    fn take_sync(&mut self, status: &SyncStatus) {
        // An account that the list does not hold any more has nothing to say.
        if let Some(account) = self.accounts.get_mut(&status.account_id) {
            let import = &status.import;
            account.connection = status.connection;
            account.import = (import.state == ImportState::Running).then(|| import.share.map(per_cent));
        }
    }
}

impl Account {
    fn state(&self) -> State {
        match (self.connection, self.import) {
            (ConnectionState::NeedsSignIn, _) => State::NeedsSignIn,
            (ConnectionState::Offline, _) => State::Offline,
            (ConnectionState::Limited, _) => State::Limited,
            (_, Some(done)) => State::Importing(done),
            (ConnectionState::Starting, None) => State::Starting,
            (ConnectionState::Connected, None) => State::Connected,
        }
    }
}

impl State {
    /// The line at the top of the menu.
    pub fn line(self, language: Language) -> String {
        let text = match self {
            Self::Locked => words(
                "Bloqueado: falta a senha",
                "Locked: the passphrase is needed",
                "Bloqueado: falta la contraseña",
            ),
            Self::NeedsSignIn => words(
                "É preciso entrar de novo no Kommo",
                "Sign in to Kommo again",
                "Hay que volver a entrar en Kommo",
            ),
            Self::Offline => words("O Kommo não responde", "Kommo does not answer", "Kommo no responde"),
            Self::Limited => {
                words("O Kommo pediu para esperar", "Kommo asked to wait", "Kommo pidió esperar")
            }
            Self::Importing(_) => {
                words("Importando a conta", "Importing the account", "Importando la cuenta")
            }
            Self::Starting => words("Conectando ao Kommo", "Connecting to Kommo", "Conectando con Kommo"),
            Self::Connected => words("Conectado ao Kommo", "Connected to Kommo", "Conectado con Kommo"),
            Self::NoAccount => {
                words("Nenhuma conta conectada", "No account connected", "Ninguna cuenta conectada")
            }
        };
        match (text.in_language(language), self) {
            (text, Self::Importing(Some(done))) => format!("{text}: {done}\u{a0}%"),
            (text, _) => text.to_owned(),
        }
    }

    /// The icon for it.
    pub const fn icon(self) -> Icon {
        match self {
            Self::Locked | Self::NeedsSignIn | Self::Offline | Self::Limited => Icon::Problem,
            Self::Importing(_) => Icon::Importing,
            Self::Starting | Self::Connected | Self::NoAccount => Icon::Normal,
        }
    }
}

/// Rounded down, so that 100 is only said when it is true.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 100 before")]
fn per_cent(share: f64) -> u8 {
    (share * 100.0).clamp(0.0, 100.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(accounts: &[(ConnectionState, Option<Option<u8>>)]) -> Standing {
        let accounts = accounts.iter().enumerate();
        Standing {
            accounts: accounts
                .map(|(index, (connection, import))| {
                    (index.to_string(), Account { connection: *connection, import: *import })
                })
                .collect(),
            ..Standing::default()
        }
    }

    #[test]
    fn the_most_urgent_account_decides() {
        use ConnectionState::{Connected, NeedsSignIn, Offline, Starting};
        for (accounts, state) in [
            (vec![], State::NoAccount),
            (vec![(Connected, None)], State::Connected),
            (vec![(Connected, None), (Starting, None)], State::Starting),
            (vec![(Connected, Some(Some(45))), (Starting, None)], State::Importing(Some(45))),
            (vec![(Connected, Some(Some(45))), (Offline, Some(Some(3)))], State::Offline),
            (vec![(NeedsSignIn, None), (Offline, None)], State::NeedsSignIn),
        ] {
            assert_eq!(standing(&accounts).state(), state, "{accounts:?}");
        }
    }

    #[test]
    fn nothing_is_more_urgent_than_the_passphrase() {
        let mut locked = standing(&[(ConnectionState::NeedsSignIn, None)]);
        locked.is_open = false;
        assert_eq!(locked.state(), State::Locked);
        assert_eq!(locked.state().icon(), Icon::Problem);
    }

    #[test]
    fn an_import_says_how_far_it_is_and_never_a_hundred_too_early() {
        let line = State::Importing(Some(per_cent(0.999))).line(Language::En);
        assert_eq!(line, "Importing the account: 99\u{a0}%");
        assert_eq!(State::Importing(None).line(Language::PtBr), "Importando a conta");
        assert_eq!(per_cent(7.0), 100);
        assert_eq!(per_cent(f64::NAN), 0);
    }

    #[test]
    fn an_account_that_was_forgotten_is_forgotten() {
        let mut known = standing(&[(ConnectionState::Offline, None)]);
        known.apply(&AppEvent::AccountsChanged { accounts: AccountList::default() });
        assert_eq!(known.state(), State::NoAccount);
    }
}
