//! A seam for simulations: the program dies at a chosen commit.

use crate::error::StoreError;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// On which side of a commit the program dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Everything of the transaction is lost.
    BeforeCommit,
    /// Everything of it is kept, and whoever asked never learns.
    AfterCommit,
}

/// A death that may be due.
#[derive(Debug, Default)]
pub(crate) struct Death(Mutex<State>);

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Never,
    At {
        commits: u32,
        moment: Moment,
    },
    Dead,
}

impl Death {
    pub(crate) fn at(&self, commits: u32, moment: Moment) {
        *self.state() = State::At { commits: commits.max(1), moment };
    }

    pub(crate) fn has_come(&self) -> bool {
        matches!(*self.state(), State::Dead)
    }

    /// Whether anything may still be done.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        if self.has_come() { Err(StoreError::Closed) } else { Ok(()) }
    }

    /// Whether it comes now.
    pub(crate) fn strikes(&self, now: Moment) -> bool {
        let mut state = self.state();
        let State::At { commits, moment } = *state else { return false };
        match (commits, moment == now) {
            (1, true) => {
                *state = State::Dead;
                true
            }
            // Commits are counted where they happen.
            (2.., _) if now == Moment::AfterCommit => {
                *state = State::At { commits: commits - 1, moment };
                false
            }
            _ => false,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_at_its_commit_and_stays() {
        let death = Death::default();
        assert!(!death.strikes(Moment::AfterCommit));
        death.at(2, Moment::BeforeCommit);
        let commit = || (death.strikes(Moment::BeforeCommit), death.strikes(Moment::AfterCommit));
        assert_eq!(commit(), (false, false));
        assert!(death.strikes(Moment::BeforeCommit));
        assert!(death.has_come() && death.check().is_err());
    }
}
