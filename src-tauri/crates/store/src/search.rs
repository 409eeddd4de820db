//! What can be searched, and what a search means.
//!
//! The full-text index holds every run of three characters of folded text, so any part of a word is found. A phone
//! is held as digits in each form people know it by: with the country code, with and without the ninth digit.

use cadencia_domain::contact::Contact;
use cadencia_domain::field::FieldValue;
use cadencia_domain::lead::Lead;
use cadencia_domain::phone::Phone;
use cadencia_domain::text::fold;

/// Texts longer than this are searchable up to here, in characters.
const DOCUMENT_LIMIT: usize = 6_000;
/// Words of a search beyond these are passed over.
const WORD_LIMIT: usize = 12;
/// Characters of a word beyond these are passed over.
const WORD_LENGTH_LIMIT: usize = 64;
/// The index knows runs of three characters: shorter words are looked up by other means.
const SHORTEST_INDEXED: usize = 3;

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
        for form in phone_forms(typed, region) {
            self.add(&form);
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
                    if is_phone_like(text) && count_digits(text) >= 8 {
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

/// Every form of a phone as digits, without those that another one contains.
pub(crate) fn phone_forms(typed: &str, region: &str) -> Vec<String> {
    let mut forms = Vec::with_capacity(3);
    if let Ok(phone) = Phone::parse(typed, region) {
        let digits = digits(phone.e164());
        forms.extend(other_ninth_digit(&digits));
        forms.push(digits);
    }
    let typed = digits(typed);
    if typed.len() >= SHORTEST_INDEXED && !forms.iter().any(|form| form.contains(&typed)) {
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
pub(crate) struct Terms {
    /// Expression for the full-text index; none when every word is too short for it.
    pub(crate) matching: Option<String>,
    /// Words too short for the index by themselves.
    pub(crate) short: Vec<ShortWord>,
}

/// A word the index cannot look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShortWord {
    /// The beginning of a word of the name, or...
    pub(crate) word: String,
    /// ...part of these words in this order anywhere: an expression for the index.
    pub(crate) phrase: String,
}

impl Terms {
    /// Takes what a person typed apart. All words have to be found; words that make up a phone count as one.
    pub(crate) fn of(search: &str, region: &str) -> Self {
        let folded: String = fold(search).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let words: Vec<&str> = folded.split_whitespace().take(WORD_LIMIT).collect();
        let mut all = Vec::new();
        let mut short = Vec::new();
        let mut rest = words.as_slice();
        while let Some(first) = rest.first() {
            let run = rest.iter().take_while(|word| is_phone_like(word)).count();
            let phone = rest[..run].join(" ");
            let enough = if run == words.len() { SHORTEST_INDEXED } else { 8 };
            if run > 0 && count_digits(&phone) >= enough {
                all.push(any_of(phone_alternatives(&rest[..run], &phone, region)));
                rest = &rest[run..];
                continue;
            }
            let word: String = first.chars().take(WORD_LENGTH_LIMIT).collect();
            if word.chars().count() >= SHORTEST_INDEXED {
                let plain = if is_phone_like(&word) { digits(&word) } else { String::new() };
                all.push(any_of(vec![word, plain]));
            } else {
                let at = words.len() - rest.len();
                let phrase = match (at.checked_sub(1), words.get(at + 1)) {
                    (Some(before), _) => format!("{} {word}", words[before]),
                    (None, Some(after)) => format!("{word} {after}"),
                    (None, None) => word.clone(),
                };
                short.push(ShortWord { word, phrase: quoted(&phrase) });
            }
            rest = &rest[1..];
        }
        let matching = (!all.is_empty()).then(|| all.join(" AND "));
        Self { matching, short }
    }

    /// Further narrows the full-text part to texts that hold `text`; false when it is too short for that.
    pub(crate) fn narrow(&mut self, text: &str) -> bool {
        let folded: String = fold(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if folded.chars().count() < SHORTEST_INDEXED {
            return false;
        }
        let more = quoted(&folded);
        self.matching = Some(match self.matching.take() {
            Some(matching) => format!("{matching} AND {more}"),
            None => more,
        });
        true
    }
}

/// The ways the text of a phone may have been indexed: as typed in a free text, as its digits, as the number it is.
fn phone_alternatives(words: &[&str], phone: &str, region: &str) -> Vec<String> {
    let typed = digits(phone);
    let mut alternatives = vec![typed.trim_start_matches('0').to_owned(), typed];
    if let Ok(number) = Phone::parse(phone, region) {
        alternatives.push(digits(number.e164()));
    }
    if let [word] = words {
        alternatives.push((*word).to_owned());
    }
    alternatives
}

fn any_of(mut alternatives: Vec<String>) -> String {
    alternatives.retain(|text| text.chars().count() >= SHORTEST_INDEXED);
    // A text that holds another alternative adds nothing to it.
    let kept: Vec<&String> = alternatives
        .iter()
        .enumerate()
        .filter(|(at, text)| {
            !alternatives.iter().enumerate().any(|(other_at, other)| {
                text.contains(other.as_str()) && (text.len() > other.len() || other_at < *at)
            })
        })
        .map(|(_, text)| text)
        .collect();
    match kept.as_slice() {
        [one] => quoted(one),
        many => format!("({})", many.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(" OR ")),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn terms(matching: Option<&str>, short: &[(&str, &str)]) -> Terms {
        let short =
            short.iter().map(|(word, phrase)| ShortWord { word: (*word).into(), phrase: (*phrase).into() });
        Terms { matching: matching.map(str::to_owned), short: short.collect() }
    }

    #[test]
    fn a_search_is_taken_apart_by_words_and_phones() {
        for (typed, expected) in [
            ("", terms(None, &[])),
            ("  ", terms(None, &[])),
            ("Conceição", terms(Some("\"conceicao\""), &[])),
            ("maria souza", terms(Some("\"maria\" AND \"souza\""), &[])),
            ("jo", terms(None, &[("jo", "\"jo\"")])),
            ("jo da silva", terms(Some("\"silva\""), &[("jo", "\"jo da\""), ("da", "\"jo da\"")])),
            ("98765-4321", terms(Some("(\"987654321\" OR \"98765-4321\")"), &[])),
            ("(11) 98765-4321", terms(Some("\"11987654321\""), &[])),
            ("+55 11 98765 4321", terms(Some("\"5511987654321\""), &[])),
            ("011 98765-4321", terms(Some("\"11987654321\""), &[])),
            ("maria 11 98765-4321", terms(Some("\"maria\" AND \"11987654321\""), &[])),
            ("11", terms(None, &[("11", "\"11\"")])),
            ("casa 12", terms(Some("\"casa\""), &[("12", "\"casa 12\"")])),
            ("diz \"oi\"", terms(Some("\"diz\" AND \"\"\"oi\"\"\""), &[])),
        ] {
            assert_eq!(Terms::of(typed, "BR"), expected, "{typed}");
        }
    }

    #[test]
    fn a_phone_is_held_with_and_without_the_ninth_digit() {
        let mut forms = phone_forms("(11) 98765-4321", "BR");
        forms.sort();
        assert_eq!(forms, ["551187654321", "5511987654321"]);
        let mut forms = phone_forms("11 8765-4321", "BR");
        forms.sort();
        assert_eq!(forms, ["551187654321", "5511987654321"]);
        assert_eq!(phone_forms("(11) 3333-0000", "BR"), ["551133330000"]);
        assert_eq!(phone_forms("ramal 12", "BR"), Vec::<String>::new());
        assert_eq!(phone_forms("0000", "BR"), ["0000"]);
    }

    proptest! {
        #[test]
        fn nothing_a_person_types_breaks_the_expression(typed in ".{0,60}") {
            let conn = rusqlite::Connection::open_in_memory().unwrap();
            conn.execute_batch("CREATE VIRTUAL TABLE t USING fts5 (x, tokenize = 'trigram')").unwrap();
            let terms = Terms::of(&typed, "BR");
            if let Some(matching) = terms.matching {
                let found: i64 = conn.query_row("SELECT count(*) FROM t WHERE t MATCH ?1", [matching], |r| r.get(0)).unwrap();
                prop_assert_eq!(found, 0);
            }
        }
    }
}
