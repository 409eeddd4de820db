//! Query strings as PHP reads them: `filter[id][]=1`, brackets percent-encoded or not.

use crate::answer::Refusal;

pub(crate) const MAX_LIMIT: usize = 250;
const DEFAULT_LIMIT: usize = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Asc,
    Desc,
}

/// A page asked for: `page` from 1, `limit` up to 250.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageWish {
    pub(crate) page: usize,
    pub(crate) limit: usize,
}

impl PageWish {
    pub(crate) fn offset(self) -> usize {
        (self.page - 1).saturating_mul(self.limit)
    }
}

/// Pipeline and stage; each may be left out.
pub(crate) type StatusPair = (Option<u32>, Option<u32>);

/// An inclusive range; an open side is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
}

impl Range {
    pub(crate) fn holds(self, value: i64) -> bool {
        self.from.is_none_or(|from| value >= from) && self.to.is_none_or(|to| value <= to)
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    pairs: Vec<(Vec<String>, String)>,
}

impl Query {
    pub(crate) fn parse(raw: &str) -> Self {
        let pairs = url::form_urlencoded::parse(raw.as_bytes())
            .map(|(key, value)| (split_key(&key), value.into_owned()))
            .collect();
        Self { pairs }
    }

    /// The last value at exactly this path.
    pub(crate) fn get(&self, path: &[&str]) -> Option<&str> {
        self.pairs.iter().rev().find(|(key, _)| key == path).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(&[name])
    }

    /// All values at `filter[name]`, `filter[name][]` or `filter[name][n]`; a scalar may hold a comma list.
    pub(crate) fn filter(&self, name: &str) -> Option<Vec<&str>> {
        let mut found = Vec::new();
        for (key, value) in &self.pairs {
            let fits = key.len() >= 2 && key[0] == "filter" && key[1] == name;
            let is_range = key.get(2).is_some_and(|part| part == "from" || part == "to");
            if fits && !is_range && key.len() <= 3 {
                found.extend(value.split(',').filter(|part| !part.is_empty()));
            }
        }
        (!found.is_empty()).then_some(found)
    }

    pub(crate) fn filter_ids(&self, name: &str) -> Option<Vec<u32>> {
        let ids = self.filter(name)?.into_iter().filter_map(|text| text.trim().parse().ok()).collect();
        Some(ids)
    }

    /// Texts are never split at commas.
    pub(crate) fn filter_texts(&self, name: &str) -> Option<Vec<&str>> {
        let found: Vec<&str> = self
            .pairs
            .iter()
            .filter(|(key, _)| key.len() >= 2 && key.len() <= 3 && key[0] == "filter" && key[1] == name)
            .map(|(_, value)| value.as_str())
            .collect();
        (!found.is_empty()).then_some(found)
    }

    /// `filter[name][from|to]`, or a scalar `from,to`, or one exact number.
    pub(crate) fn range(&self, name: &str) -> Option<Range> {
        let number = |part: &str| self.get(&["filter", name, part]).and_then(|text| text.parse().ok());
        let range = Range { from: number("from"), to: number("to") };
        if range.from.is_some() || range.to.is_some() {
            return Some(range);
        }
        let scalar = self.get(&["filter", name])?;
        match scalar.split_once(',') {
            Some((from, to)) => Some(Range { from: from.parse().ok(), to: to.parse().ok() }),
            None => scalar.parse().ok().map(|value| Range { from: Some(value), to: Some(value) }),
        }
    }

    /// The pairs of `filter[statuses][n][pipeline_id]` and `[status_id]`.
    pub(crate) fn status_pairs(&self) -> Option<Vec<StatusPair>> {
        let mut groups: Vec<(&str, StatusPair)> = Vec::new();
        for (key, value) in &self.pairs {
            let [filter, statuses, index, part] = key.as_slice() else { continue };
            if filter != "filter" || statuses != "statuses" {
                continue;
            }
            if !groups.iter().any(|(known, _)| known == index) {
                groups.push((index, (None, None)));
            }
            let slot = groups.iter_mut().find(|(known, _)| known == index).map(|(_, pair)| pair);
            match (part.as_str(), slot) {
                ("pipeline_id", Some(pair)) => pair.0 = value.parse().ok(),
                ("status_id", Some(pair)) => pair.1 = value.parse().ok(),
                _ => {}
            }
        }
        (!groups.is_empty()).then(|| groups.into_iter().map(|(_, pair)| pair).collect())
    }

