//! Deliveries of webhooks, as they were recorded.

use std::collections::BTreeSet;

use kommo::EntityType;
use kommo::webhook::{
    Delivery, HookAbout, HookAction, HookAuthor, HookDirection, HookEntity, HookEvent, HookOutcome,
    HookResponsible, HookStage, parse,
};

use crate::server::fixture;

const LEAD: i64 = 9_375_716;
const CONTACT: i64 = 23_932_090;
const COMPANY: i64 = 17_612_522;
const TASK: i64 = 1_564_671;
const ELEMENT: i64 = 347_577;
const AT: i64 = 1_790_000_000;
const NOTED: i64 = 1_790_003_600;
const USER: i64 = 11_087_123;
const OTHER_USER: i64 = 11_940_747;
const MESSAGE: &str = "ae7243c7-0000-4000-8000-95a3ad742330";

fn delivery(name: &str) -> Delivery {
    parse(fixture(&format!("webhooks/{name}.form")).as_bytes())
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn only(name: &str) -> HookEvent {
    let mut events = delivery(name).events;
    assert_eq!(events.len(), 1, "{name}");
    events.remove(0)
}

fn lead(id: i64) -> Option<HookAbout> {
    Some(HookAbout { kind: EntityType::Leads, id })
}

fn contact(id: i64) -> Option<HookAbout> {
    Some(HookAbout { kind: EntityType::Contacts, id })
}

fn company(id: i64) -> Option<HookAbout> {
    Some(HookAbout { kind: EntityType::Companies, id })
}

/// The file, what it is called in logs, its id, its card, and when.
type Row = (&'static str, &'static str, Option<i64>, Option<HookAbout>, Option<i64>);

fn table() -> Vec<Row> {
    vec![
        ("leads_add", "lead_added", Some(LEAD), None, Some(AT)),
        ("leads_add_from_whatsapp_minimal", "lead_added", Some(LEAD), None, Some(AT)),
        ("leads_update", "lead_updated", Some(LEAD), None, Some(AT + 500)),
        ("leads_status", "lead_stage_changed", Some(LEAD), None, Some(AT + 600)),
        ("leads_status_other_pipeline", "lead_stage_changed", Some(LEAD), None, Some(AT + 650)),
        ("leads_responsible", "lead_responsible_changed", Some(LEAD), None, Some(AT + 700)),
        ("leads_delete", "lead_deleted", Some(LEAD), None, None),
        ("leads_restore", "lead_restored", Some(LEAD), None, Some(AT + 900)),
        ("leads_note_text", "note_added", Some(4_600_471), lead(LEAD), Some(NOTED)),
        ("leads_note_file", "note_added", Some(4_600_505), lead(LEAD), Some(NOTED)),
        ("dp_status", "lead_stage_changed", Some(LEAD), None, None),
        ("dp_mail_in", "other", Some(LEAD), None, None),
        ("unsorted_add_forms", "unsorted_added", None, lead(LEAD), None),
        ("unsorted_add_chats", "unsorted_added", None, lead(LEAD), None),
        ("unsorted_update", "unsorted_updated", None, lead(LEAD), None),
        ("unsorted_delete_accept", "unsorted_deleted", None, lead(LEAD), None),
        ("unsorted_delete_decline", "unsorted_deleted", None, lead(LEAD), None),
        ("contacts_add", "contact_added", Some(CONTACT), None, Some(AT)),
        ("contacts_update", "contact_updated", Some(CONTACT), None, Some(AT + 500)),
        ("contacts_responsible", "contact_updated", Some(CONTACT), None, Some(AT + 700)),
        ("contacts_delete", "contact_deleted", Some(CONTACT), None, None),
        ("contacts_restore", "contact_restored", Some(CONTACT), None, Some(AT + 900)),
        ("contacts_note", "note_added", Some(4_600_607), contact(CONTACT), Some(NOTED)),
        ("clash_scalar_and_nested", "note_added", Some(60_864_725), contact(40_700_289), Some(NOTED)),
        ("companies_add", "company_added", Some(COMPANY), None, Some(AT)),
        ("companies_update", "company_updated", Some(COMPANY), None, Some(AT + 500)),
        ("companies_delete", "company_deleted", Some(COMPANY), None, None),
        ("companies_restore", "company_restored", Some(COMPANY), None, Some(AT + 900)),
        ("companies_note", "note_added", Some(4_600_623), company(COMPANY), Some(NOTED)),
        ("task_add", "task_added", Some(TASK), lead(LEAD), Some(NOTED)),
        ("task_update_text", "task_updated", Some(TASK), lead(LEAD), Some(NOTED + 400)),
        ("task_update_completed", "task_updated", Some(TASK), lead(LEAD), Some(NOTED + 1000)),
        ("task_update_result", "task_updated", Some(TASK), lead(LEAD), Some(NOTED + 1000)),
        ("task_responsible", "task_updated", Some(TASK), lead(LEAD), Some(NOTED + 1600)),
        ("task_delete", "task_deleted", Some(TASK), None, None),
        ("talk_add", "talk_added", Some(100), lead(LEAD), Some(AT)),
        ("talk_update_read", "talk_updated", Some(100), lead(LEAD), Some(AT + 200)),
        ("talk_update_closed", "talk_updated", Some(100), lead(LEAD), Some(AT + 400)),
        ("message_add_text", "message_received", None, lead(LEAD), None),
        ("message_add_voice", "message_received", None, lead(LEAD), None),
        ("message_add_picture", "message_received", None, lead(LEAD), None),
        ("message_add_two_in_one_body", "message_received", None, lead(LEAD), None),
        ("unwrapped_add_doc2026", "message_received", None, lead(LEAD), None),
        ("outgoing_message_add", "message_sent", None, lead(LEAD), None),
        ("catalogs_add", "catalog_element_added", Some(ELEMENT), None, Some(AT)),
        ("catalogs_update", "catalog_element_updated", Some(ELEMENT), None, Some(AT + 500)),
        ("catalogs_delete", "catalog_element_deleted", Some(ELEMENT), None, None),
    ]
}

pub fn every_fixture() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/fixtures/kommo/webhooks");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.map(|file| file.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_recorded_delivery_says_what_happened() {
    for (name, kind, id, about, updated_at) in table() {
        let delivery = delivery(name);
        assert_eq!(delivery.account_id, Some(32_720_107), "{name}");
        assert_eq!(delivery.subdomain.as_deref(), Some("acme"), "{name}");
        assert!(!delivery.is_lossy, "{name}");
        assert_eq!(delivery.events.len(), if name.contains("two_in_one") { 2 } else { 1 }, "{name}");
        for event in &delivery.events {
            assert_eq!(event.kind(), kind, "{name}");
            assert_eq!((event.id, event.about, event.updated_at), (id, about, updated_at), "{name}");
        }
    }
    let in_table: BTreeSet<String> = table().into_iter().map(|(name, ..)| name.to_owned()).collect();
    assert_eq!(in_table, every_fixture(), "every file is in the table");
}

