//! Lists in the order of stages or of responsible users: group after group, within each the newest change first.
//!
//! No index is in these orders, since stages and users are ordered by where they stand and what they are called. The
//! groups are few, so the page is put together from the groups it touches.

use super::filter::{LeadColumn, LeadQuery, LeadSort};
use super::order;
use crate::error::StoreError;
use crate::row_set::RowSet;
use crate::table::{pipelines, users};
use cadencia_domain::text::fold;
use rusqlite::{Connection, Row};
use std::collections::HashMap;

/// What a lead's group is known by: its pipeline and stage, or its responsible user.
type Group = (Option<i64>, Option<i64>);
/// Where a group stands among the others.
type Place = (bool, i64, i64, i64, String, Group);

/// Leads by responsible user, for [`page`].
const BY_RESPONSIBLE: &str = "SELECT row_id, responsible_kommo_id, NULL FROM leads INDEXED BY leads_for_lists WHERE deleted_at_ms IS NULL";
/// Leads by stage, for [`page`].
const BY_STAGE: &str =
    "SELECT row_id, pipeline_kommo_id, status_kommo_id FROM leads INDEXED BY leads_for_lists
    WHERE deleted_at_ms IS NULL";

/// The places of all groups that have one.
pub(super) fn places(conn: &Connection, column: LeadColumn) -> Result<HashMap<Group, Place>, StoreError> {
    let mut places = HashMap::new();
    if column == LeadColumn::Responsible {
        for user in users::list_all(conn)? {
            let group = (Some(user.item.kommo_id.0), None);
            places.insert(group, (false, 0, 0, 0, fold(&user.item.name), group));
        }
        return Ok(places);
    }
    for (pipeline, stages) in pipelines::list_all(conn)? {
        for stage in stages {
            let group = (Some(stage.item.pipeline.0), Some(stage.item.status.0));
            let place =
                (false, pipeline.item.sort, pipeline.item.kommo_id.0, stage.item.sort, String::new(), group);
            places.insert(group, place);
        }
    }
    Ok(places)
}

/// The rows of a page of the leads in `set` (`None`: of all), group after group.
pub(super) fn page(
    conn: &Connection,
    query: &LeadQuery,
    set: Option<&RowSet>,
    places: &HashMap<Group, Place>,
) -> rusqlite::Result<Vec<i64>> {
    let mut groups: Vec<(Place, RowSet)> = groups(conn, query.sort.column, set)?
        .into_iter()
        // A group nobody knows comes last, and leads of nobody after it.
        .map(|(group, rows)| (places.get(&group).cloned().unwrap_or_else(|| unknown(group)), rows))
        .collect();
    groups.sort_by(|(one, _), (other, _)| one.cmp(other));
    if query.sort.descending {
        groups.reverse();
    }
    let (mut skip, mut want) = (query.offset, query.limit);
    let mut page = Vec::new();
    for (_, rows) in groups {
        let leads = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        if want == 0 {
            break;
        }
        if skip >= leads {
            skip -= leads;
            continue;
        }
        let take = want.min(leads - skip);
        let newest_first = LeadSort { column: LeadColumn::UpdatedAt, descending: true };
        let part = LeadQuery { sort: newest_first, offset: skip, limit: take, ..LeadQuery::default() };
        page.extend(order::page(conn, &part, Some(rows))?);
        want -= take;
        skip = 0;
    }
    Ok(page)
}

fn unknown(group: Group) -> Place {
    (true, i64::from(group.0.is_none()), group.0.unwrap_or(0), group.1.unwrap_or(0), String::new(), group)
}

fn groups(
    conn: &Connection,
    column: LeadColumn,
    set: Option<&RowSet>,
) -> rusqlite::Result<HashMap<Group, RowSet>> {
    let sql = if column == LeadColumn::Responsible { BY_RESPONSIBLE } else { BY_STAGE };
    let mut groups: HashMap<Group, RowSet> = HashMap::new();
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let row_id = row.get(0)?;
        if set.is_none_or(|set| set.contains(row_id)) {
            groups.entry(group(row)?).or_default().insert(row_id);
        }
    }
    Ok(groups)
}

fn group(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok((row.get(1)?, row.get(2)?))
}
