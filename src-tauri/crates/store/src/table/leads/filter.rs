//! What a list of leads asks for, and the shape of the statement that answers it.
//!
//! The shape is chosen here, not by SQLite, so that it does not depend on what was measured of the data: each
//! statement has one driver, and everything else is decided per row of the driver from an index.

use crate::search::Terms;
use cadencia_domain::id::{
    KommoCompanyId, KommoFieldId, KommoLossReasonId, KommoPipelineId, KommoSourceId, KommoStatusId,
    KommoTagId, KommoUserId,
};
use cadencia_domain::text::fold;
use cadencia_domain::time::UtcMillis;
use rusqlite::types::Value;

/// A list of leads to show. Empty lists and `None` do not restrict; restrictions of different kinds all hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeadQuery {
    /// What the person typed: all words, anywhere in names, contacts, phones, e-mails, tags and fields.
    pub search: Option<String>,
    /// In any of these.
    pub stages: Vec<StageChoice>,
    /// Open, won, lost.
    pub state: LeadState,
    /// Of any of these people; `None` stands for nobody.
    pub responsibles: Vec<Option<KommoUserId>>,
    /// With any of these.
    pub tags: Vec<KommoTagId>,
    /// Lost for any of these.
    pub loss_reasons: Vec<KommoLossReasonId>,
    /// From any of these.
    pub sources: Vec<KommoSourceId>,
    /// Of this company.
    pub company: Option<KommoCompanyId>,
    /// Price in hundredths.
    pub price_cents: Between<i64>,
    /// Created.
    pub created_at: Between<UtcMillis>,
    /// Last changed.
    pub updated_at: Between<UtcMillis>,
    /// Closed.
    pub closed_at: Between<UtcMillis>,
    /// With or without an open task.
    pub has_open_task: Option<bool>,
    /// Custom fields, all of these.
    pub fields: Vec<FieldFilter>,
    /// Order.
    pub sort: LeadSort,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to answer at most.
    pub limit: u32,
}

/// A pipeline, or one stage of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageChoice {
    /// The pipeline.
    pub pipeline: KommoPipelineId,
    /// The stage; none for the whole pipeline.
    pub status: Option<KommoStatusId>,
}

/// Whether a lead is closed, by its stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeadState {
    /// Any.
    #[default]
    Any,
    /// Neither won nor lost.
    Open,
    /// Won or lost.
    Closed,
    /// Won.
    Won,
    /// Lost.
    Lost,
}

/// Both ends are part of it; an absent end does not restrict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between<T> {
    /// Lowest.
    pub from: Option<T>,
    /// Highest.
    pub to: Option<T>,
}

impl<T> Default for Between<T> {
    fn default() -> Self {
        Self { from: None, to: None }
    }
}

/// A restriction on a custom field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldFilter {
    /// The field.
    pub field: KommoFieldId,
    /// What one of its values has to be.
    pub test: FieldTest,
}

/// What a value of a custom field has to be.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldTest {
    /// One of these options (Kommo's enum numbers).
    OneOf(Vec<i64>),
    /// A number, a date (unix seconds) or a flag (1 or 0) in this range.
    Number(Between<f64>),
    /// A text that contains this, whatever case and accents.
    Contains(String),
    /// Anything.
    Filled,
    /// The field is empty.
    Empty,
}

/// Order of a list. Leads that are equal in it are ordered by age here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadSort {
    /// By what.
    pub column: LeadColumn,
    /// Highest, latest or last letter first.
    pub descending: bool,
}

impl Default for LeadSort {
    fn default() -> Self {
        Self { column: LeadColumn::UpdatedAt, descending: true }
    }
}

/// What leads can be ordered by. Those without a value come last either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadColumn {
    /// Last changed.
    UpdatedAt,
    /// Created.
    CreatedAt,
    /// Name.
    Name,
    /// Price.
    Price,
    /// Next open task.
    ClosestTask,
    /// Closed.
    ClosedAt,
}

impl LeadColumn {
    /// The index that is in this order, when there is one.
    fn index(self) -> Option<&'static str> {
        match self {
            Self::UpdatedAt => Some("leads_by_updated"),
            Self::CreatedAt => Some("leads_by_created"),
            Self::Name => Some("leads_by_name"),
            Self::Price => Some("leads_by_price"),
            Self::ClosestTask | Self::ClosedAt => None,
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::UpdatedAt => "l.updated_at_ms",
            Self::CreatedAt => "l.created_at_ms",
            Self::Name => "l.name_folded",
            Self::Price => "l.price_cents",
            Self::ClosestTask => "l.closest_task_at_ms",
            Self::ClosedAt => "l.closed_at_ms",
        }
    }
}

/// A statement's parts: everything after SELECT's columns and before ORDER BY.
pub(super) struct Plan {
    pub(super) from: String,
    conditions: Vec<String>,
    pub(super) values: Vec<Value>,
    /// Only the full-text index decides, so counting need not look at leads.
    pub(super) counts_in_index: bool,
}

