//! Webhooks: subscriptions, bodies with the recorded keys, delivery, retries and the disabling rule.

use std::collections::BTreeSet;

use cadencia_sim::{Delivery, Fault, FaultName};
use serde_json::{Value, json};

use crate::client::Client;

const ADDRESS: &str = "https://hooks.example/kommo";

async fn subscribe(client: &Client, settings: &[&str]) {
    let seen = client.post("webhooks", json!({"destination": ADDRESS, "settings": settings})).await;
    assert_eq!(seen.status, 201, "{}", String::from_utf8_lossy(&seen.bytes));
}

fn pairs(body: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

/// The keys of a body, list positions and ids in keys replaced by `n`.
fn keys(body: &str) -> BTreeSet<String> {
    pairs(body)
        .into_iter()
        .map(|(key, _)| {
            key.split('[')
                .map(|part| {
                    let name = part.trim_end_matches(']');
                    if !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit()) { "n" } else { name }
                })
                .collect::<Vec<_>>()
                .join(".")
        })
        .collect()
}

fn recorded(name: &str) -> BTreeSet<String> {
    let path = format!("{}/../../../tests/fixtures/kommo/webhooks/{name}.form", env!("CARGO_MANIFEST_DIR"));
    keys(std::fs::read_to_string(path).unwrap().trim_end())
}

/// Takes the only delivery that waits.
fn only(client: &Client) -> String {
    let mut due = client.sim.take_due_deliveries();
    assert_eq!(due.len(), 1, "{due:#?}");
    let delivery = due.remove(0);
    let body = delivery.body.clone();
    client.sim.settle_delivery(delivery, Some(200));
    body
}

fn assert_keys(body: &str, name: &str) {
    let (seen, wanted) = (keys(body), recorded(name));
    let missing: Vec<_> = wanted.difference(&seen).collect();
    let extra: Vec<_> = seen.difference(&wanted).collect();
    assert!(missing.is_empty() && extra.is_empty(), "{name}: missing {missing:?}, extra {extra:?}");
}

/// A lead with a price, tags, and fields of the recorded types.
async fn rich_lead(client: &Client) -> u64 {
    let fields = [
        ("Texto", "text", json!("Azul"), json!(null)),
        ("Escolha", "select", json!("Plano B"), json!([{"value": "Plano B"}])),
        ("Visita", "date", json!(1_790_035_200), json!(null)),
    ];
    let mut values = Vec::new();
    for (name, kind, value, enums) in fields {
        let made = client
            .post("leads/custom_fields", json!([{"name": name, "type": kind, "enums": enums}]))
            .await
            .json();
        values.push(
            json!({"field_id": made["_embedded"]["custom_fields"][0]["id"], "values": [{"value": value}]}),
        );
    }
    let tags = json!({"tags": [{"name": "vip"}, {"name": "São Paulo"}]});
    let seller = client.json("users").await["_embedded"]["users"][1]["id"].clone();
    let lead = json!({"name": "WhatsApp: Maria", "price": 1500, "responsible_user_id": seller,
        "custom_fields_values": values, "_embedded": tags});
    client.new_lead(lead).await
}

#[tokio::test]
async fn the_bodies_of_leads_have_the_recorded_keys() {
    let client = Client::new(0);
    subscribe(&client, &["add_lead"]).await;
    let id = rich_lead(&client).await;
    assert_keys(&only(&client), "leads_add");
    client.new_lead(json!({})).await;
    assert_keys(&only(&client), "leads_add_from_whatsapp_minimal");

    subscribe(&client, &["status_lead"]).await;
    client.patch(&format!("leads/{id}"), json!({"status_id": 142})).await;
    // The recorded lead had no tags by then.
    let no_tags =
        |body: &str| keys(body).into_iter().filter(|key| !key.contains(".tags.")).collect::<BTreeSet<_>>();
    assert_eq!(no_tags(&only(&client)), recorded("leads_status"));
    let second = client.json("leads/pipelines").await["_embedded"]["pipelines"][1].clone();
    let target = json!({"pipeline_id": second["id"], "status_id": second["_embedded"]["statuses"][2]["id"]});
    client.patch(&format!("leads/{id}"), target).await;
    assert_eq!(no_tags(&only(&client)), recorded("leads_status_other_pipeline"));

    subscribe(&client, &["update_lead"]).await;
    client.patch(&format!("leads/{id}"), json!({"status_id": 143})).await;
    assert_keys(&only(&client), "leads_update");
    subscribe(&client, &["responsible_lead"]).await;
    let other = client.json("users").await["_embedded"]["users"][3]["id"].clone();
    client.patch(&format!("leads/{id}"), json!({"responsible_user_id": other})).await;
    assert_eq!(no_tags(&only(&client)), recorded("leads_responsible"));

    subscribe(&client, &["delete_lead", "restore_lead"]).await;
    let id = u32::try_from(id).unwrap();
    client.sim.delete_card("leads", id);
    assert_keys(&only(&client), "leads_delete");
    client.sim.restore_card("leads", id);
    assert_eq!(no_tags(&only(&client)), recorded("leads_restore"));
}

