//! The accounts at work, and which one is shown.

use crate::account::Account;
use cadencia_contract::AccountList;
use cadencia_domain::id::AccountId;
use std::sync::Arc;

/// The accounts at work, in the order they were connected.
#[derive(Default)]
pub(crate) struct Accounts {
    list: Vec<Arc<Account>>,
    current: Option<AccountId>,
}

impl Accounts {
    pub(crate) fn get(&self, id: &AccountId) -> Option<Arc<Account>> {
        self.list.iter().find(|account| account.id == *id).cloned()
    }

    pub(crate) fn all(&self) -> &[Arc<Account>] {
        &self.list
    }

    /// The account that is shown.
    pub(crate) fn current(&self) -> Option<Arc<Account>> {
        let chosen = self.current.as_ref().and_then(|id| self.get(id));
        chosen.or_else(|| self.list.first().cloned())
    }

    /// Adds an account in its place, and shows it when that is wanted.
    pub(crate) fn add(&mut self, account: Arc<Account>, show: bool) {
        if show {
            self.current = Some(account.id.clone());
        }
        // One that was opened anew goes back to where the person is used to find it.
        let sort = account.row().sort;
        let place = self.list.partition_point(|other| other.row().sort <= sort);
        self.list.insert(place, account);
    }

    /// Shows another account. False when it is not here.
    pub(crate) fn select(&mut self, id: &AccountId) -> bool {
        let known = self.get(id).is_some();
        if known {
            self.current = Some(id.clone());
        }
        known
    }

    pub(crate) fn remove(&mut self, id: &AccountId) -> Option<Arc<Account>> {
        let index = self.list.iter().position(|account| account.id == *id)?;
        if self.current.as_ref() == Some(id) {
            self.current = None;
        }
        Some(self.list.remove(index))
    }

    pub(crate) fn take_all(&mut self) -> Vec<Arc<Account>> {
        self.current = None;
        std::mem::take(&mut self.list)
    }

    /// For the screen.
    pub(crate) fn list(&self) -> AccountList {
        AccountList {
            accounts: self.list.iter().map(|account| account.summary()).collect(),
            current_id: self.current().map(|account| account.id.to_string()),
        }
    }
}