impl Plan {
    pub(super) fn of(query: &LeadQuery, region: &str, for_counting: bool) -> Self {
        let mut terms = query.search.as_deref().map(|text| Terms::of(text, region)).unwrap_or_default();
        let mut plan = Self {
            from: String::new(),
            conditions: vec!["l.deleted_at_ms IS NULL".to_owned()],
            values: Vec::new(),
            counts_in_index: false,
        };
        // A text in a field is a text of the lead: the index narrows down, the field's own value decides.
        for filter in &query.fields {
            if let FieldTest::Contains(text) = &filter.test {
                terms.narrow(text);
            }
        }
        let columns_before = plan.conditions.len();
        plan.restrict_columns(query);
        let restricts_columns = plan.conditions.len() > columns_before;
        let mut drivers = Drivers::of(query, &mut plan);
        let short_prefix =
            terms.matching.is_none().then(|| terms.short.first().map(|short| short.word.clone())).flatten();
        if let Some(matching) = &terms.matching {
            let at = plan.value(matching.clone());
            plan.from = "leads_fts CROSS JOIN leads l ON l.row_id = leads_fts.rowid".to_owned();
            plan.conditions.push(format!("leads_fts MATCH {at}"));
        } else if let Some(prefix) = short_prefix {
            let at = plan.value(prefix);
            plan.from = "leads l INDEXED BY leads_by_name".to_owned();
            plan.conditions.push(format!("l.name_folded >= {at} AND l.name_folded < {at} || char(1114111)"));
            terms.short.remove(0);
        } else if let Some(driver) = drivers.take_first() {
            plan.from = format!("({driver}) d CROSS JOIN leads l ON l.row_id = d.lead_row");
        } else if query.company.is_some() {
            plan.from = "leads l INDEXED BY leads_by_company".to_owned();
        } else {
            let index = match query.sort.column.index() {
                _ if restricts_columns || drivers.any_absent => "leads_for_lists",
                _ if for_counting => "leads_by_updated",
                Some(index) => index,
                None => "leads_for_lists",
            };
            plan.from = format!("leads l INDEXED BY {index}");
        }
        for short in &terms.short {
            let at = plan.value(format!(" {}", short.word));
            let mut test = format!("instr(' ' || l.name_folded, {at}) > 0");
            if terms.matching.is_some() {
                let phrase = plan.value(short.phrase.clone());
                test = format!(
                    "({test} OR l.row_id IN (SELECT rowid FROM leads_fts WHERE leads_fts MATCH {phrase}))"
                );
            }
            plan.conditions.push(test);
        }
        plan.counts_in_index = terms.matching.is_some()
            && terms.short.is_empty()
            && !restricts_columns
            && drivers.conditions.is_empty();
        plan.conditions.append(&mut drivers.conditions);
        plan
    }

    pub(super) fn conditions(&self) -> String {
        self.conditions.join(" AND ")
    }

