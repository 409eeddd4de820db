//! Which page to fetch next: pure.
//!
//! Lists are read by page number in ascending order of id, so that what is added while we read comes at the end
//! and finished pages stay finished. Kommo never says how long a list is: now and then a page far ahead is fetched
//! out of order. When it has rows it counts like any other; when it is empty the end lies before it. A handful of
//! such probes give an estimate for "remaining time" at the price of two or three empty pages.

use std::collections::{BTreeMap, BTreeSet};

/// Rows on a page that is full.
const FULL: u32 = kommo::PageRequest::MAX_LIMIT;

/// Rows of one page as far as planning needs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageFound {
    /// How many rows it has.
    pub items: u32,
    /// Smallest and largest id on it; none when empty.
    pub ids: Option<(i64, i64)>,
    /// Kommo names a next page.
    pub has_next: bool,
}

/// The server gave the same rows under two page numbers, or rows out of order: what it says cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("page {page} repeats or overlaps page {other}")]
pub struct PagesOverlap {
    /// The page that came.
    pub page: u32,
    /// The page it collides with.
    pub other: u32,
}

/// How long a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    /// Pages with rows.
    pub pages: u32,
    /// Not an estimate.
    pub is_exact: bool,
}

/// The state of reading one list.
#[derive(Clone, Debug)]
pub struct PagePlan {
    finished: BTreeSet<u32>,
    in_flight: BTreeSet<u32>,
    probe: Option<u32>,
    probing: bool,
    /// Largest page known to have rows.
    filled: u32,
    /// Smallest page known to be empty or to lie behind the last.
    empty_from: Option<u32>,
    /// `empty_from` was only concluded: nobody saw that page empty.
    is_supposed: bool,
    spans: BTreeMap<u32, (i64, i64)>,
    /// Pages that the one before named.
    promised: BTreeSet<u32>,
    /// Ends that were not believed at first, because another page speaks against them. Asked again once.
    doubted: BTreeSet<u32>,
    /// Every page before this one is finished or in flight.
    settled_before: u32,
}

impl PagePlan {
    /// Begins, or goes on after `finished` pages, which are not fetched again. With `probing` the length is sought.
    pub fn new(finished: impl IntoIterator<Item = u32>, probing: bool) -> Self {
        let finished: BTreeSet<u32> = finished.into_iter().collect();
        let filled = finished.last().copied().unwrap_or(0);
        // Whether the pages named a next one is not stored: a stray empty answer must not end the list right behind them.
        let promised = finished.iter().map(|page| page + 1).collect();
        Self {
            finished,
            in_flight: BTreeSet::new(),
            probe: None,
            probing,
            filled,
            empty_from: None,
            is_supposed: false,
            spans: BTreeMap::new(),
            promised,
            doubted: BTreeSet::new(),
            settled_before: 1,
        }
    }

    /// The next page to fetch; none when there is nothing to start now. Nothing is in flight and this gives none:
    /// the list is read.
    pub fn start_next(&mut self) -> Option<u32> {
        let page = self.probe_target().or_else(|| self.first_missing())?;
        self.in_flight.insert(page);
        Some(page)
    }

    /// A page came. On success its rows may be stored. Pages in flight that [`PagePlan::is_wanted`] no longer wants
    /// may be abandoned.
    pub fn finish(&mut self, page: u32, found: PageFound) -> Result<(), PagesOverlap> {
        if let Some(span) = found.ids {
            self.check_order(page, span)?;
            self.spans.insert(page, span);
        }
        self.in_flight.remove(&page);
        if self.probe == Some(page) {
            self.probe = None;
        }
        if found.items == 0 {
            self.settled_before = self.settled_before.min(page);
            // A list that is cut off by a passing fault looks as one that ends here.
            let is_spoken_against = page == 1 || self.promised.contains(&page) || self.has_rows_behind(page);
            if is_spoken_against && self.doubted.insert(page) {
                self.suppose_end(page + 1);
            } else {
                self.end_before(page);
            }
        } else {
            self.finished.insert(page);
            self.filled = self.filled.max(page);
            // Links are left out at times: a full page, or one before a page that has rows, is not the last.
            let goes_on = found.has_next || found.items >= FULL || self.has_rows_behind(page);
            if found.has_next {
                self.promised.insert(page + 1);
            }
            if !goes_on {
                self.end_before(page + 1);
            }
            self.doubt_end(page, goes_on);
        }
        Ok(())
    }

    /// A page could not be fetched; it will be given out again.
    pub fn give_back(&mut self, page: u32) {
        self.in_flight.remove(&page);
        self.settled_before = self.settled_before.min(page);
        if self.probe == Some(page) {
            self.probe = None;
        }
    }

    /// Whether a page in flight can still have rows.
    pub fn is_wanted(&self, page: u32) -> bool {
        self.empty_from.is_none_or(|empty| page < empty)
    }

    /// Every page is here.
    pub fn is_complete(&self) -> bool {
        self.empty_from.is_some_and(|empty| (1..empty).all(|page| self.finished.contains(&page)))
    }

