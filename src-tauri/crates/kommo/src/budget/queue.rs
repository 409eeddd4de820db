use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::Notify;

use super::Priority;

/// Those who wait, by priority and then by arrival.
#[derive(Debug, Default)]
pub(super) struct Queue {
    lanes: [VecDeque<Waiter>; Priority::ALL.len()],
    next_ticket: u64,
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    wake: Arc<Notify>,
}

impl Queue {
    pub(super) fn join(&mut self, priority: Priority, wake: Arc<Notify>) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.lanes[priority as usize].push_back(Waiter { ticket, wake });
        ticket
    }

    pub(super) fn leave(&mut self, priority: Priority, ticket: u64) {
        let lane = &mut self.lanes[priority as usize];
        if let Ok(index) = lane.binary_search_by_key(&ticket, |waiter| waiter.ticket) {
            lane.remove(index);
        }
    }

    pub(super) fn is_first(&self, priority: Priority, ticket: u64) -> bool {
        let more_urgent = &self.lanes[..priority as usize];
        more_urgent.iter().all(VecDeque::is_empty)
            && self.lanes[priority as usize].front().is_some_and(|first| first.ticket == ticket)
    }

    pub(super) fn wake_first(&self) {
        if let Some(first) = self.lanes.iter().find_map(VecDeque::front) {
            first.wake.notify_one();
        }
    }

    pub(super) fn wake_all(&self) {
        for waiter in self.lanes.iter().flatten() {
            waiter.wake.notify_one();
        }
    }

    pub(super) fn waiting(&self) -> [usize; Priority::ALL.len()] {
        std::array::from_fn(|lane| self.lanes[lane].len())
    }
}
