//! What can be searched, and what a search means.
//!
//! The full-text index holds words of folded text, and a search finds beginnings of words. A phone is found by any
//! part of it: its digits are held from every digit on, in each form people know it by: with the country code, with
//! and without the ninth digit.

use cadencia_domain::contact::Contact;
use cadencia_domain::field::FieldValue;
use cadencia_domain::lead::Lead;
use cadencia_domain::phone::Phone;
use cadencia_domain::text::fold;
use std::collections::BTreeSet;

/// Texts longer than this are searchable up to here, in characters.
const DOCUMENT_LIMIT: usize = 6_000;
/// Words of a search beyond these are passed over.
const WORD_LIMIT: usize = 12;
/// Characters of a word beyond these are passed over.
const WORD_LENGTH_LIMIT: usize = 64;
/// The end of a phone has to have this many digits to be found by them.
const SHORTEST_PHONE_END: usize = 4;
/// Fewer digits than these are not taken for a phone beside other words.
const SHORTEST_PHONE: usize = 8;

/// The lead's own part of its searchable text.
pub(crate) fn lead_text(lead: &Lead, region: &str) -> String {
    let mut document = Document::default();
    document.add(&lead.name);
    document.add(&lead.kommo_id.to_string());
    for tag in &lead.tags {
        document.add(&tag.name);
    }
    document.add_fields(&lead.fields, region);
    document.0
}

/// The part a contact adds to its leads.
pub(crate) fn contact_text(contact: &Contact, region: &str) -> String {
    let mut document = Document::default();
    document.add(&contact.name);
    for part in [&contact.first_name, &contact.last_name].into_iter().flatten() {
        if !contact.name.contains(part.as_str()) {
            document.add(part);
        }
    }
    for phone in contact.phones() {
        document.add_phone(&phone, region);
    }
    for email in contact.emails() {
        document.add(&email);
    }
    document.0
}

#[derive(Default)]
struct Document(String);

impl Document {
    fn add(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() || self.0.len() >= DOCUMENT_LIMIT {
            return;
        }
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.extend(fold(text).chars().take(DOCUMENT_LIMIT));
    }

    fn add_phone(&mut self, typed: &str, region: &str) {
        let ends: BTreeSet<String> = phone_forms(typed, region)
            .iter()
            .flat_map(|form| (0..form.len()).map(|from| form[from..].to_owned()))
            .filter(|end| end.len() >= SHORTEST_PHONE_END)
            .collect();
        for end in ends {
            self.add(&end);
        }
    }

    fn add_fields(&mut self, fields: &[FieldValue], region: &str) {
        // Dates are stored as seconds and flags as truth values: nobody searches for those.
        let readable =
            fields.iter().filter(|field| !field.kind.contains("date") && !field.kind.contains("birthday"));
        for item in readable.flat_map(|field| &field.items) {
            match &item.value {
                serde_json::Value::String(text) => {
                    self.add(text);
                    if is_phone_like(text) && count_digits(text) >= SHORTEST_PHONE {
                        self.add_phone(text, region);
                    }
                }
                serde_json::Value::Number(number) => self.add(&number.to_string()),
                serde_json::Value::Object(object) => {
                    object.values().filter_map(serde_json::Value::as_str).for_each(|text| self.add(text));
                }
                _ => {}
            }
        }
    }
}

/// Every form of a phone as digits.
fn phone_forms(typed: &str, region: &str) -> Vec<String> {
    let mut forms = Vec::with_capacity(3);
    if let Ok(phone) = Phone::parse(typed, region) {
        let digits = digits(phone.e164());
        forms.extend(other_ninth_digit(&digits));
        forms.push(digits);
    }
    let typed = digits(typed);
    if !forms.iter().any(|form| form.ends_with(&typed)) {
        forms.push(typed);
    }
    forms
}

/// The same Brazilian mobile number with the ninth digit when it came without, and the other way round.
fn other_ninth_digit(international: &str) -> Option<String> {
    let national = international.strip_prefix("55")?;
    let (area, local) = national.split_at_checked(2)?;
    match (local.len(), local.as_bytes().first()?) {
        (9, b'9') => Some(format!("55{area}{}", &local[1..])),
        (8, b'6'..=b'9') => Some(format!("55{area}9{local}")),
        _ => None,
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn count_digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

fn is_phone_like(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_digit() || c.is_whitespace() || "()+-./".contains(c);
    text.chars().all(fits) && text.contains(|c: char| c.is_ascii_digit())
}

/// A search, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Terms {
    /// Nothing is asked for.
    #[default]
    Nothing,
    /// Only a letter: the beginning of a name.
    Beginning(String),
    /// An expression for the full-text index.
    Matching(String),
    /// Nothing that could be found, such as "?".
    Hopeless,
}

impl Terms {
    /// Takes what a person typed apart. All words have to be found; words that make up a phone count as one, and a
    /// single letter beside other words is passed over: it is the beginning of a word still being typed.
    pub(crate) fn of(search: &str, region: &str) -> Self {
        let folded: String = fold(search).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let words: Vec<&str> = folded.split_whitespace().take(WORD_LIMIT).collect();
        let mut all = Vec::new();
        let mut letter = None;
        let mut rest = words.as_slice();
        while let Some(first) = rest.first() {
            let run = rest.iter().take_while(|word| is_phone_like(word)).count();
            let phone = rest[..run].join(" ");
            let enough = if run == words.len() { SHORTEST_PHONE_END } else { SHORTEST_PHONE };
            if run > 0 && count_digits(&phone) >= enough {
                all.push(any_of(&phone_alternatives(&rest[..run], &phone, region)));
                rest = &rest[run..];
                continue;
            }
            let word: String = first.chars().take(WORD_LENGTH_LIMIT).collect();
            let mut tokens = word.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty());
            match (tokens.next().map(|token| token.chars().count()), tokens.next()) {
                (None, _) => {}
                // Whole, lest it be found as a part of some phone.
                (Some(_), None)
                    if words.len() > 1
                        && is_phone_like(&word)
                        && count_digits(&word) < SHORTEST_PHONE_END =>
                {
                    all.push(quoted(&word));
                }
                (Some(1), None) if is_phone_like(&word) => all.push(quoted(&word)),
                (Some(1), None) => letter = Some(word),
                _ => all.push(beginning(&word)),
            }
            rest = &rest[1..];
        }
        match (all.is_empty(), letter) {
            (false, _) => Self::Matching(all.join(" AND ")),
            (true, Some(letter)) => Self::Beginning(letter),
            (true, None) if words.is_empty() => Self::Nothing,
            (true, None) => Self::Hopeless,
        }
    }
}

