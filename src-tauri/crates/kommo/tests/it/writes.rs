//! What goes over the wire for each call.

use http::Method;
use kommo::contacts::{ChatsQuery, ContactWrite};
use kommo::custom_fields::{FieldEnum, NewCustomField};
use kommo::field_values::{Choice, FieldType, FieldValue, FieldWrite};
use kommo::leads::{
    ComplexContact, ComplexLead, ComplexMetadata, ComplexParts, LeadPatch, LeadWith, LeadsQuery, NewLead,
};
use kommo::links::LinkTo;
use kommo::notes::NewNote;
use kommo::pipelines::NewStatus;
use kommo::salesbot::RunBy;
use kommo::tags::TagRef;
use kommo::tasks::{NewTask, TaskPatch};
use kommo::unsorted::FormMetadata;
use kommo::{EntityType, Error, Order, OrderBy, PageRequest, TimeRange};
use serde_json::{Value, json};

use crate::server::{Reply, Seen, Server};

fn written(key: &str) -> Reply {
    Reply::json(format!(
        r#"{{"_embedded":{{"{key}":[{{"id":5,"request_id":"0","updated_at":1790000000}}]}}}}"#
    ))
}

#[track_caller]
fn assert_sent(seen: &Seen, method: &Method, path: &str, body: &Value) {
    assert_eq!((&seen.method, seen.path.as_str()), (method, path));
    assert_eq!(&serde_json::from_str::<Value>(&seen.body).unwrap(), body, "{path}");
    assert_eq!(seen.headers["content-type"], "application/json");
}

#[tokio::test]
async fn leads_are_written_as_documented() {
    let one = r#"{"id":5,"updated_at":1790000000,"_links":{}}"#;
    let server = Server::answering([
        written("leads"),
        written("leads"),
        Reply::json(one),
        Reply::json(one),
        Reply::json(one),
    ]);
    let leads = server.client().leads();
    let select = FieldValue::Choice(Choice::id(908_107));
    let product = FieldWrite::new(1_246_489, &FieldType::Select, &select).unwrap();
    let new = NewLead {
        name: Some("Ana".into()),
        custom_fields_values: vec![product],
        embedded: kommo::leads::NewLeadParts {
            tags: vec![TagRef::Name("vip".into()), TagRef::Id(3)],
            contacts: vec![kommo::leads::LinkedContact { id: 9, is_main: true }],
            ..Default::default()
        },
        ..NewLead::default()
    };
    let created = leads.create(&[new]).await.unwrap();
    assert_eq!((created[0].id, created[0].request_id.as_deref()), (5, Some("0")));
    let patch = LeadPatch { id: Some(5), price: Some(10), ..LeadPatch::default() };
    leads.update(&[patch]).await.unwrap();
    leads.move_to(5, 8_572_511, 143, Some(7)).await.unwrap();
    leads.tag(5, vec![TagRef::Name("hot".into())], vec![TagRef::Name("cold".into())]).await.unwrap();
    let clear = LeadPatch { custom_fields_values: vec![FieldWrite::clear(1)], ..LeadPatch::default() };
    assert_eq!(leads.update_one(5, &clear).await.unwrap().updated_at, Some(1_790_000_000));

    let seen = server.seen();
    assert_sent(
        &seen[0],
        &Method::POST,
        "/api/v4/leads",
        &json!([{"name": "Ana",
        "custom_fields_values": [{"field_id": 1_246_489, "values": [{"enum_id": 908_107}]}],
        "_embedded": {"tags": [{"name": "vip"}, {"id": 3}], "contacts": [{"id": 9, "is_main": true}]}}]),
    );
    assert_sent(&seen[1], &Method::PATCH, "/api/v4/leads", &json!([{"id": 5, "price": 10}]));
    assert_sent(
        &seen[2],
        &Method::PATCH,
        "/api/v4/leads/5",
        &json!({"pipeline_id": 8_572_511, "status_id": 143, "loss_reason_id": 7}),
    );
    assert_sent(
        &seen[3],
        &Method::PATCH,
        "/api/v4/leads/5",
        &json!({"tags_to_add": [{"name": "hot"}], "tags_to_delete": [{"name": "cold"}]}),
    );
    assert_sent(
        &seen[4],
        &Method::PATCH,
        "/api/v4/leads/5",
        &json!({"custom_fields_values": [{"field_id": 1, "values": null}]}),
    );
}

