//! The parts that queries are made of.

use url::form_urlencoded;

/// A span of time in unix seconds, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimeRange {
    /// Not before.
    pub from: Option<i64>,
    /// Not after.
    pub to: Option<i64>,
}

impl TimeRange {
    /// From `from` on.
    #[must_use]
    pub fn since(from: i64) -> Self {
        Self { from: Some(from), to: None }
    }

    /// Up to `to`.
    #[must_use]
    pub fn until(to: i64) -> Self {
        Self { from: None, to: Some(to) }
    }

    /// From `from` to `to`.
    #[must_use]
    pub fn between(from: i64, to: i64) -> Self {
        Self { from: Some(from), to: Some(to) }
    }
}

/// What a list is ordered by. Not every list knows every one; see the fields of the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the field of its name")]
pub enum OrderBy {
    Id,
    CreatedAt,
    UpdatedAt,
    CompleteTill,
    Sort,
}

/// An order with its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// The field.
    pub by: OrderBy,
    /// Largest first.
    pub descending: bool,
}

impl Order {
    /// Smallest first.
    #[must_use]
    pub fn ascending(by: OrderBy) -> Self {
        Self { by, descending: false }
    }

    /// Largest first.
    #[must_use]
    pub fn descending(by: OrderBy) -> Self {
        Self { by, descending: true }
    }
}

/// Query parameters in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params(Vec<Param>);

#[derive(Debug, Clone)]
struct Param {
    name: String,
    value: String,
    private: bool,
}

impl Params {
    #[expect(clippy::needless_pass_by_value, reason = "numbers and texts alike read better by value")]
    pub(crate) fn push(&mut self, name: impl Into<String>, value: impl ToString) {
        self.0.push(Param { name: name.into(), value: value.to_string(), private: false });
    }

    /// A value that may name a person (a phone searched for) or hold a secret: not shown in logs.
    #[expect(clippy::needless_pass_by_value, reason = "as above")]
    pub(crate) fn push_private(&mut self, name: impl Into<String>, value: impl ToString) {
        self.0.push(Param { name: name.into(), value: value.to_string(), private: true });
    }

    pub(crate) fn each<T: ToString>(&mut self, name: &str, values: &[T]) {
        for value in values {
            self.push(format!("{name}[]"), value.to_string());
        }
    }

    pub(crate) fn each_private<T: ToString>(&mut self, name: &str, values: &[T]) {
        for value in values {
            self.push_private(format!("{name}[]"), value.to_string());
        }
    }

    pub(crate) fn search(&mut self, query: Option<&str>) {
        if let Some(query) = query {
            self.push_private("query", query);
        }
    }

    pub(crate) fn range(&mut self, name: &str, range: Option<TimeRange>) {
        let Some(range) = range else { return };
        if let Some(from) = range.from {
            self.push(format!("{name}[from]"), from);
        }
        if let Some(to) = range.to {
            self.push(format!("{name}[to]"), to);
        }
    }

    pub(crate) fn order(&mut self, order: Option<Order>) {
        let Some(order) = order else { return };
        let by = match order.by {
            OrderBy::Id => "id",
            OrderBy::CreatedAt => "created_at",
            OrderBy::UpdatedAt => "updated_at",
            OrderBy::CompleteTill => "complete_till",
            OrderBy::Sort => "sort",
        };
        self.push(format!("order[{by}]"), if order.descending { "desc" } else { "asc" });
    }

    pub(crate) fn with<'a>(&mut self, parts: impl IntoIterator<Item = &'a str>) {
        let parts: Vec<&str> = parts.into_iter().collect();
        if !parts.is_empty() {
            self.push("with", parts.join(","));
        }
    }

    /// Percent-encoded, empty when there are none.
    pub(crate) fn encoded(&self) -> String {
        let mut encoder = form_urlencoded::Serializer::new(String::new());
        for param in &self.0 {
            encoder.append_pair(&param.name, &param.value);
        }
        encoder.finish()
    }

    /// For people: not encoded, private values left out.
    pub(crate) fn shown(&self) -> String {
        let mut shown = String::new();
        for param in &self.0 {
            if !shown.is_empty() {
                shown.push('&');
            }
            shown.push_str(&param.name);
            shown.push('=');
            shown.push_str(if param.private { "…" } else { &param.value });
        }
        shown
    }
}

/// A query of a list.
pub(crate) trait ListQuery {
    fn params(&self) -> Params;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_spaces_are_percent_encoded() {
        let mut params = Params::default();
        params.each("filter[id]", &[1, 2]);
        params.range("filter[updated_at]", Some(TimeRange::between(10, 20)));
        params.order(Some(Order::ascending(OrderBy::Id)));
        params.with(["contacts", "loss_reason"]);
        params.search(Some("Ana & Zé"));
        assert_eq!(
            params.encoded(),
            "filter%5Bid%5D%5B%5D=1&filter%5Bid%5D%5B%5D=2&filter%5Bupdated_at%5D%5Bfrom%5D=10\
             &filter%5Bupdated_at%5D%5Bto%5D=20&order%5Bid%5D=asc&with=contacts%2Closs_reason\
             &query=Ana+%26+Z%C3%A9"
        );
    }

    #[test]
    fn what_was_searched_for_is_not_shown() {
        let mut params = Params::default();
        params.push("page", 2);
        params.search(Some("+5511999990000"));
        assert_eq!(params.shown(), "page=2&query=…");
    }
}