    pub(crate) fn order(&self, name: &str) -> Option<Direction> {
        match self.get(&["order", name])? {
            text if text.eq_ignore_ascii_case("desc") => Some(Direction::Desc),
            _ => Some(Direction::Asc),
        }
    }

    /// Whether `with` names this part (`with=a,b` or `with[]=a`).
    pub(crate) fn with(&self, name: &str) -> bool {
        self.pairs
            .iter()
            .filter(|(key, _)| key.first().is_some_and(|first| first == "with"))
            .any(|(_, value)| value.split(',').any(|part| part.trim() == name))
    }

    pub(crate) fn page(&self) -> Result<PageWish, Refusal> {
        let number = |name: &str| self.text(name).and_then(|text| text.parse::<usize>().ok());
        let limit = number("limit").unwrap_or(DEFAULT_LIMIT);
        if limit > MAX_LIMIT {
            return Err(Refusal::problem(422, "Limit 250 per page"));
        }
        Ok(PageWish { page: number("page").unwrap_or(1).max(1), limit: limit.max(1) })
    }

    pub(crate) fn has_filters(&self) -> bool {
        self.pairs.iter().any(|(key, _)| key[0] == "filter")
    }

    /// Forgets every filter: what an account without that feature does.
    pub(crate) fn drop_filters(&mut self) {
        self.pairs.retain(|(key, _)| key[0] != "filter");
    }

    /// Replaces `page`, for the fault that repeats pages.
    pub(crate) fn set_page(&mut self, page: usize) {
        self.pairs.retain(|(key, _)| !(key.len() == 1 && key[0] == "page"));
        self.pairs.push((vec!["page".to_owned()], page.to_string()));
    }

    /// The query of a neighbouring page, as the links of a list show it.
    pub(crate) fn with_page(&self, page: usize, limit: usize) -> String {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        out.append_pair("page", &page.to_string()).append_pair("limit", &limit.to_string());
        for (key, value) in &self.pairs {
            if key.len() == 1 && (key[0] == "page" || key[0] == "limit") {
                continue;
            }
            out.append_pair(&join_key(key), value);
        }
        out.finish()
    }
}

/// `filter[statuses][0][id]` -> `filter`, `statuses`, `0`, `id`. A key that is no such path stays whole.
fn split_key(key: &str) -> Vec<String> {
    let Some((head, rest)) = key.split_once('[') else { return vec![key.to_owned()] };
    let mut parts = vec![head.to_owned()];
    let Some(rest) = rest.strip_suffix(']') else { return vec![key.to_owned()] };
    parts.extend(rest.split("][").map(str::to_owned));
    parts
}

fn join_key(parts: &[String]) -> String {
    let mut key = parts[0].clone();
    for part in &parts[1..] {
        key.push('[');
        key.push_str(part);
        key.push(']');
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn brackets_may_be_percent_encoded_or_not() {
        for raw in ["filter[id][]=1&filter[id][]=2", "filter%5Bid%5D%5B0%5D=1&filter%5Bid%5D%5B1%5D=2"] {
            assert_eq!(Query::parse(raw).filter_ids("id"), Some(vec![1, 2]), "{raw}");
        }
    }

    #[test]
    fn a_range_is_read_from_both_spellings() {
        let wanted = Some(Range { from: Some(5), to: Some(9) });
        assert_eq!(
            Query::parse("filter[updated_at][from]=5&filter[updated_at][to]=9").range("updated_at"),
            wanted
        );
        assert_eq!(Query::parse("filter[updated_at]=5,9").range("updated_at"), wanted);
        assert_eq!(Query::parse("filter[updated_at][from]=5").filter("updated_at"), None);
    }

    #[test]
    fn status_pairs_keep_their_partners() {
        let query = Query::parse(
            "filter[statuses][0][pipeline_id]=7&filter[statuses][0][status_id]=142&filter[statuses][1][status_id]=9",
        );
        assert_eq!(query.status_pairs(), Some(vec![(Some(7), Some(142)), (None, Some(9))]));
    }

    #[test]
    fn more_than_250_on_a_page_is_refused() {
        assert!(Query::parse("limit=251").page().is_err());
        assert_eq!(Query::parse("limit=250&page=3").page().map(PageWish::offset).ok(), Some(500));
    }

    proptest! {
        #[test]
        fn any_text_can_be_a_query(raw in ".{0,80}") {
            let query = Query::parse(&raw);
            let _ = (query.filter("id"), query.range("x"), query.status_pairs(), query.with("a"), query.page().is_ok());
            let _ = query.with_page(2, 50);
        }
    }
}