#[tokio::test]
async fn a_body_says_everything_as_text_and_names_the_account_first() {
    let client = Client::new(0);
    subscribe(&client, &["add_lead"]).await;
    client.new_lead(json!({"name": "Ana & Zé", "price": 9})).await;
    let body = only(&client);
    assert!(body.starts_with("account%5Bsubdomain%5D=solarhorizonte&account%5Bid%5D="));
    let found = pairs(&body);
    let get = |key: &str| found.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str());
    assert_eq!(get("account[_links][self]"), Some("https://solarhorizonte.amocrm.com"));
    assert_eq!(get("leads[add][0][name]"), Some("Ana & Zé"));
    assert_eq!(get("leads[add][0][price]"), Some("9"));
    assert!(body.contains("Ana+%26+Z%C3%A9"));
}

#[tokio::test]
async fn the_bodies_of_contacts_and_companies_have_the_recorded_keys() {
    let client = Client::new(0);
    subscribe(&client, &["add_contact"]).await;
    let fields = client.json("contacts/custom_fields?limit=250").await["_embedded"]["custom_fields"].clone();
    let field = |name: &str| {
        fields.as_array().unwrap().iter().find(|known| known["name"] == name).unwrap()["id"].clone()
    };
    let contact = json!([{"name": "Maria Silva", "custom_fields_values": [
        {"field_code": "PHONE", "values": [{"value": "+5511999990000", "enum_code": "WORK"}, {"value": "+551133330000"}]},
        {"field_code": "EMAIL", "values": [{"value": "maria@example.org"}]},
        {"field_id": field("Aniversário"), "values": [{"value": 316_483_200}]},
        {"field_id": field("Perfil"), "values": [{"value": "Comercial"}]},
    ]}]);
    let id =
        client.post("contacts", contact).await.json()["_embedded"]["contacts"][0]["id"].as_u64().unwrap();
    let body = only(&client);
    assert_keys(&body, "contacts_add");
    assert!(pairs(&body).iter().any(|(_, value)| value == "12.01.1980"));

    let company = client.post("companies", json!([{"name": "Maria ME"}])).await.json();
    let company = company["_embedded"]["companies"][0]["id"].as_u64().unwrap();
    for lead in [client.new_lead(json!({})).await, client.new_lead(json!({})).await] {
        for (to, kind) in [(id, "contacts"), (company, "companies")] {
            client
                .post(&format!("leads/{lead}/link"), json!([{"to_entity_id": to, "to_entity_type": kind}]))
                .await;
        }
    }
    let employer = json!([{"to_entity_id": company, "to_entity_type": "companies"}]);
    client.post(&format!("contacts/{id}/link"), employer).await;
    subscribe(&client, &["update_contact"]).await;
    client.patch(&format!("contacts/{id}"), json!({"tags_to_add": [{"name": "site"}]})).await;
    assert_keys(&only(&client), "contacts_update");

    subscribe(&client, &["responsible_contact"]).await;
    let other = client.json("users").await["_embedded"]["users"][3]["id"].clone();
    client.patch(&format!("contacts/{id}"), json!({"responsible_user_id": other})).await;
    assert!(keys(&only(&client)).is_superset(&recorded("contacts_responsible")));

    subscribe(&client, &["delete_contact", "restore_contact", "delete_company"]).await;
    client.sim.delete_card("contacts", u32::try_from(id).unwrap());
    assert_keys(&only(&client), "contacts_delete");
    client.sim.restore_card("contacts", u32::try_from(id).unwrap());
    assert!(keys(&only(&client)).is_superset(&recorded("contacts_restore")));
    client.sim.delete_card("companies", u32::try_from(company).unwrap());
    assert_keys(&only(&client), "companies_delete");

    // The recorded company had the contact's fields besides.
    subscribe(&client, &["restore_company", "update_company"]).await;
    client.sim.restore_card("companies", u32::try_from(company).unwrap());
    let plain = |name: &str| {
        let known = recorded(name).into_iter().filter(|key| !key.contains("custom_fields"));
        known.collect::<BTreeSet<_>>()
    };
    assert_eq!(keys(&only(&client)), plain("companies_restore"));
    client.patch(&format!("companies/{company}"), json!({"name": "Maria Ltda"})).await;
    assert_eq!(keys(&only(&client)), plain("companies_update"));
}

