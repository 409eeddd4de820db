//! Which leads a question is about: each part of it is answered by one statement with an index made for it, and the
//! answers are put together as sets. So the cost depends on no guess of SQLite's.

use super::filter::{FieldFilter, FieldTest, LeadQuery, LeadState, StageChoice};
use crate::row_set::RowSet;
use crate::search::Terms;
use crate::table::account_profiles;
use cadencia_domain::text::fold;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// A statement that selects row numbers, with its values.
pub(super) type Part = (String, Vec<Value>);

/// The parts of a question: leads have to be in all of `within` and in none of `without`.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) within: Vec<Part>,
    pub(super) without: Vec<Part>,
    /// Nothing can be in it.
    pub(super) hopeless: bool,
}

/// The leads in question, none of them deleted; `None` stands for all.
pub(super) fn matching(conn: &Connection, query: &LeadQuery) -> rusqlite::Result<Option<RowSet>> {
    let region = account_profiles::phone_region(conn)?;
    let parts = Parts::of(query, &region);
    if parts.hopeless {
        return Ok(Some(RowSet::default()));
    }
    if parts.within.is_empty() && parts.without.is_empty() {
        return Ok(None);
    }
    let mut within = parts.within.into_iter();
    let mut set = match within.next() {
        Some(part) => select(conn, part)?,
        None => all(conn)?,
    };
    for part in within {
        set.retain(&select(conn, part)?);
    }
    for part in parts.without {
        set.remove(&select(conn, part)?);
    }
    set.remove(&select(conn, deleted())?);
    Ok(Some(set))
}

/// All leads that are not deleted.
pub(super) fn all(conn: &Connection) -> rusqlite::Result<RowSet> {
    select(
        conn,
        (
            "SELECT row_id FROM leads INDEXED BY leads_by_updated WHERE deleted_at_ms IS NULL".into(),
            Vec::new(),
        ),
    )
}

fn deleted() -> Part {
    (
        "SELECT row_id FROM leads INDEXED BY leads_by_updated WHERE deleted_at_ms IS NOT NULL".into(),
        Vec::new(),
    )
}

fn select(conn: &Connection, (sql, values): Part) -> rusqlite::Result<RowSet> {
    let mut set = RowSet::default();
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        set.insert(row.get(0)?);
    }
    Ok(set)
}

impl Parts {
    pub(super) fn of(query: &LeadQuery, region: &str) -> Self {
        let mut parts = Self::default();
        match query.search.as_deref().map(|text| Terms::of(text, region)).unwrap_or_default() {
            Terms::Nothing => {}
            Terms::Hopeless => parts.hopeless = true,
            Terms::Matching(expression) => {
                let sql = "SELECT rowid FROM leads_fts WHERE leads_fts MATCH ?1".to_owned();
                parts.within.push((sql, vec![expression.into()]));
            }
            Terms::Beginning(letters) => {
                let sql = "SELECT row_id FROM leads INDEXED BY leads_by_name
                    WHERE deleted_at_ms IS NULL AND name_folded >= ?1 AND name_folded < ?1 || char(1114111)";
                parts.within.push((sql.to_owned(), vec![letters.into()]));
            }
        }
        if !query.tags.is_empty() {
            let mut columns = Columns::default();
            let list = columns.list(query.tags.iter().map(|tag| tag.0));
            let sql = format!(
                "SELECT lead_row FROM lead_tags INDEXED BY lead_tags_by_tag WHERE tag_kommo_id IN ({list})"
            );
            parts.within.push((sql, columns.values));
        }
        for filter in &query.fields {
            let list = if filter.test == FieldTest::Empty { &mut parts.without } else { &mut parts.within };
            list.push(of_field(filter));
        }
        let columns = Columns::of(query);
        if !columns.conditions.is_empty() {
            let sql = format!(
                "SELECT row_id FROM leads INDEXED BY leads_for_lists WHERE deleted_at_ms IS NULL AND {}",
                columns.conditions.join(" AND ")
            );
            parts.within.push((sql, columns.values));
        }
        parts
    }
}

