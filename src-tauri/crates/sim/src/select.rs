//! Which rows of a table a list request means, without walking or copying the table when it need not.

use crate::query::{Direction, PageWish, Query};
use crate::state::{Row, Table};

/// A condition on a row.
pub(crate) type Keep<'a, T> = Box<dyn Fn(&T) -> bool + 'a>;

/// The rows of one page. `filter[id]`, `filter[updated_at]` and the orders by id and update come from the
/// indexes; `keep` holds every other condition.
pub(crate) fn rows<'a, T: Row>(
    table: &'a Table<T>,
    query: &Query,
    page: PageWish,
    keep: &[Keep<'_, T>],
    created_at: impl Fn(&T) -> i64,
) -> Vec<&'a T> {
    let by_updated = query.order("updated_at");
    let by_created = query.order("created_at");
    let by_id = query.order("id");
    let range = query.range("updated_at");
    let reversed = [by_updated, by_created, by_id].into_iter().flatten().next() == Some(Direction::Desc);

    if query.with("only_deleted") {
        return cut(table, table.deleted_ids().len(), |at| table.deleted_ids()[at], reversed, keep, page);
    }
    if let Some(mut ids) = query.filter_ids("id") {
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| {
            table.live(*id).is_some_and(|row| range.is_none_or(|range| range.holds(row.updated_at())))
        });
        if by_updated.is_some() {
            ids.sort_by_key(|id| table.get(*id).map(Row::updated_at));
        }
        return cut(table, ids.len(), |at| ids[at], reversed, keep, page);
    }
    let sorted = table.by_updated();
    let from =
        range.and_then(|range| range.from).map_or(0, |from| sorted.partition_point(|(at, _)| *at < from));
    let to = range
        .and_then(|range| range.to)
        .map_or(sorted.len(), |to| sorted.partition_point(|(at, _)| *at <= to));
    let window = sorted.get(from..to).unwrap_or_default();
    if by_updated.is_some() {
        return cut(table, window.len(), |at| window[at].1, reversed, keep, page);
    }
    if by_created.is_some() {
        let mut ids: Vec<u32> = window.iter().map(|(_, id)| *id).collect();
        ids.sort_by_key(|id| (table.get(*id).map(&created_at), *id));
        return cut(table, ids.len(), |at| ids[at], reversed, keep, page);
    }
    if range.is_some() {
        let mut ids: Vec<u32> = window.iter().map(|(_, id)| *id).collect();
        ids.sort_unstable();
        return cut(table, ids.len(), |at| ids[at], reversed, keep, page);
    }
    let live = table.live_ids();
    cut(table, live.len(), |at| live[at], reversed, keep, page)
}

/// Cuts a page out of an ordered view. Without conditions it looks only at the rows of the page.
fn cut<'a, T: Row>(
    table: &'a Table<T>,
    len: usize,
    id_at: impl Fn(usize) -> u32,
    reversed: bool,
    keep: &[Keep<'_, T>],
    page: PageWish,
) -> Vec<&'a T> {
    let nth = |index: usize| id_at(if reversed { len - 1 - index } else { index });
    if keep.is_empty() {
        let start = page.offset().min(len);
        let end = start.saturating_add(page.limit).min(len);
        return (start..end).filter_map(|index| table.get(nth(index))).collect();
    }
    (0..len)
        .filter_map(|index| table.get(nth(index)))
        .filter(|row| keep.iter().all(|holds| holds(row)))
        .skip(page.offset())
        .take(page.limit)
        .collect()
}
