//! HAL envelopes: pages, whole lists, links.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::query::PageWish;

/// `{"self":{"href":...}}` for something below `/api/v4/`.
pub(crate) fn self_link(base: &str, path: &str) -> Value {
    json!({"self": {"href": format!("{base}/api/v4/{path}")}})
}

/// The envelope of a page.
#[derive(Serialize)]
struct Page<'a, T> {
    #[serde(rename = "_page")]
    page: usize,
    #[serde(rename = "_links")]
    links: Map<String, Value>,
    #[serde(rename = "_embedded")]
    embedded: HashMap<&'a str, &'a [T]>,
    #[serde(rename = "_total_items", skip_serializing_if = "Option::is_none")]
    total_items: Option<usize>,
    #[serde(rename = "_page_count", skip_serializing_if = "Option::is_none")]
    page_count: Option<usize>,
}

/// A page of a list. Nothing on it is 204. `next` is there whenever the page is full, even when nothing follows.
/// `total` adds `_total_items` and `_page_count`, which only some resources have.
pub(crate) fn page<T: Serialize>(
    call: &Call<'_>,
    key: &str,
    items: &[T],
    wish: PageWish,
    total: Option<usize>,
) -> Outcome {
    if items.is_empty() {
        return Ok(Answer::none());
    }
    let shown = call.shown_page.unwrap_or(wish.page);
    let link = |page: usize| json!({"href": format!("{}{}?{}", call.base, call.path, call.query.with_page(page, wish.limit))});
    let mut links = Map::new();
    links.insert("self".to_owned(), link(shown));
    if items.len() >= wish.limit {
        links.insert("next".to_owned(), link(shown + 1));
    }
    if shown > 1 {
        links.insert("first".to_owned(), link(1));
        links.insert("prev".to_owned(), link(shown - 1));
    }
    let body = serde_json::to_vec(&Page {
        page: shown,
        links,
        embedded: HashMap::from([(key, items)]),
        total_items: total,
        page_count: total.map(|total| total.div_ceil(wish.limit)),
    });
    Ok(Answer::Written { body: body.unwrap_or_default(), list: true })
}

/// A page cut from a short list that is all at hand.
pub(crate) fn page_of_all(call: &Call<'_>, key: &str, all: Vec<Value>, has_total: bool) -> Outcome {
    let wish = call.query.page()?;
    let total = all.len();
    let items: Vec<Value> = all.into_iter().skip(wish.offset()).take(wish.limit).collect();
    page(call, key, &items, wish, has_total.then_some(total))
}

/// A list that is never cut into pages.
pub(crate) fn whole(call: &Call<'_>, key: &str, items: Vec<Value>) -> Value {
    let mut body = json!({"_total_items": items.len()});
    let rest = written(call, key, items);
    if let (Value::Object(body), Value::Object(rest)) = (&mut body, rest) {
        body.extend(rest);
    }
    body
}

/// The answer to a batch: what was written, in the order it was sent.
pub(crate) fn written(call: &Call<'_>, key: &str, items: Vec<Value>) -> Value {
    let mut embedded = Map::new();
    embedded.insert(key.to_owned(), Value::Array(items));
    json!({
        "_links": {"self": {"href": format!("{}{}", call.base, call.path)}},
        "_embedded": embedded,
    })
}