#[tokio::test]
async fn the_bodies_of_notes_and_tasks_have_the_recorded_keys() {
    let client = Client::new(0);
    let lead = client.new_lead(json!({})).await;
    subscribe(&client, &["note_lead", "note_contact", "note_company"]).await;
    let text = json!([{"note_type": "common", "params": {"text": "Quer desconto"}}]);
    client.post(&format!("leads/{lead}/notes"), text.clone()).await;
    assert_keys(&only(&client), "leads_note_text");
    let file = json!([{"note_type": "attachment", "params": {"file_uuid": "f", "version_uuid": "v", "file_name": "foto.jpg"}}]);
    client.post(&format!("leads/{lead}/notes"), file).await;
    assert_keys(&only(&client), "leads_note_file");
    let contact =
        client.post("contacts", json!([{"name": "A"}])).await.json()["_embedded"]["contacts"][0]["id"]
            .clone();
    client.post(&format!("contacts/{contact}/notes"), text.clone()).await;
    assert_keys(&only(&client), "contacts_note");
    let clash = json!([{"note_type": "common", "params": {"text": "", "message_uuid": "70f31734-0000-4000-8000-5acfe7ca53f4"}}]);
    client.post(&format!("contacts/{contact}/notes"), clash).await;
    assert_keys(&only(&client), "clash_scalar_and_nested");
    let company = client.post("companies", json!([{"name": "B"}])).await.json()["_embedded"]["companies"][0]
        ["id"]
        .clone();
    client.post(&format!("companies/{company}/notes"), text).await;
    assert_keys(&only(&client), "companies_note");

    subscribe(&client, &["add_task", "update_task", "delete_task"]).await;
    let task =
        json!([{"text": "Ligar", "complete_till": 1_790_110_740, "entity_id": lead, "entity_type": "leads"}]);
    let id = client.post("tasks", task).await.json()["_embedded"]["tasks"][0]["id"].clone();
    let body = only(&client);
    assert_keys(&body, "task_add");
    assert!(
        pairs(&body)
            .iter()
            .any(|(key, value)| key == "task[add][0][complete_till]" && value == "2026-09-22 20:59:00")
    );
    let patch = async |body: Value| {
        client.patch(&format!("tasks/{id}"), body).await;
        only(&client)
    };
    assert_keys(&patch(json!({"text": "Ligar às 10"})).await, "task_update_text");
    let other = client.json("users").await["_embedded"]["users"][3]["id"].clone();
    assert_keys(&patch(json!({"responsible_user_id": other})).await, "task_responsible");
    assert_keys(&patch(json!({"is_completed": true})).await, "task_update_completed");
    assert_keys(&patch(json!({"result": {"text": "Vai assinar"}})).await, "task_update_result");
}

