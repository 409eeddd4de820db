//! Walks a list of changes page by page, newest first, until it is older than what is known: pure.

use super::page_plan::PagesOverlap;
use cadencia_domain::time::UtcMillis;
use kommo::PageRequest;

/// In which order a list comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ordered {
    /// Newest change first: the first older row is the end.
    ByChange,
    /// By number only: a page without a single row of the span is the end.
    ByNumber,
}

/// A page as far as walking needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Met {
    /// Its rows.
    pub(crate) items: u32,
    /// Those of them that belong to the span.
    pub(crate) within: u32,
    /// Tells this page from every other; none when it is empty.
    pub(crate) key: Option<String>,
    /// Kommo names a next page.
    pub(crate) has_next: bool,
}

/// The state of walking one list.
#[derive(Debug)]
pub(crate) struct Walk {
    /// Changes from here on are wanted.
    from: UtcMillis,
    ordered: Ordered,
    next: Option<PageRequest>,
    previous: Option<String>,
    is_promised: bool,
    was_asked_again: bool,
}

impl Walk {
    /// Begins at the first page.
    pub(crate) fn new(from: UtcMillis, ordered: Ordered, limit: u32) -> Self {
        Self {
            from,
            ordered,
            next: Some(PageRequest::first(limit)),
            previous: None,
            is_promised: false,
            was_asked_again: false,
        }
    }

    /// The page to ask for; none at the end.
    pub(crate) fn next(&self) -> Option<PageRequest> {
        self.next
    }

    /// Whether a change at `at` belongs to the span. Kommo tells whole seconds.
    pub(crate) fn wants(&self, at: UtcMillis) -> bool {
        at.unix_seconds() >= self.from.unix_seconds()
    }

    /// The page that was asked for came.
    ///
    /// # Errors
    /// When the same page comes again under the next number: it would come for ever.
    pub(crate) fn met(&mut self, page: &Met) -> Result<(), PagesOverlap> {
        let Some(asked) = self.next else { return Ok(()) };
        if page.items == 0 {
            // A page that the one before named and that is empty could be a passing fault: it is asked for once more.
            let is_end = !self.is_promised || self.was_asked_again;
            self.was_asked_again = true;
            if is_end {
                self.next = None;
            }
            return Ok(());
        }
        if page.key.is_some() && page.key == self.previous {
            return Err(PagesOverlap { page: asked.page, other: asked.page.saturating_sub(1) });
        }
        self.previous.clone_from(&page.key);
        self.is_promised = page.has_next;
        self.was_asked_again = false;
        let is_over = match self.ordered {
            Ordered::ByChange => page.within < page.items,
            Ordered::ByNumber => page.within == 0,
        };
        // Links are left out at times: a full page has a next one until that turns out to be empty.
        let goes_on = page.has_next || page.items >= asked.limit;
        self.next = (!is_over && goes_on).then(|| asked.next());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(items: u32, within: u32, key: &str, has_next: bool) -> Met {
        Met { items, within, key: Some(key.to_owned()), has_next }
    }

    const EMPTY: Met = Met { items: 0, within: 0, key: None, has_next: false };

    fn walk(ordered: Ordered) -> Walk {
        Walk::new(UtcMillis(1_000_000), ordered, 250)
    }

    /// The numbers of the pages asked for.
    fn asked(walk: &mut Walk, pages: &[Met]) -> Result<Vec<u32>, PagesOverlap> {
        let mut asked = Vec::new();
        for page in pages {
            let Some(next) = walk.next() else { break };
            asked.push(next.page);
            walk.met(page)?;
        }
        asked.extend(walk.next().map(|next| next.page));
        Ok(asked)
    }

    #[test]
    fn a_list_by_change_ends_at_the_first_older_row() {
        let pages = [met(250, 250, "a", true), met(250, 249, "b", true)];
        assert_eq!(asked(&mut walk(Ordered::ByChange), &pages), Ok(vec![1, 2]));
    }

    #[test]
    fn a_list_by_number_ends_at_the_first_page_without_any_row_of_the_span() {
        let pages = [met(250, 1, "a", true), met(250, 0, "b", true)];
        assert_eq!(asked(&mut walk(Ordered::ByNumber), &pages), Ok(vec![1, 2]));
    }

    #[test]
    fn a_promised_page_that_is_empty_is_asked_for_once_more_and_then_believed() {
        let first = met(250, 250, "a", true);
        let pages = [first.clone(), EMPTY, met(30, 30, "b", false)];
        assert_eq!(asked(&mut walk(Ordered::ByChange), &pages), Ok(vec![1, 2, 2]));
        let pages = [first, EMPTY, EMPTY];
        assert_eq!(asked(&mut walk(Ordered::ByChange), &pages), Ok(vec![1, 2, 2]));
        assert_eq!(asked(&mut walk(Ordered::ByChange), &[EMPTY]), Ok(vec![1]), "nobody promised the first");
    }

    #[test]
    fn a_full_page_without_a_link_is_not_taken_for_the_last() {
        let pages = [met(250, 250, "a", false), EMPTY];
        assert_eq!(asked(&mut walk(Ordered::ByChange), &pages), Ok(vec![1, 2]));
        assert_eq!(asked(&mut walk(Ordered::ByChange), &[met(249, 249, "a", false)]), Ok(vec![1]));
    }

    #[test]
    fn a_page_that_repeats_the_one_before_ends_the_walk_with_an_error() {
        let pages = [met(250, 250, "a", true), met(250, 250, "a", true)];
        let error = asked(&mut walk(Ordered::ByChange), &pages).unwrap_err();
        assert_eq!(error, PagesOverlap { page: 2, other: 1 });
    }

    #[test]
    fn the_span_begins_with_its_first_second() {
        let walk = Walk::new(UtcMillis(5_900), Ordered::ByChange, 250);
        assert!(walk.wants(UtcMillis(5_000)) && !walk.wants(UtcMillis(4_999)));
    }
}
