//! What an engine does next: pure.

use crate::status::{Connection, ImportState};
use cadencia_domain::time::UtcMillis;

/// What was asked for and not yet begun.
#[derive(Debug, Default)]
pub(super) struct Wants {
    pub(super) import: bool,
    pub(super) poll: bool,
    pub(super) retry: bool,
}

/// When the loop does what.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) attempt: u32,
    pub(super) retry_at: Option<UtcMillis>,
    pub(super) next_poll: Option<UtcMillis>,
    pub(super) failing_since: Option<UtcMillis>,
    pub(super) told_lost: bool,
    /// A sweep is due or under way, and goes on from then on.
    pub(super) sweep_from: Option<UtcMillis>,
}

/// What the decision rests on beside plan and wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) import: ImportState,
    pub(super) connection: Connection,
    pub(super) now: UtcMillis,
    pub(super) poll_interval_ms: i64,
}

/// What the loop does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Import,
    Poll,
    Sweep,
    WaitUntil(UtcMillis),
    WaitForPerson,
}

impl Plan {
    /// Decides what to do. Whatever was asked for comes first, once.
    pub(super) fn next(&mut self, wants: &mut Wants, seen: Seen) -> Step {
        let now = seen.now;
        let needs_import = match seen.import {
            ImportState::Never | ImportState::Running | ImportState::Waiting => true,
            ImportState::Cancelled | ImportState::Finished => wants.import,
        };
        if wants.retry || wants.poll || wants.import {
            self.retry_at = None;
            self.attempt = 0;
        }
        wants.retry = false;
        if seen.connection == Connection::NeedsSignIn && self.retry_at.is_none() && self.attempt > 0 {
            return Step::WaitForPerson;
        }
        if let Some(at) = self.retry_at.filter(|&at| at > now) {
            return Step::WaitUntil(at);
        }
        if needs_import {
            // An import reads everything, so it answers a wish for news as well. A wish that stayed would make every
            // failure be tried again at once.
            wants.poll = false;
            return Step::Import;
        }
        let due = self.next_poll.unwrap_or(now);
        // A clock that was set back must not put polling to sleep for hours.
        if wants.poll || due <= now || due.since(now) > seen.poll_interval_ms {
            wants.poll = false;
            return Step::Poll;
        }
        match self.sweep_from {
            Some(from) if from <= now || from.since(now) > POSTPONED_MS => Step::Sweep,
            Some(from) => Step::WaitUntil(due.min(from)),
            None => Step::WaitUntil(due),
        }
    }
}

/// So long a sweep rests after it failed.
pub(super) const POSTPONED_MS: i64 = 300_000;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UtcMillis = UtcMillis(1_000_000);

    fn seen(import: ImportState, connection: Connection) -> Seen {
        Seen { import, connection, now: NOW, poll_interval_ms: 30_000 }
    }

    fn polling(next_poll_in: i64) -> Plan {
        Plan { next_poll: Some(NOW.plus(next_poll_in)), ..Plan::default() }
    }

    #[test]
    fn a_wish_for_news_during_a_failing_import_ends_the_wait_once_and_not_for_ever() {
        let seen = seen(ImportState::Waiting, Connection::Limited);
        let mut wants = Wants { poll: true, ..Wants::default() };
        let mut plan = Plan { attempt: 3, retry_at: Some(NOW.plus(300_000)), ..Plan::default() };
        assert_eq!(plan.next(&mut wants, seen), Step::Import);
        // It failed again.
        plan.attempt = 1;
        plan.retry_at = Some(NOW.plus(300_000));
        assert_eq!(plan.next(&mut wants, seen), Step::WaitUntil(NOW.plus(300_000)));
    }

    #[test]
    fn a_lost_sign_in_waits_for_a_person_and_goes_on_when_one_asks() {
        let seen = seen(ImportState::Finished, Connection::NeedsSignIn);
        let mut plan = Plan { attempt: 1, ..polling(30_000) };
        assert_eq!(plan.next(&mut Wants::default(), seen), Step::WaitForPerson);
        let mut wants = Wants { poll: true, ..Wants::default() };
        assert_eq!(plan.next(&mut wants, seen), Step::Poll);
    }

    #[test]
    fn a_sweep_goes_on_between_polls_and_never_before_one() {
        let seen = seen(ImportState::Finished, Connection::Connected);
        let wants = &mut Wants::default();
        assert_eq!(Plan { sweep_from: Some(NOW), ..polling(1) }.next(wants, seen), Step::Sweep);
        assert_eq!(Plan { sweep_from: Some(NOW), ..polling(0) }.next(wants, seen), Step::Poll);
        let postponed = Some(NOW.plus(POSTPONED_MS));
        assert_eq!(
            Plan { sweep_from: postponed, ..polling(9_000) }.next(wants, seen),
            Step::WaitUntil(NOW.plus(9_000))
        );
        assert_eq!(polling(9_000).next(wants, seen), Step::WaitUntil(NOW.plus(9_000)));
    }

    #[test]
    fn a_clock_that_was_set_back_puts_neither_polls_nor_sweeps_to_sleep() {
        let seen = seen(ImportState::Finished, Connection::Connected);
        let wants = &mut Wants::default();
        assert_eq!(polling(3_600_000).next(wants, seen), Step::Poll);
        let far = Some(NOW.plus(3_600_000));
        assert_eq!(Plan { sweep_from: far, ..polling(9_000) }.next(wants, seen), Step::Sweep);
    }

    #[test]
    fn what_was_finished_or_cancelled_is_imported_again_only_when_asked_for() {
        for import in [ImportState::Finished, ImportState::Cancelled] {
            let seen = seen(import, Connection::Connected);
            assert_ne!(polling(9_000).next(&mut Wants::default(), seen), Step::Import);
            let mut wants = Wants { import: true, ..Wants::default() };
            assert_eq!(polling(9_000).next(&mut wants, seen), Step::Import);
        }
    }
}