    /// How long the list is, as far as known.
    pub fn length(&self) -> Option<Length> {
        let empty = self.empty_from?;
        let exact = self.filled + 1 == empty || empty == 1;
        Some(if exact {
            Length { pages: empty - 1, is_exact: true }
        } else {
            Length { pages: self.filled.midpoint(empty), is_exact: false }
        })
    }

    fn has_rows_behind(&self, page: u32) -> bool {
        self.finished.range(page + 1..).next().is_some()
    }

    fn end_before(&mut self, page: u32) {
        let empty = self.empty_from.map_or(page, |known| known.min(page));
        self.is_supposed &= self.empty_from == Some(empty) && empty < page;
        self.empty_from = Some(empty);
        self.settled_before = self.settled_before.min(empty);
        self.in_flight.retain(|&page| page < empty);
    }

    /// Moves an end that a page with rows speaks against.
    fn doubt_end(&mut self, page: u32, has_next: bool) {
        let Some(end) = self.empty_from else { return };
        let is_spoken_against = end <= page || (end == page + 1 && has_next);
        if is_spoken_against && self.is_supposed {
            self.empty_from = None;
            self.is_supposed = false;
        } else if is_spoken_against && self.doubted.insert(end) {
            self.empty_from = None;
            self.suppose_end(end + 1);
        }
    }

    /// Takes the list to end before `page`, or behind the first later one that nobody names.
    fn suppose_end(&mut self, page: u32) {
        let mut end = page.max(self.filled + 1);
        while self.promised.contains(&end) && self.doubted.insert(end) {
            end += 1;
        }
        self.end_before(end);
        self.is_supposed = self.empty_from == Some(end);
    }

    fn first_missing(&mut self) -> Option<u32> {
        let end = self.empty_from.unwrap_or(u32::MAX);
        let is_settled = |page: &u32| self.finished.contains(page) || self.in_flight.contains(page);
        let missing = (self.settled_before..end).find(|page| !is_settled(page));
        self.settled_before = missing.unwrap_or(end);
        missing
    }

    /// The page to look at for the length: four times as far as long as there are rows, then halfway between the last
    /// filled and the first empty one, until they are within a fifth of each other.
    fn probe_target(&mut self) -> Option<u32> {
        if !self.probing || self.probe.is_some() || self.filled == 0 {
            return None;
        }
        let target = match self.empty_from {
            None => self.filled.saturating_mul(4),
            Some(empty) => {
                let gap = empty.saturating_sub(self.filled);
                if gap <= 4 || gap * 5 <= self.filled {
                    return None;
                }
                self.filled.midpoint(empty)
            }
        };
        if self.finished.contains(&target) || self.in_flight.contains(&target) {
            return None;
        }
        self.probe = Some(target);
        Some(target)
    }

