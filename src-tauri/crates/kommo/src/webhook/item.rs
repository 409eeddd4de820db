//! The fields of an item, as they came.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;

use crate::wire::lenient;

/// What a delivery says of one thing. Fields are named as Kommo writes them after the index: `id`,
/// `author[type]`, `custom_fields[0][values][0][value]`. All are texts; what is null or an empty list is absent
/// (recorded).
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Item {
    fields: BTreeMap<String, String>,
}

impl Item {
    pub(super) fn new(fields: BTreeMap<String, String>) -> Self {
        Self { fields }
    }

    /// A field. An empty text stays an empty text.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }

    /// A field that is a number. `0` is one: Kommo writes it for "nobody" and "none".
    #[must_use]
    pub fn int(&self, field: &str) -> Option<i64> {
        self.text(field).and_then(lenient::int_in)
    }

    /// A field that is an id: a number above zero.
    #[must_use]
    pub fn id(&self, field: &str) -> Option<i64> {
        self.int(field).filter(|id| *id > 0)
    }

    /// A field that is yes or no: `1` or `0` (recorded).
    #[must_use]
    pub fn flag(&self, field: &str) -> Option<bool> {
        self.text(field).and_then(lenient::boolean_in)
    }

    /// All ids in a list: `ids("accept_result[leads]", "")` reads `accept_result[leads][0]`, and
    /// `ids("linked_leads_id", "[ID]")` reads `linked_leads_id[9375716][ID]`. Each once, in ascending order.
    #[must_use]
    pub fn ids(&self, list: &str, field: &str) -> Vec<i64> {
        let opening = format!("{list}[");
        let from = (Bound::Included(opening.as_str()), Bound::Unbounded);
        let listed = self.fields.range::<str, _>(from).map_while(|(name, value)| {
            let (_, rest) = name.strip_prefix(&opening)?.split_once(']')?;
            Some((rest == field).then(|| lenient::int_in(value)).flatten().filter(|id| *id > 0))
        });
        let mut ids: Vec<i64> = listed.flatten().collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The leads of a contact or a company: `linked_leads_id[{id}][ID]` (Kommo docs: webhooks-general).
    #[must_use]
    pub fn linked_leads(&self) -> Vec<i64> {
        self.ids("linked_leads_id", "[ID]")
    }

    /// All fields and their values, by name: the same for the same item, in whatever order it came.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

// Names, phones and texts are not for logs, and names of fields can be anything too.
impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Item").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(fields: &[(&str, &str)]) -> Item {
        Item::new(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn scalars_are_read_whatever_they_look_like() {
        let item = item(&[
            ("id", " 5 "),
            ("price", "1500.00"),
            ("none", "0"),
            ("name", ""),
            ("read", "1"),
            ("x", "inf"),
        ]);
        assert_eq!((item.int("id"), item.int("price"), item.int("none")), (Some(5), Some(1500), Some(0)));
        assert_eq!(
            (item.id("none"), item.int("name"), item.int("x"), item.int("missing")),
            (None, None, None, None)
        );
        assert_eq!(
            (item.text("name"), item.flag("read"), item.flag("none"), item.flag("name")),
            (Some(""), Some(true), Some(false), None)
        );
    }

    #[test]
    fn lists_of_ids_end_where_other_fields_begin() {
        let item = item(&[
            ("l[10][ID]", "10"),
            ("l[9][ID]", "9"),
            ("l[9][name]", "77"),
            ("l[x][ID]", "9"),
            ("l[y][ID]", "no"),
            ("l[z]", "3"),
            ("l", "4"),
            ("lm[0][ID]", "5"),
            ("k[0][ID]", "6"),
        ]);
        assert_eq!(item.ids("l", "[ID]"), [9, 10]);
        assert_eq!(item.ids("l", ""), [3]);
        assert_eq!(item.ids("none", ""), [0_i64; 0]);
    }
}