/// Leads with a value in the field that passes the test; of [`FieldTest::Empty`], those with any value.
fn of_field(filter: &FieldFilter) -> Part {
    let mut columns = Columns::default();
    let at = columns.value(filter.field.0);
    columns.conditions.push(format!("field_kommo_id = {at}"));
    match &filter.test {
        FieldTest::OneOf(options) => {
            let list = columns.list(options.iter().copied());
            columns.conditions.push(format!("enum_id IN ({list})"));
        }
        FieldTest::Number(range) => {
            columns.conditions.push("number IS NOT NULL".to_owned());
            columns.range("number", range.from, range.to);
        }
        FieldTest::Contains(text) => {
            let at = columns.value(fold(text));
            columns.conditions.push(format!("instr(text_folded, {at}) > 0"));
        }
        FieldTest::Filled | FieldTest::Empty => {}
    }
    (
        format!("SELECT lead_row FROM lead_field_values WHERE {}", columns.conditions.join(" AND ")),
        columns.values,
    )
}

/// Conditions on columns of one table.
#[derive(Debug, Default)]
struct Columns {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Columns {
    /// What the question asks of the lead's own columns, all of which are in one index.
    fn of(query: &LeadQuery) -> Self {
        let mut columns = Self::default();
        columns.stages(&query.stages);
        match query.state {
            LeadState::Any => {}
            LeadState::Open => columns.conditions.push("status_kommo_id NOT IN (142, 143)".to_owned()),
            LeadState::Closed => columns.conditions.push("status_kommo_id IN (142, 143)".to_owned()),
            LeadState::Won => columns.conditions.push("status_kommo_id = 142".to_owned()),
            LeadState::Lost => columns.conditions.push("status_kommo_id = 143".to_owned()),
        }
        if !query.responsibles.is_empty() {
            let list = columns.list(query.responsibles.iter().flatten().map(|user| user.0));
            let nobody = query.responsibles.contains(&None);
            let or_nobody = if nobody { " OR responsible_kommo_id IS NULL" } else { "" };
            columns.conditions.push(format!("(responsible_kommo_id IN ({list}){or_nobody})"));
        }
        columns.any_of("loss_reason_kommo_id", query.loss_reasons.iter().map(|reason| reason.0));
        columns.any_of("source_kommo_id", query.sources.iter().map(|source| source.0));
        columns.any_of("company_kommo_id", query.company.iter().map(|company| company.0));
        columns.range("price_cents", query.price_cents.from, query.price_cents.to);
        for (column, range) in [
            ("created_at_ms", query.created_at),
            ("updated_at_ms", query.updated_at),
            ("closed_at_ms", query.closed_at),
        ] {
            columns.range(column, range.from.map(|at| at.0), range.to.map(|at| at.0));
        }
        match query.has_open_task {
            Some(true) => columns.conditions.push("closest_task_at_ms IS NOT NULL".to_owned()),
            Some(false) => columns.conditions.push("closest_task_at_ms IS NULL".to_owned()),
            None => {}
        }
        columns
    }

    fn value(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    fn list(&mut self, values: impl IntoIterator<Item = i64>) -> String {
        let places: Vec<String> = values.into_iter().map(|value| self.value(value)).collect();
        places.join(", ")
    }

    fn any_of(&mut self, column: &str, values: impl IntoIterator<Item = i64>) {
        let list = self.list(values);
        if !list.is_empty() {
            self.conditions.push(format!("{column} IN ({list})"));
        }
    }

    fn range<T: Into<Value>>(&mut self, column: &str, from: Option<T>, to: Option<T>) {
        for (bound, sign) in [(from, ">="), (to, "<=")] {
            if let Some(bound) = bound {
                let at = self.value(bound);
                self.conditions.push(format!("{column} {sign} {at}"));
            }
        }
    }

    fn stages(&mut self, stages: &[StageChoice]) {
        let mut any: Vec<String> = Vec::with_capacity(stages.len());
        for choice in stages {
            let pipeline = self.value(choice.pipeline.0);
            any.push(match choice.status {
                None => format!("pipeline_kommo_id = {pipeline}"),
                Some(status) => {
                    let status = self.value(status.0);
                    format!("pipeline_kommo_id = {pipeline} AND status_kommo_id = {status}")
                }
            });
        }
        match any.as_slice() {
            [] => {}
            [one] => self.conditions.push(one.clone()),
            many => self.conditions.push(format!("(({}))", many.join(") OR ("))),
        }
    }
}
