//! The order of a list: read off an index until the page is full.

use super::filter::{LeadColumn, LeadQuery, LeadSort};
use super::matching::all;
use crate::row_set::RowSet;
use rusqlite::{Connection, params};

/// Sets up to this size are sorted by themselves: cheaper than walking an index past all the others.
const SORTED_APART: usize = 400;

impl LeadColumn {
    /// The index in this order. Leads without a value are in none.
    fn index(self) -> &'static str {
        match self {
            // Groups are ordered elsewhere; within each the newest change comes first.
            Self::UpdatedAt | Self::Stage | Self::Responsible => "leads_by_updated",
            Self::CreatedAt => "leads_by_created",
            Self::Name => "leads_by_name",
            Self::Price => "leads_by_price",
            Self::ClosestTask => "leads_by_closest_task",
            Self::ClosedAt => "leads_by_closing",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::UpdatedAt | Self::Stage | Self::Responsible => "updated_at_ms",
            Self::CreatedAt => "created_at_ms",
            Self::Name => "name_folded",
            Self::Price => "price_cents",
            Self::ClosestTask => "closest_task_at_ms",
            Self::ClosedAt => "closed_at_ms",
        }
    }

    fn may_be_absent(self) -> bool {
        matches!(self, Self::ClosestTask | Self::ClosedAt)
    }
}

/// The rows of a page of the leads in `set` (`None`: of all), in order.
pub(super) fn page(conn: &Connection, query: &LeadQuery, set: Option<RowSet>) -> rusqlite::Result<Vec<i64>> {
    let set = match set {
        None if query.sort.column.may_be_absent() => all(conn)?,
        None => return page_of_all(conn, query),
        Some(set) => set,
    };
    if set.len() <= SORTED_APART {
        return page_of_few(conn, query, &set);
    }
    page_of_many(conn, query, set)
}

/// The statement that walks all leads in order.
pub(super) fn walk(sort: LeadSort) -> String {
    let (column, direction) = (sort.column.sql(), direction(sort));
    let present =
        if sort.column.may_be_absent() { format!(" AND {column} IS NOT NULL") } else { String::new() };
    format!(
        "SELECT row_id FROM leads INDEXED BY {} WHERE deleted_at_ms IS NULL{present}
         ORDER BY {column} {direction}, row_id {direction}",
        sort.column.index()
    )
}

fn direction(sort: LeadSort) -> &'static str {
    if sort.descending { "DESC" } else { "ASC" }
}

fn page_of_all(conn: &Connection, query: &LeadQuery) -> rusqlite::Result<Vec<i64>> {
    let sql = format!("{} LIMIT ?1 OFFSET ?2", walk(query.sort));
    conn.prepare_cached(&sql)?.query_map(params![query.limit, query.offset], |row| row.get(0))?.collect()
}

fn page_of_few(conn: &Connection, query: &LeadQuery, set: &RowSet) -> rusqlite::Result<Vec<i64>> {
    let (column, direction) = (query.sort.column.sql(), direction(query.sort));
    let rows = serde_json::Value::from(set.iter().collect::<Vec<i64>>()).to_string();
    let sql = format!(
        "SELECT l.row_id FROM json_each(?1) CROSS JOIN leads l ON l.row_id = json_each.value
         ORDER BY l.{column} IS NULL, l.{column} {direction}, l.row_id {direction} LIMIT ?2 OFFSET ?3"
    );
    conn.prepare_cached(&sql)?
        .query_map(params![rows, query.limit, query.offset], |row| row.get(0))?
        .collect()
}

fn page_of_many(conn: &Connection, query: &LeadQuery, mut set: RowSet) -> rusqlite::Result<Vec<i64>> {
    let (mut left, limit) = (query.offset, query.limit as usize);
    let mut page = Vec::with_capacity(limit.min(1_000));
    let mut seen = RowSet::default();
    let mut statement = conn.prepare_cached(&walk(query.sort))?;
    let mut rows = statement.query([])?;
    while page.len() < limit
        && let Some(row) = rows.next()?
    {
        let row = row.get(0)?;
        if !set.contains(row) {
            continue;
        }
        if query.sort.column.may_be_absent() {
            seen.insert(row);
        }
        if left > 0 {
            left -= 1;
        } else {
            page.push(row);
        }
    }
    if query.sort.column.may_be_absent() && page.len() < limit {
        set.remove(&seen);
        let wanted = limit - page.len();
        let left = left as usize;
        if query.sort.descending {
            page.extend(set.iter().rev().skip(left).take(wanted));
        } else {
            page.extend(set.iter().skip(left).take(wanted));
        }
    }
    Ok(page)
}