    fn check_order(&self, page: u32, (first, last): (i64, i64)) -> Result<(), PagesOverlap> {
        let before = self.spans.range(..page).next_back().filter(|(_, span)| span.1 >= first);
        let after = self.spans.range(page + 1..).next().filter(|(_, span)| span.0 <= last);
        match before.or(after) {
            None => Ok(()),
            Some((&other, _)) => Err(PagesOverlap { page, other }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A list of `rows` rows in pages of `limit`, as Kommo would serve it.
    fn serve(rows: u32, limit: u32, page: u32) -> PageFound {
        let first = (page - 1) * limit;
        let items = rows.saturating_sub(first).min(limit);
        let ids = (items > 0).then(|| (i64::from(first) + 1, i64::from(first + items)));
        // Kommo may name a next page behind a last page that happens to be full.
        PageFound { items, ids, has_next: items == limit }
    }

    fn read_all(
        rows: u32,
        limit: u32,
        width: usize,
        finished: &[u32],
        probing: bool,
    ) -> (Vec<u32>, PagePlan) {
        let mut plan = PagePlan::new(finished.iter().copied(), probing);
        let mut asked = Vec::new();
        let mut flying: Vec<u32> = Vec::new();
        loop {
            while flying.len() < width {
                let Some(page) = plan.start_next() else { break };
                asked.push(page);
                flying.push(page);
            }
            if flying.is_empty() {
                return (asked, plan);
            }
            let page = flying.remove(0);
            plan.finish(page, serve(rows, limit, page)).unwrap();
            flying.retain(|&page| plan.is_wanted(page));
        }
    }

    #[test]
    fn a_large_account_costs_few_empty_pages() {
        let (asked, plan) = read_all(100_000, 250, 1, &[], true);
        assert!(plan.is_complete());
        assert_eq!(plan.length(), Some(Length { pages: 400, is_exact: true }));
        assert!(asked.len() <= 400 + 5, "{} pages asked", asked.len());
    }

    #[test]
    fn the_length_is_known_long_before_the_end() {
        let mut plan = PagePlan::new([], true);
        for fetched in 1.. {
            let page = plan.start_next().unwrap();
            plan.finish(page, serve(100_000, 250, page)).unwrap();
            if let Some(length) = plan.length() {
                assert!((200..=700).contains(&length.pages), "{length:?}");
                assert!(fetched < 30, "known only after {fetched} pages");
                break;
            }
        }
    }

    #[test]
    fn a_page_that_repeats_another_is_not_believed() {
        let mut plan = PagePlan::new([], false);
        for page in [1, 2] {
            assert_eq!(plan.start_next(), Some(page));
        }
        plan.finish(1, serve(1_000, 250, 1)).unwrap();
        assert_eq!(plan.finish(2, serve(1_000, 250, 1)), Err(PagesOverlap { page: 2, other: 1 }));
        plan.give_back(2);
        assert_eq!(plan.start_next(), Some(2));
    }

    #[test]
    fn an_empty_account_is_asked_for_twice() {
        let (asked, plan) = read_all(0, 250, 1, &[], true);
        assert_eq!((asked, plan.is_complete()), (vec![1, 1], true));
        assert_eq!(plan.length(), Some(Length { pages: 0, is_exact: true }));
    }

    #[test]
    fn a_stray_empty_answer_right_after_a_restart_does_not_end_the_list() {
        let mut plan = PagePlan::new(1..=200, false);
        let flying: Vec<u32> = (0..12).filter_map(|_| plan.start_next()).collect();
        assert_eq!(flying, (201..=212).collect::<Vec<u32>>());
        plan.finish(201, PageFound { items: 0, ids: None, has_next: false }).unwrap();
        assert_eq!(plan.start_next(), Some(201), "it is asked for once more");
        plan.finish(201, serve(100_000, 250, 201)).unwrap();
        let flying: Vec<u32> = (0..12).filter_map(|_| plan.start_next()).collect();
        assert_eq!(flying, (202..=213).collect::<Vec<u32>>(), "and reading goes on as before");
    }

    #[test]
    fn a_full_page_without_a_link_and_one_before_rows_are_not_the_last() {
        let unlinked = |page| PageFound { has_next: false, ..serve(1_000, 250, page) };
        let mut plan = PagePlan::new([], false);
        plan.start_next();
        plan.finish(1, unlinked(1)).unwrap();
        assert_eq!(plan.start_next(), Some(2));
        let mut plan = PagePlan::new([], false);
        let asked: Vec<u32> = (0..8).filter_map(|_| plan.start_next()).collect();
        assert_eq!(asked.last(), Some(&8));
        plan.finish(8, serve(400, 50, 8)).unwrap();
        plan.finish(7, PageFound { has_next: false, ..serve(400, 50, 7) }).unwrap();
        assert!(plan.is_wanted(8) && plan.start_next() == Some(9));
    }

    proptest! {
        #[test]
        fn every_row_is_read_once_and_finished_pages_are_not_read_again(
            rows in 0_u32..2_000, limit in 1_u32..60, width in 1_usize..9, probing: bool,
            finished in proptest::collection::btree_set(1_u32..120, 0..20),
        ) {
            let pages = rows.div_ceil(limit);
            let finished: Vec<u32> = finished.into_iter().filter(|&page| page <= pages).collect();
            let (asked, plan) = read_all(rows, limit, width, &finished, probing);
            prop_assert!(plan.is_complete());
            let unique: BTreeSet<u32> = asked.iter().copied().collect();
            // Only the page behind the last is asked for again, when the last promised it.
            prop_assert!(asked.len() <= unique.len() + 1);
            let twice = unique.iter().find(|page| asked.iter().filter(|asked| asked == page).count() > 1);
            prop_assert!(twice.is_none_or(|&page| page == pages + 1));
            prop_assert!(finished.iter().all(|page| !unique.contains(page)));
            let read: BTreeSet<u32> = unique.iter().chain(&finished).copied().filter(|&page| page <= pages).collect();
            prop_assert_eq!(read.len(), pages as usize);
        }

        #[test]
        fn one_empty_answer_in_the_wrong_place_hides_nothing(
            rows in 1_u32..2_000, limit in 1_u32..60, width in 1_usize..13, probing: bool, lie in 0_usize..40,
        ) {
            let mut plan = PagePlan::new([], probing);
            let (mut flying, mut read, mut answers) = (Vec::new(), BTreeSet::new(), 0);
            loop {
                while flying.len() < width {
                    let Some(page) = plan.start_next() else { break };
                    flying.push(page);
                }
                if flying.is_empty() {
                    break;
                }
                // The last asked is answered first now and then.
                let page = if answers % 3 == 2 { flying.pop().unwrap() } else { flying.remove(0) };
                let mut found = serve(rows, limit, page);
                if answers == lie {
                    found = PageFound { items: 0, ids: None, has_next: false };
                }
                answers += 1;
                plan.finish(page, found).unwrap();
                if found.items > 0 {
                    read.insert(page);
                }
                flying.retain(|&page| plan.is_wanted(page));
            }
            prop_assert_eq!(read.len(), rows.div_ceil(limit) as usize);
        }
    }
}
