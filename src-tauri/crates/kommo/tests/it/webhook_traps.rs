//! Bodies that nobody recorded: odd, broken and hostile ones.

use std::collections::{BTreeMap, HashSet};

use kommo::EntityType;
use kommo::webhook::{
    Delivery, HookAction, HookEntity, MAX_BODY_BYTES, MAX_DEPTH, MAX_KEY_BYTES, MAX_PAIRS, ParseError, parse,
};
use proptest::prelude::*;

use crate::server::fixture;
use crate::webhook::every_fixture;

fn read(body: &str) -> Delivery {
    parse(body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"))
}

fn kinds(body: &str) -> Vec<(&'static str, Option<i64>)> {
    read(body).events.iter().map(|event| (event.kind(), event.id)).collect()
}

#[test]
fn what_is_no_delivery_says_what_it_is() {
    let long = "x".repeat(MAX_KEY_BYTES);
    let table: Vec<(String, ParseError)> = vec![
        (String::new(), ParseError::Empty),
        (" \r\n\t".to_owned(), ParseError::Empty),
        (r#"{"leads":{"mail_in":[{"id":"1"}]}}"#.to_owned(), ParseError::NotAForm),
        (r#"[{"id":1}]"#.to_owned(), ParseError::NotAForm),
        (" {\"a[b][c][d]\":1}".to_owned(), ParseError::NotAForm),
        ("<html>a[b][c][d]=1</html>".to_owned(), ParseError::NotAForm),
        ("hello".to_owned(), ParseError::NotAForm),
        ("code=1&state=2".to_owned(), ParseError::NotAForm),
        ("&&==&&".to_owned(), ParseError::NotAForm),
        ("leads[add=1&[0][id]=2&leads]add[=3".to_owned(), ParseError::NotAForm),
        ("filter[id]=1&add[0]=1".to_owned(), ParseError::NotADelivery),
        ("x".repeat(MAX_BODY_BYTES + 1), ParseError::TooLarge { bytes: MAX_BODY_BYTES + 1 }),
        ("a&".repeat(MAX_PAIRS + 1), ParseError::TooManyPairs),
        (format!("leads[add][0]{}=1", "[a]".repeat(MAX_DEPTH)), ParseError::TooDeep),
        (format!("leads[add][0][{long}]=1"), ParseError::KeyTooLong),
        ("[".repeat(MAX_BODY_BYTES), ParseError::NotAForm),
        (format!("a{}", "[".repeat(MAX_BODY_BYTES - 1)), ParseError::KeyTooLong),
        (format!("a{}", "[]".repeat(MAX_BODY_BYTES / 2 - 1)), ParseError::KeyTooLong),
        (format!("a{}", "%5B".repeat(MAX_BODY_BYTES / 3 - 1)), ParseError::KeyTooLong),
    ];
    for (body, error) in table {
        assert_eq!(parse(body.as_bytes()), Err(error), "{}", body.chars().take(40).collect::<String>());
    }
}

#[test]
fn what_cannot_be_read_costs_nothing_beside_it() {
    let good = "account[id]=7&message[add][0][id]=m1&message[add][0][text]=Oi";
    let deep = format!("leads[add][0]{}=1", "[a]".repeat(MAX_DEPTH));
    let long = format!("leads[add][0][{}]=1", "k".repeat(MAX_KEY_BYTES));
    let many = "x=&".repeat(MAX_PAIRS);
    for body in [format!("{good}&{deep}"), format!("{long}&{good}"), format!("{good}&{many}&a[b][0][c]=1")] {
        let delivery = read(&body);
        assert!(delivery.is_partial);
        assert_eq!((delivery.account_id, delivery.events.len()), (Some(7), 1));
        assert_eq!(delivery.events[0].message().unwrap().id, Some("m1"));
    }
    assert!(!read(good).is_partial);
}

#[test]
fn as_many_and_as_much_as_may_be_is_read() {
    let pairs: Vec<String> =
        (0..MAX_PAIRS).map(|index| format!("leads[delete][{index}][id]={}", index + 1)).collect();
    let delivery = read(&pairs.join("&"));
    assert_eq!(delivery.events.len(), MAX_PAIRS);
    assert_eq!(delivery.events[MAX_PAIRS - 1].id, i64::try_from(MAX_PAIRS).ok());

    let head = "message[add][0][text]=";
    let delivery = read(&format!("{head}{}", "x".repeat(MAX_BODY_BYTES - head.len())));
    assert_eq!(delivery.events[0].message().unwrap().text.len(), MAX_BODY_BYTES - head.len());

    let separators = "&".repeat(MAX_BODY_BYTES - 100);
    assert_eq!(kinds(&format!("{separators}leads[add][0][id]=1")), [("lead_added", Some(1))]);
}

#[test]
fn indices_may_be_any_text() {
    for index in ["0", "7", "99999999999999999999999999999", "-1", "a b", "%C3%A1", "%00", "", "__proto__"] {
        let body = format!("leads[add][{index}][id]=5&leads[add][{index}][name]=x");
        assert_eq!(kinds(&body), [("lead_added", Some(5))], "{index}");
    }
    assert_eq!(kinds("leads[delete][id]=5&leads[delete][status_id]=1"), [("lead_deleted", Some(5))]);
    let appended = "leads[add][][id]=1&leads[add][][name]=x&leads[add][][id]=2";
    assert_eq!(kinds(appended), [("lead_added", Some(1)), ("lead_added", Some(2))]);
}

#[test]
fn several_things_in_one_body_come_in_its_order() {
    let body = "message[add][0][id]=m&leads[add][1][id]=2&contacts[update][0][id]=3&leads[add][0][id]=1\
        &contacts[update][0][type]=company&leads[note][0][note][id]=4&leads[add][1][name]=x&talk[add][0][talk_id]=5";
    let expected = [
        ("message_received", None),
        ("lead_added", Some(2)),
        ("company_updated", Some(3)),
        ("lead_added", Some(1)),
        ("note_added", Some(4)),
        ("talk_added", Some(5)),
    ];
    assert_eq!(kinds(body), expected);
}

#[test]
fn what_has_no_name_here_is_kept() {
    let delivery = read("customers[period][0][id]=7&leads[+5511999990000][0][id]=8&update[0][id]=9");
    let [customer, lead, alone] = delivery.events.as_slice() else { panic!("{delivery:?}") };
    assert_eq!(customer.entity, HookEntity::Other("customers".to_owned()));
    assert_eq!(customer.action, HookAction::Other("period".to_owned()));
    assert_eq!((customer.kind(), customer.id), ("other", Some(7)));
    assert_eq!((&lead.entity, lead.kind(), lead.id), (&HookEntity::Lead, "other", Some(8)));
    assert!(!format!("{delivery:?}").contains("5511"), "{delivery:?}");
    assert_eq!((alone.kind(), alone.id), ("other", Some(9)));
}

#[test]
fn items_may_say_little() {
    let delivery = read("leads[add][0][name]=x&leads[add][1]=9&leads[add][2][id]=abc&leads[add][3][id]=0");
    assert_eq!(delivery.account_id, None);
    assert!(delivery.events.iter().all(|event| event.kind() == "lead_added" && event.id.is_none()));
    assert_eq!(delivery.events.len(), 4);
    assert_eq!(delivery.events[1].item.text(""), Some("9"));
    // Only who it is for.
    assert_eq!(read("account[id]=5").events, []);
    assert_eq!(read("account[id]=no&account[subdomain]=acme").account_id, None);
}

#[test]
fn the_account_may_come_at_the_end_and_without_its_number() {
    let delivery = read("leads[add][0][id]=5&account[subdomain]=acme");
    assert_eq!((delivery.account_id, delivery.subdomain.as_deref()), (None, Some("acme")));
    assert_eq!(delivery.events.len(), 1);
}

#[test]
fn cards_are_named_in_words_and_numbers() {
    let about = |body: &str| read(body).events[0].about.map(|about| (about.kind, about.id));
    assert_eq!(
        about("task[add][0][element_type]=1&task[add][0][element_id]=5"),
        Some((EntityType::Contacts, 5))
    );
    assert_eq!(about("task[add][0][element_type]=12&task[add][0][element_id]=5"), None);
    assert_eq!(about("task[add][0][element_type]=2&task[add][0][element_id]=0"), None);
    assert_eq!(
        about("talk[add][0][entity_type]=company&talk[add][0][entity_id]=5"),
        Some((EntityType::Companies, 5))
    );
    assert_eq!(
        about("message[add][0][contact_id]=5"),
        Some((EntityType::Contacts, 5)),
        "a chat without a lead"
    );
    assert_eq!(about("leads[note][0][note][element_id]=5"), Some((EntityType::Leads, 5)));
    assert_eq!(
        about("contacts[note][0][note][element_id]=5&contacts[note][0][type]=company"),
        Some((EntityType::Companies, 5))
    );
}

#[test]
fn a_message_that_says_it_went_out_went_out() {
    assert_eq!(kinds("message[add][0][type]=outgoing"), [("message_sent", None)]);
    assert_eq!(kinds("add[0][type]=outgoing&add[0][id]=m&add[0][chat_id]=c"), [("message_sent", None)]);
}

#[test]
fn clashes_and_repetitions_lose_nothing_but_the_earlier_value() {
    let delivery =
        read("leads[add][0][a]=1&leads[add][0][a][b]=2&leads[add][0][a][b][c]=3&leads[add][0][id]=5");
    let item = &delivery.events[0].item;
    assert_eq!((item.int("a"), item.int("a[b]"), item.int("a[b][c]")), (Some(1), Some(2), Some(3)));
    assert_eq!(kinds("leads[add][0]=1&leads[add][0][id]=5"), [("lead_added", Some(5))]);
    assert_eq!(kinds("leads=1&leads[add]=2&leads[add][0][id]=5"), [("lead_added", Some(5))]);
    assert_eq!(kinds("leads[add][0][id]=5&leads[add][0][id]=6"), [("lead_added", Some(6))]);
    assert_eq!(read("account[id]=5&account[id]=6").account_id, Some(6));
}

#[test]
fn what_is_no_utf8_is_replaced_and_told() {
    let delivery = read("leads[add][0][id]=5&leads[add][0][name]=%FF%C3&leads[add][0][%E1]=1");
    assert!(delivery.is_lossy);
    assert_eq!(delivery.events[0].item.text("name"), Some("\u{fffd}\u{fffd}"));
    assert_eq!(delivery.events[0].id, Some(5));
    assert!(!read("leads[add][0][name]=%EF%BF%BD").is_lossy, "a replacement character that was sent");
    assert!(parse(b"leads[add][0][name]=\xff").unwrap().is_lossy);
}

#[test]
fn broken_percent_signs_stay_what_they_are() {
    let delivery = read(
        "leads[add][0][name]=100%&leads[add][0][x]=%zz%4&leads%5=1&leads[add][0][%]=1&leads[add][0][id]=5",
    );
    let [event] = delivery.events.as_slice() else { panic!("{delivery:?}") };
    assert_eq!((event.item.text("name"), event.item.text("x")), (Some("100%"), Some("%zz%4")));
}

/// What `http_build_query` nests.
#[derive(Debug, Clone)]
enum Tree {
    Leaf(String),
    Map(BTreeMap<String, Tree>),
}

impl Tree {
    fn leaves(&self, path: &str, leaves: &mut BTreeMap<String, String>) {
        match self {
            Self::Leaf(text) => drop(leaves.insert(path.to_owned(), text.clone())),
            Self::Map(map) => {
                for (key, tree) in map {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}[{key}]") };
                    tree.leaves(&path, leaves);
                }
            }
        }
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Any text that can be a part of a key.
fn any_key() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z_]{1,8}", "[0-9]{1,4}", "[^\\[\\]]{1,6}"]
}

fn any_item() -> impl Strategy<Value = BTreeMap<String, Tree>> {
    let leaf = any::<String>().prop_map(Tree::Leaf);
    let tree = leaf.prop_recursive(6, 32, 4, |inner| {
        prop::collection::btree_map(any_key(), inner, 1..4).prop_map(Tree::Map)
    });
    prop::collection::btree_map(any_key(), tree, 1..5)
}

fn shuffled() -> impl Strategy<Value = (String, Vec<String>)> {
    let names: Vec<String> = every_fixture().into_iter().collect();
    (prop::sample::select(names.clone()), prop::sample::select(names)).prop_flat_map(|(one, other)| {
        let mut seen = HashSet::new();
        let both = format!(
            "{}&{}",
            fixture(&format!("webhooks/{one}.form")),
            fixture(&format!("webhooks/{other}.form"))
        );
        // The last of equal keys counts: there may be only one.
        let pairs: Vec<String> = both
            .split('&')
            .filter(|pair| seen.insert(pair.split('=').next().unwrap_or_default().to_owned()))
            .map(str::to_owned)
            .collect();
        (Just(pairs.join("&")), Just(pairs).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_ever_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn nothing_that_looks_like_a_form_ever_panics(
        parts in prop::collection::vec(
            prop::sample::select(vec!["leads", "contacts", "add", "note", "account", "unsorted", "message", "[", "]", "[]", "[0]",
                "[id]", "[add]", "[note]", "[type]", "&", "=", "%", "%5B", "%5D", "%FF", "+", "1", "company", "outgoing", "\u{e1}"]),
            0..64,
        ),
    ) {
        if let Ok(delivery) = parse(parts.concat().as_bytes()) {
            for event in &delivery.events {
                let _ = format!("{event:?}{}", event.kind());
                let _ = (event.message(), event.stage(), event.responsible(), event.note(), event.unsorted());
            }
        }
    }

    #[test]
    fn whatever_php_nests_is_read_back(item in any_item(), index in any_key()) {
        let mut leaves = BTreeMap::new();
        Tree::Map(item).leaves("", &mut leaves);
        let pairs: Vec<String> = leaves
            .iter()
            .map(|(path, value)| {
                let (head, rest) = path.split_once('[').unwrap_or((path, ""));
                let rest = if rest.is_empty() { String::new() } else { format!("[{rest}") };
                format!("{}={}", encoded(&format!("leads[add][{index}][{head}]{rest}")), encoded(value))
            })
            .collect();
        let delivery = parse(pairs.join("&").as_bytes()).unwrap();
        prop_assert!(!delivery.is_lossy);
        prop_assert_eq!(delivery.events.len(), 1);
        let read: BTreeMap<String, String> = delivery.events[0]
            .item
            .fields()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        prop_assert_eq!(read, leaves);
    }

    #[test]
    fn the_order_of_pairs_changes_no_event((body, pairs) in shuffled()) {
        let (straight, mixed) = (read(&body), read(&pairs.join("&")));
        prop_assert_eq!(straight.account_id, mixed.account_id);
        prop_assert_eq!(straight.events.len(), mixed.events.len());
        let straight: HashSet<_> = straight.events.into_iter().collect();
        let mixed: HashSet<_> = mixed.events.into_iter().collect();
        prop_assert!(straight == mixed);
    }
}
