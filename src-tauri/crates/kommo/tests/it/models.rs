//! Every form in which Kommo is known to write its objects.

use kommo::account::Account;
use kommo::contacts::Contact;
use kommo::custom_fields::CustomField;
use kommo::events::Event;
use kommo::field_values::FieldType;
use kommo::leads::Lead;
use kommo::links::Link;
use kommo::notes::Note;
use kommo::pipelines::Pipeline;
use kommo::tags::Tag;
use kommo::talks::{Message, Talk};
use kommo::tasks::Task;
use kommo::unsorted::Unsorted;
use kommo::users::User;
use kommo::webhooks::Webhook;
use kommo::{EntityType, Written};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn parse<T: DeserializeOwned>(json: Value) -> T {
    let text = json.to_string();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_documented_lead_is_read_whole() {
    let lead: Lead = parse(json!({
        "id": 9_375_716, "name": "Lead", "price": 1500, "responsible_user_id": 11_087_123, "group_id": 0,
        "status_id": 67_548_607, "pipeline_id": 8_572_511, "loss_reason_id": null, "created_by": 0,
        "updated_by": 0, "created_at": 1_790_000_000, "updated_at": 1_790_000_100, "closed_at": null,
        "closest_task_at": 1_790_000_200, "is_deleted": false,
        "custom_fields_values": [{"field_id": 1_246_489, "field_name": "Product", "field_code": null,
            "field_type": "select", "values": [{"value": "Plan B", "enum_id": 908_107, "enum_code": null}]}],
        "score": null, "account_id": 32_720_107, "labor_cost": null, "is_price_computed": false,
        "_links": {"self": {"href": "https://acme.kommo.com/api/v4/leads/9375716?page=1&limit=50"}},
        "_embedded": {"tags": [{"id": 80_147, "name": "vip", "color": null}],
            "companies": [{"id": 17_612_521, "_links": {}}],
            "contacts": [{"id": 5, "is_main": false}, {"id": 23_932_090, "is_main": true, "_links": {}}]}
    }));
    assert_eq!(lead.price, Some(1500));
    assert_eq!(lead.closest_task_at, Some(1_790_000_200));
    assert_eq!(lead.custom_fields_values[0].field_type, FieldType::Select);
    assert_eq!(lead.embedded.tags[0].name, "vip");
    assert_eq!(lead.embedded.companies[0].id, 17_612_521);
    assert_eq!(lead.main_contact_id(), Some(23_932_090));
}

#[test]
fn a_lead_survives_every_habit_of_php() {
    let quirks = [
        json!({"id": "5"}),
        json!({"id": 5, "_embedded": []}),
        json!({"id": 5, "_embedded": null}),
        json!({"id": 5, "_embedded": {}}),
        json!({"id": 5, "custom_fields_values": null}),
        json!({"id": 5, "custom_fields_values": []}),
        json!({"id": 5, "custom_fields_values": {}}),
        json!({"id": 5, "custom_fields_values": ""}),
        json!({"id": 5, "price": "", "name": null, "closed_at": false, "status_id": "0"}),
        json!({"id": 5.0, "price": null, "is_deleted": 0, "score": [], "labor_cost": {}}),
        json!({"id": 5, "_embedded": {"tags": null, "contacts": {}, "companies": false, "loss_reason": []}}),
        json!({"id": 5, "_embedded": {"tags": [null], "catalog_elements": null, "source": null}}),
        json!({"id": 5, "brand_new": {"deep": [1, {"x": null}]}, "_links": []}),
    ];
    for quirk in quirks {
        let lead: Lead = parse(quirk.clone());
        assert_eq!(lead.id, 5);
        assert_eq!(lead.name, "");
        assert_eq!(lead.price, None);
        assert!(lead.custom_fields_values.is_empty() && lead.embedded.tags.is_empty(), "{quirk}");
        assert_eq!(lead.main_contact_id(), None);
    }
}

#[test]
fn strings_stand_for_numbers_and_numbers_for_strings() {
    let lead: Lead = parse(json!({
        "id": "9375716", "name": 2026, "price": "1500", "price_with_minor_units": "1500.50",
        "status_id": "142", "updated_at": "1790000100", "is_deleted": "1", "loss_reason_id": "7"
    }));
    assert_eq!((lead.id, lead.status_id, lead.updated_at), (9_375_716, 142, 1_790_000_100));
    assert_eq!((lead.price, lead.loss_reason_id), (Some(1500), Some(7)));
    assert_eq!(lead.price_with_minor_units, Some(1500.5));
    assert_eq!(lead.name, "2026");
    assert!(lead.is_deleted);
    let lead: Lead = parse(json!({"id": 1, "price": 1500.99}));
    assert_eq!(lead.price, Some(1500));
}

#[test]
fn a_loss_reason_may_be_an_object_or_a_list_of_one() {
    for reason in [json!({"id": 7, "name": "Price"}), json!([{"id": 7, "name": "Price"}])] {
        let lead: Lead = parse(json!({"id": 1, "_embedded": {"loss_reason": reason}}));
        assert_eq!(lead.embedded.loss_reason.unwrap().name, "Price");
    }
}

#[test]
fn an_object_without_an_id_is_not_an_object() {
    for broken in [json!({}), json!({"id": null}), json!({"id": "abc"}), json!({"id": {}}), json!([])] {
        assert!(serde_json::from_value::<Lead>(broken.clone()).is_err(), "{broken}");
    }
}

#[test]
fn a_contact_tells_its_phones_and_does_not_show_them() {
    let contact: Contact = parse(json!({
        "id": 23_932_090, "name": "+5511999990000", "first_name": null, "is_unsorted": true,
        "custom_fields_values": [
            {"field_id": 771_906, "field_code": "PHONE", "field_type": "multitext", "values": [
                {"value": "+5511999990000", "enum_id": 1, "enum_code": "WORK"}, {"value": 551_133_330_000_i64}]},
            {"field_id": 771_908, "field_code": "EMAIL", "field_type": "multitext", "values": [
                {"value": "maria@example.org"}]}],
        "_embedded": {"leads": [{"id": "9375716"}], "customers": [], "companies": []}
    }));
    assert_eq!(contact.phones(), ["+5511999990000", "551133330000"]);
    assert_eq!(contact.emails(), ["maria@example.org"]);
    assert_eq!(contact.embedded.leads[0].id, 9_375_716);
    assert!(contact.is_unsorted);
    let shown = format!("{contact:?}");
    assert!(!shown.contains("9999") && !shown.contains("maria"), "{shown}");
}

#[test]
fn the_result_of_a_task_is_an_empty_array_or_an_object() {
    let task = |result: Value| -> Task { parse(json!({"id": 1, "result": result, "entity_type": "leads"})) };
    for empty in [json!([]), json!(null), json!("")] {
        assert_eq!(task(empty).result, None);
    }
    assert_eq!(task(json!({"text": "Done"})).result.unwrap().text, "Done");
    let alone: Task = parse(json!({"id": 1, "entity_id": null, "entity_type": null, "is_completed": "0"}));
    assert_eq!((alone.entity_id, alone.entity_type, alone.is_completed), (None, None, false));
}

#[test]
fn the_parameters_of_a_note_may_be_an_empty_array() {
    for params in [json!([]), json!(null), json!({})] {
        let note: Note = parse(json!({"id": 1, "note_type": "amomail_message", "params": params}));
        assert_eq!(note.text(), None);
    }
    let note: Note =
        parse(json!({"id": 1, "note_type": "common", "params": {"text": "Called"}, "is_pinned": null}));
    assert_eq!(note.text(), Some("Called"));
    assert!(!format!("{note:?}").contains("Called"));
}

#[test]
fn options_of_a_field_may_be_an_array_an_object_or_nothing() {
    let option = json!({"id": 908_107, "value": "Plan B", "sort": 1, "code": null});
    for enums in [json!([option]), json!({"0": option}), json!({"908107": option})] {
        let field: CustomField =
            parse(json!({"id": 1, "type": "select", "enums": enums, "settings": [], "group_id": null}));
        assert_eq!(field.option(908_107).unwrap().value, "Plan B");
    }
    let field: CustomField =
        parse(json!({"id": 1, "type": "hologram", "enums": null, "entity_type": "contacts",
        "required_statuses": [{"status_id": 142, "pipeline_id": "8572511"}], "settings": {"a": 1}}));
    assert!(field.enums.is_empty());
    assert_eq!(field.field_type, FieldType::Other("hologram".into()));
    assert_eq!(field.required_statuses[0].pipeline_id, 8_572_511);
    assert_eq!(field.entity_type, Some(EntityType::Contacts));
}

#[test]
fn kinds_of_entity_are_read_in_all_their_spellings() {
    let table = [
        ("leads", EntityType::Leads),
        ("lead", EntityType::Leads),
        ("2", EntityType::Leads),
        ("contact", EntityType::Contacts),
        ("companies", EntityType::Companies),
        ("customer", EntityType::Customers),
        ("catalog_1079", EntityType::CatalogElements),
        ("spaceship", EntityType::Unknown),
    ];
    for (word, expected) in table {
        assert_eq!(parse::<EntityType>(json!(word)), expected, "{word}");
    }
    assert_eq!(parse::<EntityType>(json!(1)), EntityType::Contacts);
    assert_eq!(serde_json::to_value(EntityType::Leads).unwrap(), json!("leads"));
}

#[test]
fn an_event_tells_stages_and_messages() {
    let event: Event = parse(json!({
        "id": "01jx3k0q5w8v9z", "type": "lead_status_changed", "entity_id": 9_375_716, "entity_type": "lead",
        "created_by": 0, "created_at": 1_790_000_200,
        "value_after": [{"lead_status": {"id": 67_548_619, "pipeline_id": "8572511"}}], "value_before": []
    }));
    assert_eq!(event.entity_type, Some(EntityType::Leads));
    assert_eq!(event.status_after().unwrap().pipeline_id, 8_572_511);
    assert_eq!(event.status_before(), None);
    let event: Event = parse(json!({"id": 17, "type": "incoming_chat_message", "value_before": null,
        "value_after": [{"message": {"id": "u1", "origin": "waba", "talk_id": "100"}}]}));
    assert_eq!(event.id, "17");
    assert_eq!(event.message().unwrap().talk_id, Some(100));
}

#[test]
fn a_pipeline_tells_its_incoming_stage() {
    let pipeline: Pipeline =
        parse(json!({"id": 8_572_511, "name": "Sales", "is_main": 1, "_embedded": {"statuses": [
        {"id": 67_548_603, "name": "Incoming leads", "type": 1, "is_editable": false},
        {"id": 142, "name": "Won", "type": 0, "color": "#CCFF66"}]}}));
    let incoming: Vec<bool> = pipeline.statuses().iter().map(kommo::pipelines::Status::is_incoming).collect();
    assert_eq!(incoming, [true, false]);
    assert!(pipeline.is_main);
}

#[test]
fn an_account_tells_only_what_it_was_asked_for() {
    let bare: Account = parse(json!({"id": 32_720_107, "subdomain": "acme", "_embedded": []}));
    assert!(bare.embedded.task_types.is_empty() && bare.embedded.datetime_settings.is_none());
    let full: Account =
        parse(json!({"id": 32_720_107, "subdomain": "acme", "is_unsorted_on": true, "version": 15,
        "_embedded": {"task_types": [{"id": 1, "name": "Follow-up", "color": null, "code": "FOLLOW_UP"}],
            "users_groups": [{"id": 0, "name": "Sales team"}],
            "datetime_settings": {"timezone": "America/Sao_Paulo", "timezone_offset": "-03:00"}}}));
    assert_eq!(full.embedded.datetime_settings.unwrap().timezone, "America/Sao_Paulo");
    assert_eq!(full.embedded.task_types[0].code.as_deref(), Some("FOLLOW_UP"));
}

#[test]
fn the_rights_of_a_user_may_be_missing_in_parts() {
    let user: User = parse(json!({"id": 1, "name": "Ana", "rights": {"is_admin": true, "is_active": 1,
        "leads": {"view": "A"}, "tasks": [], "status_rights": null, "group_id": null}, "_embedded": []}));
    assert!(user.rights.is_admin && user.rights.is_active);
    assert_eq!(user.rights.leads.view.as_deref(), Some("A"));
    let user: User = parse(json!({"id": 1, "rights": null}));
    assert!(!user.rights.is_admin);
}

#[test]
fn a_link_reads_main_contact_where_it_writes_is_main() {
    let link: Link =
        parse(json!({"to_entity_id": 5, "to_entity_type": "contacts", "metadata": {"main_contact": true}}));
    assert!(link.metadata.main_contact);
    let link: Link = parse(json!({"to_entity_id": 5, "to_entity_type": "contact", "metadata": null}));
    assert_eq!(link.to_entity_type, EntityType::Contacts);
    let link: Link = parse(json!({"to_entity_id": "5", "to_entity_type": "catalog_elements",
        "metadata": {"quantity": "1.5", "catalog_id": 1079}}));
    assert_eq!(link.metadata.quantity, Some(1.5));
}

#[test]
fn a_link_may_say_both_ways_whether_it_is_the_main_one() {
    for (metadata, is_main) in [
        (r#"{"main_contact": true, "is_main": true}"#, true),
        (r#"{"is_main": "1", "main_contact": false}"#, false),
        (r#"{"is_main": "1", "quantity": 2}"#, true),
        (r#"{"main_contact": null, "is_main": true}"#, true),
        ("[]", false),
    ] {
        let text = format!(r#"{{"to_entity_id": 5, "to_entity_type": "contacts", "metadata": {metadata}}}"#);
        let link: Link = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{metadata}: {error}"));
        assert_eq!(link.metadata.main_contact, is_main, "{metadata}");
        let written = serde_json::to_value(&link).unwrap();
        assert_eq!(written["metadata"]["main_contact"], json!(is_main));
    }
}

#[test]
fn a_talk_may_have_two_names_for_its_id() {
    for talk in [
        r#"{"talk_id": 100, "id": 7, "origin": "waba"}"#,
        r#"{"id": 7, "talk_id": "100", "origin": "waba"}"#,
        r#"{"id": "100", "origin": "waba"}"#,
        r#"{"talk_id": null, "id": 100, "origin": "waba"}"#,
    ] {
        let read: Talk = serde_json::from_str(talk).unwrap_or_else(|error| panic!("{talk}: {error}"));
        assert_eq!((read.talk_id, read.origin.as_deref()), (100, Some("waba")), "{talk}");
        assert_eq!(serde_json::to_value(&read).unwrap()["talk_id"], json!(100));
    }
    assert!(serde_json::from_str::<Talk>(r#"{"origin": "waba"}"#).is_err(), "a talk without an id is none");
}

#[test]
fn a_talk_has_its_own_name_for_its_id() {
    let talk: Talk =
        parse(json!({"talk_id": 100, "entity_type": "lead", "is_in_work": "1", "origin": "waba",
        "missed_at": null, "_embedded": {"contacts": [{"id": 1}]}}));
    assert_eq!((talk.talk_id, talk.is_in_work, talk.entity_type), (100, true, Some(EntityType::Leads)));
    let message: Message = parse(json!({"id": "u1", "type": "incoming", "text": "canary", "author": [],
        "attachment": {"type": "picture", "link": "https://amojo.kommo.com/x"}}));
    assert_eq!(message.author, None);
    assert_eq!(message.attachment.as_ref().unwrap().kind, "picture");
    assert!(!format!("{message:?}").contains("canary"));
}

#[test]
fn the_rest_survives_php_too() {
    let tag: Tag = parse(json!({"id": "1", "name": null}));
    assert_eq!((tag.id, tag.name.as_str()), (1, ""));
    let hook: Webhook =
        parse(json!({"id": 1, "destination": "https://x", "disabled": "1", "settings": {"0": "add_lead"}}));
    assert!(hook.disabled);
    assert_eq!(hook.settings, ["add_lead"]);
    let unsorted: Unsorted = parse(json!({"uid": "42", "category": "chats", "metadata": [], "_embedded":
        {"contacts": [{"id": 1, "is_unsorted": true}], "leads": [{"id": "2"}], "companies": []}}));
    assert_eq!(unsorted.embedded.leads[0].id, 2);
    for (request_id, expected) in
        [(json!("a1"), Some("a1")), (json!(["a1"]), Some("a1")), (json!(0), Some("0")), (json!(null), None)]
    {
        let written: Written = parse(json!({"id": 5, "request_id": request_id}));
        assert_eq!(written.request_id.as_deref(), expected);
    }
}

/// Any JSON at all, not too deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no infinities", |number| number.is_finite()).prop_map(Value::from),
        "[a-z0-9.: -]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("(id|value|values|tags|text|[a-z]{1,4})", inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_decoration_of_a_lead_ever_costs_the_lead(
        name in any_json(), price in any_json(), at in any_json(), deleted in any_json(), other in any_json(),
    ) {
        let json = json!({"id": 5, "name": name, "price": price, "status_id": at, "closed_at": at,
            "is_deleted": deleted, "score": other, "unknown": other, "_links": other});
        let lead = serde_json::from_str::<Lead>(&json.to_string());
        prop_assert!(lead.is_ok(), "{:?} from {}", lead, json);
    }

    #[test]
    fn no_value_of_a_custom_field_ever_panics(values in any_json(), word in 0_usize..24) {
        let words = ["text", "numeric", "checkbox", "select", "multiselect", "date", "birthday", "date_time",
            "multitext", "smart_address", "monetary", "file"];
        let json = json!({"field_id": 1, "field_type": words[word % words.len()], "values": values});
        if let Ok(field) = serde_json::from_str::<kommo::field_values::CustomFieldValues>(&json.to_string()) {
            let _ = field.typed().display_text();
        }
    }
}