    fn value(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    fn list(&mut self, values: impl IntoIterator<Item = i64>) -> String {
        let places: Vec<String> = values.into_iter().map(|value| self.value(value)).collect();
        places.join(", ")
    }

    fn restrict_columns(&mut self, query: &LeadQuery) {
        self.restrict_stages(&query.stages);
        let closed = "l.status_kommo_id IN (142, 143)";
        match query.state {
            LeadState::Any => {}
            LeadState::Open => self.conditions.push(format!("NOT {closed}")),
            LeadState::Closed => self.conditions.push(closed.to_owned()),
            LeadState::Won => self.conditions.push("l.status_kommo_id = 142".to_owned()),
            LeadState::Lost => self.conditions.push("l.status_kommo_id = 143".to_owned()),
        }
        if !query.responsibles.is_empty() {
            let known = self.list(query.responsibles.iter().flatten().map(|user| user.0));
            let mut any = vec![format!("l.responsible_kommo_id IN ({known})")];
            if query.responsibles.contains(&None) {
                any.push("l.responsible_kommo_id IS NULL".to_owned());
            }
            self.conditions.push(format!("({})", any.join(" OR ")));
        }
        if !query.loss_reasons.is_empty() {
            let list = self.list(query.loss_reasons.iter().map(|reason| reason.0));
            self.conditions.push(format!("l.loss_reason_kommo_id IN ({list})"));
        }
        if !query.sources.is_empty() {
            let list = self.list(query.sources.iter().map(|source| source.0));
            self.conditions.push(format!("l.source_kommo_id IN ({list})"));
        }
        if let Some(company) = query.company {
            let at = self.value(company.0);
            self.conditions.push(format!("l.company_kommo_id = {at}"));
        }
        self.restrict_range("l.price_cents", query.price_cents.from, query.price_cents.to);
        for (column, range) in [
            ("l.created_at_ms", query.created_at),
            ("l.updated_at_ms", query.updated_at),
            ("l.closed_at_ms", query.closed_at),
        ] {
            self.restrict_range(column, range.from.map(|at| at.0), range.to.map(|at| at.0));
        }
        match query.has_open_task {
            Some(true) => self.conditions.push("l.closest_task_at_ms IS NOT NULL".to_owned()),
            Some(false) => self.conditions.push("l.closest_task_at_ms IS NULL".to_owned()),
            None => {}
        }
    }

    fn restrict_stages(&mut self, stages: &[StageChoice]) {
        let any: Vec<String> = stages
            .iter()
            .map(|choice| {
                let pipeline = self.value(choice.pipeline.0);
                match choice.status {
                    None => format!("l.pipeline_kommo_id = {pipeline}"),
                    Some(status) => {
                        let status = self.value(status.0);
                        format!("l.pipeline_kommo_id = {pipeline} AND l.status_kommo_id = {status}")
                    }
                }
            })
            .collect();
        match any.as_slice() {
            [] => {}
            [one] => self.conditions.push(one.clone()),
            many => self.conditions.push(format!("(({}))", many.join(") OR ("))),
        }
    }

    fn restrict_range(&mut self, column: &str, from: Option<i64>, to: Option<i64>) {
        if let Some(from) = from {
            let at = self.value(from);
            self.conditions.push(format!("{column} >= {at}"));
        }
        if let Some(to) = to {
            let at = self.value(to);
            self.conditions.push(format!("{column} <= {at}"));
        }
    }
}

/// Restrictions answered by side tables. One may drive the statement, the others are looked up per lead.
struct Drivers {
    /// Selects `lead_row`, each once; with the same restriction as a look-up.
    sources: Vec<(String, String)>,
    conditions: Vec<String>,
    /// Something must be absent, which nothing can drive.
    any_absent: bool,
}

impl Drivers {
    fn of(query: &LeadQuery, plan: &mut Plan) -> Self {
        let mut drivers = Self { sources: Vec::new(), conditions: Vec::new(), any_absent: false };
        if !query.tags.is_empty() {
            let list = plan.list(query.tags.iter().map(|tag| tag.0));
            drivers.add("lead_tags", &format!("x.tag_kommo_id IN ({list})"), query.tags.len() > 1);
        }
        for filter in &query.fields {
            let field = plan.value(filter.field.0);
            let of_field = format!("x.field_kommo_id = {field}");
            match &filter.test {
                FieldTest::OneOf(options) => {
                    let list = plan.list(options.iter().copied());
                    drivers.add("lead_field_values", &format!("{of_field} AND x.enum_id IN ({list})"), true);
                }
                FieldTest::Number(range) => {
                    let mut test = format!("{of_field} AND x.enum_id IS NULL AND x.number IS NOT NULL");
                    for (bound, sign) in [(range.from, ">="), (range.to, "<=")] {
                        if let Some(bound) = bound {
                            let at = plan.value(bound);
                            test.push_str(&format!(" AND x.number {sign} {at}"));
                        }
                    }
                    drivers.add("lead_field_values", &test, true);
                }
                FieldTest::Contains(text) => {
                    let at = plan.value(fold(text));
                    let test = format!("{of_field} AND instr(x.text_folded, {at}) > 0");
                    drivers.add("lead_field_values", &test, true);
                }
                FieldTest::Filled => drivers.add("lead_field_values", &of_field, true),
                FieldTest::Empty => {
                    drivers.any_absent = true;
                    drivers.conditions.push(format!(
                        "NOT EXISTS (SELECT 1 FROM lead_field_values x WHERE x.lead_row = l.row_id AND {of_field})"
                    ));
                }
            }
        }
        drivers
    }

    fn add(&mut self, table: &str, test: &str, may_repeat: bool) {
        let distinct = if may_repeat { "DISTINCT " } else { "" };
        let index = if table == "lead_tags" { "lead_tags_by_tag" } else { "lead_field_values_by_field" };
        self.sources.push((
            format!("SELECT {distinct}x.lead_row FROM {table} x INDEXED BY {index} WHERE {test}"),
            format!("EXISTS (SELECT 1 FROM {table} x WHERE x.lead_row = l.row_id AND {test})"),
        ));
        self.conditions.push(self.sources[self.sources.len() - 1].1.clone());
    }

    /// The first source drives; its look-up is not needed any more.
    fn take_first(&mut self) -> Option<String> {
        if self.sources.is_empty() {
            return None;
        }
        let (driver, condition) = self.sources.remove(0);
        self.conditions.retain(|other| *other != condition);
        Some(driver)
    }
}

/// ORDER BY of a list.
pub(super) fn order(sort: LeadSort) -> String {
    let column = sort.column.sql();
    let direction = if sort.descending { "DESC" } else { "ASC" };
    match sort.column.index() {
        Some(_) => format!("{column} {direction}, l.row_id {direction}"),
        None => format!("{column} IS NULL, {column} {direction}, l.row_id {direction}"),
    }
}