#[tokio::test]
async fn a_strangers_message_fires_everything_that_was_recorded() {
    let client = Client::new(0);
    let all = ["add_unsorted", "add_lead", "add_contact", "add_talk", "add_message"];
    subscribe(&client, &all).await;
    client.sim.receive_message("+5511999990000", Some("Maria"), "Olá, quero um orçamento & prazo?").unwrap();
    let due = client.sim.take_due_deliveries();
    let find = |root: &str| {
        let found =
            due.iter().find(|delivery| pairs(&delivery.body).iter().any(|(key, _)| key.starts_with(root)));
        found.unwrap().body.clone()
    };
    assert_eq!(due.len(), all.len());
    assert_keys(&find("unsorted[add]"), "unsorted_add_chats");
    assert_keys(&find("leads[add]"), "leads_add_from_whatsapp_minimal");
    assert_keys(&find("talk[add]"), "talk_add");
    assert_keys(&find("message[add]"), "message_add_text");

    subscribe(&client, &["add_outgoing_message", "update_talk"]).await;
    let talk = client.json("talks").await["_embedded"]["talks"][0]["talk_id"].clone();
    client.post(&format!("talks/{talk}/send_message"), json!({"text": "Bom dia!"})).await;
    assert_keys(&only(&client), "outgoing_message_add");
    client.post(&format!("talks/{talk}/close"), json!({})).await;
    assert_keys(&only(&client), "talk_update_closed");

    client.sim.set_fault(Fault::always(FaultName::UnwrappedMessage));
    subscribe(&client, &["add_message"]).await;
    client.sim.receive_message("+5511999990000", None, "e o prazo?").unwrap();
    assert_keys(&only(&client), "unwrapped_add_doc2026");
}

#[tokio::test]
async fn accepting_and_declining_come_as_deletions() {
    let client = Client::new(0);
    subscribe(&client, &["delete_unsorted", "add_unsorted"]).await;
    let form = json!([{"source_uid": "s", "source_name": "Site", "metadata": {"form_id": "1", "form_name": "Site"}}]);
    for (action, name) in [("accept", "unsorted_delete_accept"), ("decline", "unsorted_delete_decline")] {
        let made = client.post("leads/unsorted/forms", form.clone()).await.json();
        assert_eq!(keys(&only(&client)).difference(&recorded("unsorted_add_forms")).count(), 0);
        let uid = made["_embedded"]["unsorted"][0]["uid"].as_str().unwrap().to_owned();
        let method = if action == "accept" { "POST" } else { "DELETE" };
        client.ask(method, &format!("/api/v4/leads/unsorted/{uid}/{action}"), None).await;
        assert_keys(&only(&client), name);
    }
}

#[tokio::test]
async fn the_digital_pipeline_tells_ids_only() {
    let client = Client::new(0);
    let pipeline = client.pipeline().await;
    let status = pipeline["_embedded"]["statuses"][3]["id"].clone();
    let hook = json!({"pipeline_id": pipeline["id"], "status_id": status, "destination": ADDRESS});
    client.ask("POST", "/_control/stage_hooks", Some(hook)).await;
    let id = client.new_lead(json!({})).await;
    client.patch(&format!("leads/{id}"), json!({"status_id": status})).await;
    assert_keys(&only(&client), "dp_status");
}

fn one(mut due: Vec<Delivery>) -> Delivery {
    assert_eq!(due.len(), 1);
    due.remove(0)
}

#[tokio::test]
async fn a_bad_answer_is_tried_again_after_5_15_15_and_60_minutes() {
    let client = Client::new(0);
    subscribe(&client, &["add_lead"]).await;
    client.new_lead(json!({})).await;
    for wait_min in [5, 15, 15, 60] {
        let delivery = one(client.sim.take_due_deliveries());
        client.sim.settle_delivery(delivery, Some(503));
        client.sim.advance(wait_min * 60 - 1);
        assert!(client.sim.take_due_deliveries().is_empty());
        client.sim.advance(1);
    }
    let last = one(client.sim.take_due_deliveries());
    client.sim.settle_delivery(last, Some(503));
    client.sim.advance(7 * 86_400);
    assert!(client.sim.take_due_deliveries().is_empty());
}