/// The ways a phone may have been indexed: as the number it is, as its digits, as words of a text.
fn phone_alternatives(words: &[&str], phone: &str, region: &str) -> Vec<String> {
    let typed = digits(phone);
    let mut alternatives = vec![typed.trim_start_matches('0').to_owned(), typed];
    if let Ok(number) = Phone::parse(phone, region) {
        alternatives.push(digits(number.e164()));
    }
    alternatives.push(words.join(" "));
    alternatives.retain(|text| text.contains(|c: char| c.is_ascii_digit()));
    alternatives
}

fn any_of(alternatives: &[String]) -> String {
    let mut kept: Vec<&String> = Vec::new();
    for text in alternatives {
        // What begins like another alternative finds nothing that one does not.
        if !kept.iter().any(|other| text.starts_with(other.as_str())) {
            kept.push(text);
        }
    }
    match kept.as_slice() {
        [one] => beginning(one),
        many => format!("({})", many.iter().map(|text| beginning(text)).collect::<Vec<_>>().join(" OR ")),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn beginning(text: &str) -> String {
    format!("{} *", quoted(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_search_is_taken_apart_by_words_and_phones() {
        for (typed, expected) in [
            ("", Terms::Nothing),
            ("  \u{7}", Terms::Nothing),
            ("?", Terms::Hopeless),
            ("m", Terms::Beginning("m".to_owned())),
            ("(m", Terms::Beginning("(m".to_owned())),
        ] {
            assert_eq!(Terms::of(typed, "BR"), expected, "{typed}");
        }
        for (typed, expected) in [
            ("Conceição", "\"conceicao\" *"),
            ("maria souza", "\"maria\" * AND \"souza\" *"),
            ("maria d", "\"maria\" *"),
            ("jo da silva", "\"jo\" * AND \"da\" * AND \"silva\" *"),
            ("maria@exemplo.com", "\"maria@exemplo.com\" *"),
            ("casa 5", "\"casa\" * AND \"5\""),
            ("5", "\"5\""),
            ("98765-4321", "(\"987654321\" * OR \"55987654321\" * OR \"98765-4321\" *)"),
            ("987", "\"987\" *"),
            ("casa 12", "\"casa\" * AND \"12\""),
            ("(11) 98765-4321", "(\"11987654321\" * OR \"5511987654321\" * OR \"(11) 98765-4321\" *)"),
            (
                "maria 11 98765-4321",
                "\"maria\" * AND (\"11987654321\" * OR \"5511987654321\" * OR \"11 98765-4321\" *)",
            ),
            (
                "011 98765-4321",
                "(\"11987654321\" * OR \"011987654321\" * OR \"5511987654321\" * OR \"011 98765-4321\" *)",
            ),
            ("diz \"oi\"", "\"diz\" * AND \"\"\"oi\"\"\" *"),
        ] {
            assert_eq!(Terms::of(typed, "BR"), Terms::Matching(expected.to_owned()), "{typed}");
        }
    }

    #[test]
    fn a_phone_is_held_with_and_without_the_ninth_digit() {
        let both = ["551187654321", "5511987654321"];
        for typed in ["(11) 98765-4321", "11 8765-4321"] {
            let mut forms = phone_forms(typed, "BR");
            forms.sort();
            assert_eq!(forms, both, "{typed}");
        }
        assert_eq!(phone_forms("(11) 3333-0000", "BR"), ["551133330000"]);
    }

    #[test]
    fn a_phone_is_searchable_from_every_digit_on() {
        let mut document = Document::default();
        document.add_phone("11 3333-0000", "BR");
        let ends: Vec<&str> = document.0.lines().collect();
        assert_eq!(ends.len(), 9);
        for end in ["551133330000", "1133330000", "33330000", "0000"] {
            assert!(ends.contains(&end), "{end}");
        }
    }

    proptest! {
        #[test]
        fn nothing_a_person_types_breaks_the_expression(typed in ".{0,60}") {
            let conn = rusqlite::Connection::open_in_memory().unwrap();
            conn.execute_batch("CREATE VIRTUAL TABLE t USING fts5 (x, tokenize = 'unicode61 remove_diacritics 0')").unwrap();
            if let Terms::Matching(matching) = Terms::of(&typed, "BR") {
                let found: i64 = conn.query_row("SELECT count(*) FROM t WHERE t MATCH ?1", [matching], |r| r.get(0)).unwrap();
                prop_assert_eq!(found, 0);
            }
        }
    }
}
