//! HAL envelopes: pages, whole lists, links.

use serde_json::{Map, Value, json};

/// A JSON object that takes its values over. (`json!` copies every value it is given, and pages are large.)
macro_rules! object {
    ($($key:literal: $value:expr),* $(,)?) => {{
        let mut object = serde_json::Map::new();
        $(object.insert($key.to_owned(), serde_json::Value::from($value));)*
        serde_json::Value::Object(object)
    }};
}
pub(crate) use object;

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::query::PageWish;

/// `{"self":{"href":...}}` for something below `/api/v4/`.
pub(crate) fn self_link(base: &str, path: &str) -> Value {
    object! {"self": object! {"href": format!("{base}/api/v4/{path}")}}
}

/// A page of a list. Nothing on it is 204. `next` is there whenever the page is full, even when nothing follows.
/// `total` adds `_total_items` and `_page_count`, which only some resources have.
pub(crate) fn page(
    call: &Call<'_>,
    key: &str,
    items: Vec<Value>,
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
    let mut body = object! {"_page": shown, "_links": links, "_embedded": embedded(key, items)};
    if let Some(total) = total {
        body["_total_items"] = json!(total);
        body["_page_count"] = json!(total.div_ceil(wish.limit));
    }
    Ok(Answer::list(body))
}

/// A page cut from a short list that is all at hand.
pub(crate) fn page_of_all(call: &Call<'_>, key: &str, all: Vec<Value>, has_total: bool) -> Outcome {
    let wish = call.query.page()?;
    let total = all.len();
    let items = all.into_iter().skip(wish.offset()).take(wish.limit).collect();
    page(call, key, items, wish, has_total.then_some(total))
}

/// A list that is never cut into pages.
pub(crate) fn whole(call: &Call<'_>, key: &str, items: Vec<Value>) -> Value {
    object! {
        "_total_items": items.len(),
        "_links": self_of(call),
        "_embedded": embedded(key, items),
    }
}

/// The answer to a batch: what was written, in the order it was sent.
pub(crate) fn written(call: &Call<'_>, key: &str, items: Vec<Value>) -> Value {
    object! {"_links": self_of(call), "_embedded": embedded(key, items)}
}

fn self_of(call: &Call<'_>) -> Value {
    object! {"self": object! {"href": format!("{}{}", call.base, call.path)}}
}

fn embedded(key: &str, items: Vec<Value>) -> Map<String, Value> {
    Map::from_iter([(key.to_owned(), Value::Array(items))])
}