#[tokio::test]
async fn silence_and_refusals_are_tried_again_only_twice() {
    for status in [None, Some(404)] {
        let client = Client::new(0);
        subscribe(&client, &["add_lead"]).await;
        client.new_lead(json!({})).await;
        for wait_min in [5, 15, 15] {
            for delivery in client.sim.take_due_deliveries() {
                client.sim.settle_delivery(delivery, status);
            }
            client.sim.advance(wait_min * 60);
        }
        assert!(client.sim.take_due_deliveries().is_empty());
        assert_eq!(client.sim.stats().deliveries_failed, 3);
    }
}

#[tokio::test]
async fn more_than_a_hundred_bad_answers_in_two_hours_disable_the_subscription() {
    let client = Client::new(0);
    subscribe(&client, &["add_lead"]).await;
    for _ in 0..101 {
        client.new_lead(json!({})).await;
    }
    let due = client.sim.take_due_deliveries();
    assert_eq!(due.len(), 101);
    for delivery in due {
        client.sim.settle_delivery(delivery, Some(500));
    }
    let hook = client.json("webhooks").await["_embedded"]["webhooks"][0].clone();
    assert_eq!(hook["disabled"], json!(true));
    client.new_lead(json!({})).await;
    assert!(client.sim.take_due_deliveries().is_empty());
    subscribe(&client, &["add_lead"]).await;
    assert_eq!(client.json("webhooks").await["_embedded"]["webhooks"][0]["disabled"], json!(false));
}

#[tokio::test]
async fn deliveries_can_be_doubled_reordered_and_refused_by_the_plan() {
    let client = Client::new(0);
    subscribe(&client, &["add_lead"]).await;
    client.sim.set_fault(Fault::once(FaultName::DuplicateDelivery));
    client.new_lead(json!({})).await;
    let twice = client.sim.take_due_deliveries();
    assert_eq!((twice.len(), &twice[0]), (2, &twice[1]));
    client.sim.set_fault(Fault::once(FaultName::ReorderedDelivery));
    client.new_lead(json!({})).await;
    client.new_lead(json!({})).await;
    let turned = client.sim.take_due_deliveries();
    assert!(turned[0].id > turned[1].id);
    client.sim.set_fault(Fault::always(FaultName::HookDisabled));
    client.new_lead(json!({})).await;
    assert!(client.sim.take_due_deliveries().is_empty());
    assert_eq!(client.json("webhooks").await["_embedded"]["webhooks"][0]["disabled"], json!(true));
    client.sim.set_fault(Fault::always(FaultName::PlanWithoutWebhooks));
    assert_eq!(client.post("webhooks", json!({"destination": ADDRESS, "settings": []})).await.status, 402);
}

#[tokio::test]
async fn a_subscription_can_be_taken_back_and_is_then_unknown() {
    let client = Client::new(0);
    subscribe(&client, &["add_lead"]).await;
    let body = Some(json!({"destination": ADDRESS}));
    assert_eq!(client.ask("DELETE", "/api/v4/webhooks", body.clone()).await.status, 204);
    assert_eq!(client.ask("DELETE", "/api/v4/webhooks", body).await.status, 404);
    assert_eq!(client.get("webhooks").await.status, 204);
}

#[tokio::test]
async fn a_served_simulator_carries_the_bodies_to_their_address() {
    use axum::Router;
    use axum::routing::post;
    let (heard, mut bodies) = tokio::sync::mpsc::unbounded_channel::<String>();
    let receiver = Router::new().route(
        "/hook",
        post(move |body: String| {
            let heard = heard.clone();
            async move {
                heard.send(body).unwrap();
            }
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let receiver = tokio::spawn(async move { axum::serve(listener, receiver).await.unwrap() });
    let client = Client::new(0);
    let handle = client.sim.serve(tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap();
    assert_eq!(client.sim.credentials().base_url, format!("http://{}", handle.address()));
    let hook = json!({"destination": format!("http://{address}/hook"), "settings": ["add_lead"]});
    client.post("webhooks", hook).await;
    client.new_lead(json!({"name": "Ana"})).await;
    let body = bodies.recv().await.unwrap();
    assert!(body.contains("leads%5Badd%5D%5B0%5D%5Bname%5D=Ana"));
    handle.shutdown().await;
    receiver.abort();
}