#[test]
fn no_recorded_name_text_or_phone_is_ever_printed() {
    let private = [
        "Maria",
        "Silva",
        "+55",
        "5511",
        "Ol\u{e1}",
        "prazo",
        "discount",
        "Call back",
        "example",
        "Ana",
        "acme",
    ];
    for name in every_fixture() {
        let delivery = delivery(&name);
        let mut printed = format!("{delivery:?}");
        for event in &delivery.events {
            printed += &format!("{:?}{:?}{:?}", event.message(), event.note(), event.unsorted());
        }
        for text in private {
            assert!(!printed.contains(text), "{name} prints {text}: {printed}");
        }
    }
}

#[test]
fn stages_tell_where_from() {
    let stage = |status_id, pipeline_id, old_status_id, old_pipeline_id| {
        Some(HookStage {
            status_id: Some(status_id),
            pipeline_id: Some(pipeline_id),
            old_status_id,
            old_pipeline_id,
        })
    };
    let pipeline = 8_572_511;
    let moved = only("leads_status").stage();
    assert_eq!(moved, stage(142, pipeline, Some(67_548_619), None));
    let far = only("leads_status_other_pipeline").stage();
    assert_eq!(far, stage(71_000_001, 9_000_001, Some(67_548_619), Some(pipeline)));
    let by_update = only("leads_update").stage();
    assert_eq!(by_update, stage(67_548_607, pipeline, Some(67_548_603), None));
    let digital = only("dp_status").stage();
    assert_eq!(digital, stage(67_548_619, pipeline, Some(67_548_607), Some(pipeline)));
    let unmoved = only("leads_responsible").stage();
    assert_eq!(unmoved, stage(67_548_607, pipeline, Some(67_548_607), None));
    let changes = [moved, far, by_update, digital, unmoved].map(|stage| stage.unwrap().is_change());
    assert_eq!(changes, [true, true, true, true, false]);
    assert_eq!(only("contacts_add").stage(), None);
}