#[tokio::test]
async fn a_complex_creation_reads_a_bare_array_and_an_envelope() {
    let bare =
        r#"[{"id":9375718,"contact_id":23932091,"company_id":null,"request_id":["a1"],"merged":false}]"#;
    let wrapped =
        r#"{"_embedded":{"leads":[{"id":9375718,"contact_id":"23932091","request_id":"a1","merged":true}]}}"#;
    let server = Server::answering([Reply::json(bare), Reply::json(wrapped)]);
    let lead = ComplexLead {
        request_id: Some("a1".into()),
        embedded: ComplexParts {
            contacts: vec![ComplexContact {
                first_name: Some("Maria".into()),
                custom_fields_values: vec![FieldWrite::phones([("+5511999990000", "WORK")])],
                ..ComplexContact::default()
            }],
            metadata: Some(ComplexMetadata::Forms(FormMetadata {
                form_id: "f1".into(),
                ..Default::default()
            })),
            ..ComplexParts::default()
        },
        ..ComplexLead::default()
    };
    for merged in [false, true] {
        let written = server.client().leads().create_complex(std::slice::from_ref(&lead)).await.unwrap();
        assert_eq!(
            (written[0].id, written[0].contact_id, written[0].company_id),
            (9_375_718, Some(23_932_091), None)
        );
        assert_eq!((written[0].request_id.as_deref(), written[0].merged), (Some("a1"), merged));
    }
    let body: Value = serde_json::from_str(&server.seen()[0].body).unwrap();
    assert_eq!(server.seen()[0].path, "/api/v4/leads/complex");
    assert_eq!(body[0]["_embedded"]["metadata"]["category"], "forms");
    assert_eq!(body[0]["_embedded"]["contacts"][0]["custom_fields_values"][0]["field_code"], "PHONE");
}

#[tokio::test]
async fn queries_reach_the_server_percent_encoded() {
    let server = Server::answering([Reply::empty()]);
    let query = LeadsQuery {
        statuses: vec![(8_572_511, 142)],
        ..LeadsQuery::default()
            .with([LeadWith::Contacts, LeadWith::LossReason])
            .updated(TimeRange::since(1_790_000_000))
            .order(Order::ascending(OrderBy::UpdatedAt))
    };
    server.client().leads().list(&query, PageRequest { page: 2, limit: 250 }).await.unwrap();
    assert_eq!(
        server.seen()[0].query,
        "with=contacts%2Closs_reason&filter%5Bstatuses%5D%5B0%5D%5Bpipeline_id%5D=8572511\
         &filter%5Bstatuses%5D%5B0%5D%5Bstatus_id%5D=142&filter%5Bupdated_at%5D%5Bfrom%5D=1790000000\
         &order%5Bupdated_at%5D=asc&page=2&limit=250"
    );
}