#[test]
fn a_digital_pipeline_has_actions_of_its_own() {
    let event = only("dp_mail_in");
    assert_eq!(event.entity, HookEntity::Lead);
    assert_eq!(event.action, HookAction::Other("mail_in".to_owned()));
    assert_eq!(format!("{:?}", event.action), r#"Other("mail_in")"#);
}

#[test]
fn a_new_responsible_person_is_told_with_the_old_one() {
    let changed = Some(HookResponsible { user_id: OTHER_USER, old_user_id: Some(USER) });
    for name in ["leads_responsible", "contacts_responsible", "task_responsible"] {
        assert_eq!(only(name).responsible(), changed, "{name}");
    }
    let nobody = only("leads_add_from_whatsapp_minimal").responsible();
    assert_eq!(nobody, Some(HookResponsible { user_id: 0, old_user_id: None }));
    assert_eq!(only("leads_delete").responsible(), None);
}

#[test]
fn messages_say_who_wrote_what() {
    for name in ["message_add_text", "unwrapped_add_doc2026"] {
        let event = only(name);
        let message = event.message().unwrap();
        assert_eq!(message.id, Some(MESSAGE), "{name}");
        assert_eq!(message.direction, HookDirection::Incoming, "{name}");
        assert_eq!(message.text, "Ol\u{e1}, quero um or\u{e7}amento & prazo?", "{name}");
        assert_eq!(message.chat_id, Some("1b9b13e7-0000-4000-8000-db20d65e2801"), "{name}");
        assert_eq!((message.talk_id, message.contact_id), (Some(100), Some(CONTACT)), "{name}");
        assert_eq!((message.author, message.author_user_id), (Some(HookAuthor::External), None), "{name}");
        assert_eq!((message.origin, message.created_at), (Some("waba"), Some(AT)), "{name}");
        assert_eq!(message.message_type, Some("text"), "{name}");
    }
    let event = only("outgoing_message_add");
    let sent = event.message().unwrap();
    assert_eq!(sent.direction, HookDirection::Outgoing);
    assert_eq!(
        (sent.author, sent.author_user_id, sent.author_name),
        (Some(HookAuthor::Internal), Some(USER), Some("Ana"))
    );
    assert_eq!(event.item.text("recipient[type]"), Some("external"));

    let event = only("message_add_voice");
    let voice = event.message().unwrap();
    assert_eq!((voice.message_type, voice.text), (Some("voice"), ""));
    assert!(voice.attachment_link.unwrap().ends_with("/file.ogg"));

    let both = delivery("message_add_two_in_one_body").events;
    let texts: Vec<&str> = both.iter().map(|event| event.message().unwrap().text).collect();
    assert_eq!(texts[1], "e o prazo?");
    assert_eq!(only("talk_add").message(), None);
}

#[test]
fn incoming_leads_tell_how_they_ended() {
    let uid = "00b625866db8641999f48766d61d4d0663c12aa38b9bcb4d2866b0c49605";
    for (name, outcome) in [
        ("unsorted_delete_accept", Some(HookOutcome::Accepted)),
        ("unsorted_delete_decline", Some(HookOutcome::Declined)),
        ("unsorted_add_chats", None),
    ] {
        let event = only(name);
        let unsorted = event.unsorted().unwrap();
        assert_eq!((unsorted.uid, unsorted.category), (Some(uid), Some("chats")), "{name}");
        assert_eq!((unsorted.outcome, unsorted.lead_ids), (outcome, vec![LEAD]), "{name}");
    }
    assert_eq!(only("unsorted_add_chats").unsorted().unwrap().contact_ids, [CONTACT]);
    assert_eq!(only("leads_add").unsorted(), None);
}

#[test]
fn notes_keep_a_scalar_beside_a_list_of_the_same_name() {
    let event = only("clash_scalar_and_nested");
    assert_eq!(event.item.int("note[type]"), Some(3));
    let note = event.note().unwrap();
    assert_eq!(note.message_uuid, Some("70f31734-0000-4000-8000-5acfe7ca53f4"));
    assert_eq!((note.note_type, note.created_by, note.created_at), (Some(4), Some(USER), Some(NOTED)));
    assert_eq!(only("leads_note_text").note().unwrap().text, "Client asked for a discount");
    assert_eq!(only("leads_note_file").note().unwrap().note_type, Some(5));
}

#[test]
fn fields_of_every_shape_are_within_reach() {
    let contact = only("contacts_update").item;
    assert_eq!(contact.linked_leads(), [LEAD, 9_375_720]);
    assert_eq!(contact.id("linked_company_id"), Some(COMPANY));
    assert_eq!(contact.text("custom_fields[0][values][0][value]"), Some("+5511999990000"));
    assert_eq!(
        contact.text("custom_fields[3][values][value]"),
        Some("Retail"),
        "a radio button has no index"
    );
    let lead = only("leads_add").item;
    assert_eq!(lead.ids("tags", "[id]"), [80_147, 80_149]);
    assert_eq!(lead.int("custom_fields[4][values][0]"), Some(1_790_035_200), "a date is a bare scalar");
    assert_eq!(only("leads_add_from_whatsapp_minimal").item.text("name"), Some(""));
    assert_eq!(only("talk_update_closed").item.flag("is_in_work"), Some(false));
    assert_eq!(only("task_update_completed").item.flag("action_close"), Some(true));
    assert_eq!(only("task_update_result").item.text("result[text]"), Some("Client will sign"));
}