#[tokio::test]
async fn contacts_and_companies_are_written_as_documented() {
    let server = Server::answering([
        written("contacts"),
        Reply::json(r#"{"id":5}"#),
        written("companies"),
        Reply::json(r#"{"_total_items":1,"_embedded":{"chats":[{"chat_id":"u1","contact_id":1,"id":7}]}}"#),
        Reply::json(r#"{"_embedded":{"chats":[{"chat_id":"u1","contact_id":1,"id":7}]}}"#),
    ]);
    let client = server.client();
    let contact = ContactWrite { first_name: Some("Maria".into()), ..ContactWrite::default() };
    client.contacts().create(std::slice::from_ref(&contact)).await.unwrap();
    client.contacts().update_one(5, &contact).await.unwrap();
    let company = ContactWrite { name: Some("Maria ME".into()), ..ContactWrite::default() };
    client.companies().create(&[company]).await.unwrap();
    assert_eq!(client.contacts().link_chat(1, "u1").await.unwrap()[0].id, 7);
    let query = ChatsQuery { contact_ids: vec![1], ..ChatsQuery::default() };
    assert_eq!(client.contacts().chats(&query).await.unwrap()[0].chat_id, "u1");
    let seen = server.seen();
    assert_sent(&seen[0], &Method::POST, "/api/v4/contacts", &json!([{"first_name": "Maria"}]));
    assert_sent(&seen[1], &Method::PATCH, "/api/v4/contacts/5", &json!({"first_name": "Maria"}));
    assert_sent(&seen[2], &Method::POST, "/api/v4/companies", &json!([{"name": "Maria ME"}]));
    assert_sent(
        &seen[3],
        &Method::POST,
        "/api/v4/contacts/chats",
        &json!([{"contact_id": 1, "chat_id": "u1"}]),
    );
    assert_eq!(seen[4].query, "filter%5Bcontact_id%5D%5B%5D=1");
}

#[tokio::test]
async fn tasks_and_notes_are_written_as_documented() {
    let server = Server::answering([
        written("tasks"),
        Reply::json(r#"{"id":5}"#),
        Reply::json(r#"{"id":5}"#),
        written("notes"),
        written("notes"),
        Reply::json(r#"{"id":5}"#),
    ]);
    let client = server.client();
    let task = NewTask {
        text: "Call back".into(),
        complete_till: 1_790_086_340,
        entity_id: Some(9),
        entity_type: Some(EntityType::Leads),
        ..NewTask::default()
    };
    client.tasks().create(&[task]).await.unwrap();
    client.tasks().complete(5, "Done").await.unwrap();
    let later = TaskPatch { complete_till: Some(1_790_099_999), ..TaskPatch::default() };
    client.tasks().update_one(5, &later).await.unwrap();
    let notes = client.notes(EntityType::Leads);
    notes.add_text(9, "Called").await.unwrap();
    notes.create(&[NewNote::service(9, "Robot", "Sent")]).await.unwrap();
    notes.update_text(5, "Called twice").await.unwrap();
    let seen = server.seen();
    assert_sent(
        &seen[0],
        &Method::POST,
        "/api/v4/tasks",
        &json!([{"text": "Call back",
        "complete_till": 1_790_086_340, "entity_id": 9, "entity_type": "leads"}]),
    );
    assert_sent(
        &seen[1],
        &Method::PATCH,
        "/api/v4/tasks/5",
        &json!({"is_completed": true, "result": {"text": "Done"}}),
    );
    assert_sent(&seen[2], &Method::PATCH, "/api/v4/tasks/5", &json!({"complete_till": 1_790_099_999}));
    assert_sent(
        &seen[3],
        &Method::POST,
        "/api/v4/leads/notes",
        &json!([{"entity_id": 9, "note_type": "common", "params": {"text": "Called"}}]),
    );
    assert_sent(
        &seen[4],
        &Method::POST,
        "/api/v4/leads/notes",
        &json!([{"entity_id": 9, "note_type": "service_message", "params": {"service": "Robot", "text": "Sent"}}]),
    );
    assert_sent(
        &seen[5],
        &Method::PATCH,
        "/api/v4/leads/notes/5",
        &json!({"note_type": "common", "params": {"text": "Called twice"}}),
    );
}

#[tokio::test]
async fn definitions_are_written_as_documented() {
    let server = Server::answering([
        Reply::with_status(
            201,
            r#"{"_embedded":{"custom_fields":[{"id":5,"type":"select","enums":{"0":{"id":1,"value":"A"}}}]}}"#,
        ),
        Reply::json(r#"{"_embedded":{"statuses":[{"id":67548620,"name":"Visit","sort":60}]}}"#),
        Reply::json(r#"{"_embedded":{"tags":[{"id":1,"name":"vip"}]}}"#),
        Reply::json(r#"{"_embedded":{"sources":[{"id":36504,"name":"Site"}]}}"#),
    ]);
    let client = server.client();
    let field = NewCustomField {
        name: "Plan".into(),
        field_type: FieldType::Select,
        enums: vec![FieldEnum { value: "A".into(), sort: 1, ..FieldEnum::default() }],
        ..NewCustomField::default()
    };
    let fields = client.custom_fields(EntityType::Leads).create(&[field]).await.unwrap();
    assert_eq!(fields[0].enums[0].id, Some(1));
    let stage = NewStatus { name: "Visit".into(), sort: 100, ..NewStatus::default() };
    assert_eq!(client.pipelines().create_statuses(8_572_511, &[stage]).await.unwrap()[0].sort, 60);
    client.tags(EntityType::Leads).create(&[("vip", Some("FF8F92"))]).await.unwrap();
    let source =
        kommo::sources::NewSource { name: "Site".into(), external_id: "s1".into(), pipeline_id: None };
    client.sources().create(&[source]).await.unwrap();
    let seen = server.seen();
    assert_sent(
        &seen[0],
        &Method::POST,
        "/api/v4/leads/custom_fields",
        &json!([{"name": "Plan", "type": "select", "enums": [{"value": "A", "sort": 1}]}]),
    );
    assert_sent(
        &seen[1],
        &Method::POST,
        "/api/v4/leads/pipelines/8572511/statuses",
        &json!([{"name": "Visit", "sort": 100}]),
    );
    assert_sent(&seen[2], &Method::POST, "/api/v4/leads/tags", &json!([{"name": "vip", "color": "FF8F92"}]));
    assert_sent(&seen[3], &Method::POST, "/api/v4/sources", &json!([{"name": "Site", "external_id": "s1"}]));
}

#[tokio::test]
async fn links_are_made_and_taken_away() {
    let server = Server::answering([
        Reply::json("{}"),
        Reply::empty(),
        Reply::json(
            r#"{"_total_items":1,"_embedded":{"links":[{"entity_id":9,"to_entity_id":5,"to_entity_type":"contacts","metadata":{"main_contact":true}}]}}"#,
        ),
        Reply::empty(),
    ]);
    let links = server.client().links(EntityType::Leads);
    links.link(9, &[LinkTo::contact(5, true)]).await.unwrap();
    links.unlink(9, &[LinkTo::new(EntityType::Companies, 6)]).await.unwrap();
    assert!(links.of_many(&[9]).await.unwrap()[0].metadata.main_contact);
    assert!(links.of(9).await.unwrap().is_empty());
    let seen = server.seen();
    assert_sent(
        &seen[0],
        &Method::POST,
        "/api/v4/leads/9/link",
        &json!([{"to_entity_id": 5, "to_entity_type": "contacts", "metadata": {"is_main": true}}]),
    );
    assert_sent(
        &seen[1],
        &Method::POST,
        "/api/v4/leads/9/unlink",
        &json!([{"to_entity_id": 6, "to_entity_type": "companies"}]),
    );
    assert_eq!(
        (seen[2].path.as_str(), seen[2].query.as_str()),
        ("/api/v4/leads/links", "filter%5Bentity_id%5D%5B%5D=9")
    );
    assert_eq!(seen[3].path, "/api/v4/leads/9/links");
}

#[tokio::test]
async fn a_webhook_is_subscribed_and_unsubscribed() {
    let hook = r#"{"id":839656,"destination":"https://example.org/hook/secret","settings":["add_lead"],"disabled":false}"#;
    let server = Server::answering([
        Reply::with_status(201, hook),
        Reply::json(format!(r#"{{"_total_items":1,"_embedded":{{"webhooks":[{hook}]}}}}"#)),
        Reply::empty(),
        Reply::with_status(404, "{}"),
    ]);
    let hooks = server.client().webhooks();
    let destination = "https://example.org/hook/secret";
    let subscribed = hooks.subscribe(destination, &["add_lead"]).await.unwrap();
    assert_eq!(subscribed.settings, ["add_lead"]);
    assert!(!format!("{subscribed:?}").contains("secret"));
    assert_eq!(hooks.list(Some(destination)).await.unwrap().len(), 1);
    hooks.unsubscribe(destination).await.unwrap();
    hooks.unsubscribe(destination).await.unwrap();
    let seen = server.seen();
    assert_sent(
        &seen[0],
        &Method::POST,
        "/api/v4/webhooks",
        &json!({"destination": destination, "settings": ["add_lead"]}),
    );
    assert_sent(&seen[2], &Method::DELETE, "/api/v4/webhooks", &json!({"destination": destination}));
}

#[tokio::test]
async fn a_bot_is_run_by_the_old_call_where_the_new_one_is_missing() {
    let server = Server::answering([
        Reply::with_status(202, "Accepted"),
        Reply::with_status(404, r#"{"title":"Not Found"}"#),
        Reply::with_status(202, ""),
        Reply::with_status(202, ""),
    ]);
    let bots = server.client().salesbot();
    assert_eq!(bots.run(55_340, EntityType::Leads, 9).await.unwrap(), RunBy::Current);
    assert_eq!(bots.run(55_340, EntityType::Leads, 9).await.unwrap(), RunBy::Old);
    bots.stop(55_340, EntityType::Leads, 9).await.unwrap();
    let seen = server.seen();
    assert_sent(
        &seen[0],
        &Method::POST,
        "/api/v4/bots/55340/run",
        &json!({"entity_id": 9, "entity_type": "leads"}),
    );
    assert_sent(
        &seen[2],
        &Method::POST,
        "/api/v2/salesbot/run",
        &json!([{"bot_id": 55_340, "entity_id": 9, "entity_type": 2}]),
    );
    assert_eq!(seen[3].path, "/api/v4/bots/55340/stop");
}

#[tokio::test]
async fn a_message_is_sent_once_and_its_refusals_are_told_apart() {
    let server = Server::answering([
        Reply::with_status(202, r#"{"id":"ae7243c7"}"#),
        Reply::with_status(402, r#"{"detail":"Over chat API limit"}"#),
        Reply::with_status(422, r#"{"detail":"Talk is closed"}"#),
        Reply::with_status(504, ""),
        Reply::with_status(202, ""),
    ]);
    let talks = server.client().talks();
    assert_eq!(talks.send_text(100, "Olá").await.unwrap().id, "ae7243c7");
    assert!(matches!(talks.send_text(100, "Olá").await, Err(Error::PaymentRequired { .. })));
    assert!(matches!(talks.send_text(100, "Olá").await, Err(Error::Unprocessable { .. })));
    assert!(matches!(talks.send_text(100, "Olá").await, Err(Error::Server { status: 504, .. })));
    talks.close(100, false).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 5);
    assert_sent(&seen[0], &Method::POST, "/api/v4/talks/100/send_message", &json!({"text": "Olá"}));
    assert_sent(&seen[4], &Method::POST, "/api/v4/talks/100/close", &json!({"force_close": false}));
}

#[tokio::test]
async fn incoming_leads_are_accepted_and_declined() {
    let answer =
        r#"{"uid":"u/1","pipeline_id":1,"category":"forms","_embedded":{"leads":[{"id":9}],"contacts":[]}}"#;
    let server = Server::answering([Reply::json(answer), Reply::json(answer)]);
    let unsorted = server.client().unsorted();
    let accepted = unsorted.accept("u/1", Some(3), None).await.unwrap();
    assert_eq!(accepted.embedded.leads[0].id, 9);
    unsorted.decline("u/1", None).await.unwrap();
    let seen = server.seen();
    assert_sent(&seen[0], &Method::POST, "/api/v4/leads/unsorted/u%2F1/accept", &json!({"user_id": 3}));
    assert_sent(&seen[1], &Method::DELETE, "/api/v4/leads/unsorted/u%2F1/decline", &json!({}));
}

#[tokio::test]
async fn writing_nothing_sends_nothing() {
    let server = Server::answering([]);
    let client = server.client();
    assert!(client.leads().create(&[]).await.unwrap().is_empty());
    assert!(client.leads().update(&[]).await.unwrap().is_empty());
    assert!(client.leads().create_complex(&[]).await.unwrap().is_empty());
    assert!(client.contacts().create(&[]).await.unwrap().is_empty());
    assert!(client.tasks().create(&[]).await.unwrap().is_empty());
    assert!(client.notes(EntityType::Leads).create(&[]).await.unwrap().is_empty());
    client.links(EntityType::Leads).link(9, &[]).await.unwrap();
    assert!(server.seen().is_empty());
}
