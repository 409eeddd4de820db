//! Contacts, links, tasks, notes, definitions, conversations, bots.

use serde_json::{Value, json};

use crate::client::Client;

async fn new_contact(client: &Client, body: Value) -> u64 {
    client.post("contacts", json!([body])).await.json()["_embedded"]["contacts"][0]["id"].as_u64().unwrap()
}

#[tokio::test]
async fn a_contacts_full_name_follows_from_its_parts() {
    let client = Client::new(0);
    let id = new_contact(&client, json!({"first_name": "Ana", "last_name": "Lima"})).await;
    assert_eq!(client.json(&format!("contacts/{id}")).await["name"], json!("Ana Lima"));
    let seen = client.patch(&format!("contacts/{id}"), json!({"last_name": "Souza"})).await.json();
    assert_eq!((&seen["name"], &seen["is_unsorted"]), (&json!("Ana Souza"), &json!(false)));
}

#[tokio::test]
async fn a_sent_field_is_replaced_entirely() {
    let client = Client::new(0);
    let phones = |list: &[&str]| {
        let values: Vec<Value> =
            list.iter().map(|phone| json!({"value": phone, "enum_code": "WORK"})).collect();
        json!({"custom_fields_values": [{"field_code": "PHONE", "values": values}]})
    };
    let id = new_contact(&client, phones(&["111", "222"])).await;
    client
        .patch(
            "contacts",
            json!([{"id": id, "custom_fields_values": phones(&["333"])["custom_fields_values"]}]),
        )
        .await;
    let contact = client.json(&format!("contacts/{id}")).await;
    assert_eq!(contact["custom_fields_values"][0]["values"].as_array().unwrap().len(), 1);
    assert_eq!(contact["custom_fields_values"][0]["values"][0]["value"], json!("333"));
    assert_eq!(contact["custom_fields_values"][0]["values"][0]["enum_code"], json!("WORK"));
}

#[tokio::test]
async fn links_are_written_as_is_main_and_read_as_main_contact() {
    let client = Client::new(0);
    let lead = client.new_lead(json!({})).await;
    let (first, second) =
        (new_contact(&client, json!({"name": "A"})).await, new_contact(&client, json!({"name": "B"})).await);
    let link = |id: u64, is_main: bool| json!([{"to_entity_id": id, "to_entity_type": "contacts", "metadata": {"is_main": is_main}}]);
    client.post(&format!("leads/{lead}/link"), link(first, false)).await;
    let answer = client.post(&format!("leads/{lead}/link"), link(second, true)).await.json();
    assert_eq!(answer["_embedded"]["links"][0]["metadata"]["main_contact"], json!(true));
    let links = client.json(&format!("leads/{lead}/links")).await;
    assert_eq!(links["_total_items"], json!(2));
    let main: Vec<bool> = links["_embedded"]["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| link["metadata"]["main_contact"].as_bool().unwrap())
        .collect();
    assert_eq!(main, [false, true], "there is one main contact");
    let contact = client.json(&format!("contacts/{second}?with=leads")).await;
    assert_eq!(contact["_embedded"]["leads"][0]["id"], json!(lead));
    let unlink = json!([{"to_entity_id": second, "to_entity_type": "contacts"}]);
    assert_eq!(client.post(&format!("leads/{lead}/unlink"), unlink).await.status, 204);
    assert_eq!(client.lead(lead).await["_embedded"]["contacts"][0]["is_main"], json!(true));
    let kinds: Vec<Value> = client.events_of(lead).await.iter().map(|event| event["type"].clone()).collect();
    assert_eq!(
        kinds,
        [json!("lead_added"), json!("entity_linked"), json!("entity_linked"), json!("entity_unlinked")]
    );
}

#[tokio::test]
async fn a_task_is_completed_with_a_result_and_moves_the_leads_next_date() {
    let client = Client::new(0);
    let lead = client.new_lead(json!({})).await;
    assert_eq!(client.post("tasks", json!([{"text": "Ligar"}])).await.status, 400);
    let body = json!([{"text": "Ligar", "complete_till": 1_772_500_000, "entity_id": lead, "entity_type": "leads", "request_id": "r"}]);
    let made = client.post("tasks", body).await.json()["_embedded"]["tasks"][0].clone();
    assert_eq!(made["request_id"], json!("r"));
    assert_eq!(client.lead(lead).await["closest_task_at"], json!(1_772_500_000));
    let id = made["id"].as_u64().unwrap();
    assert_eq!(
        client.json(&format!("tasks/{id}")).await["result"],
        json!([]),
        "an empty object leaks as an array"
    );
    client.patch(&format!("tasks/{id}"), json!({"is_completed": true, "result": {"text": "Feito"}})).await;
    let task = client.json(&format!("tasks/{id}")).await;
    assert_eq!((&task["is_completed"], &task["result"]), (&json!(true), &json!({"text": "Feito"})));
    assert_eq!(client.lead(lead).await["closest_task_at"], Value::Null);
    let found = client
        .json(&format!("tasks?filter[entity_type]=leads&filter[entity_id][]={lead}&filter[is_completed]=1"))
        .await;
    assert_eq!(found["_embedded"]["tasks"].as_array().unwrap().len(), 1);
    assert_eq!(client.get(&format!("tasks?filter[entity_id][]={lead}")).await.status, 400);
    let events = client.json("events?filter[type]=task_added,task_completed").await;
    assert_eq!(events["_embedded"]["events"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn notes_belong_to_their_card_and_cannot_lack_their_text() {
    let client = Client::new(0);
    let lead = client.new_lead(json!({})).await;
    let bad = json!([{"note_type": "common", "params": {}}]);
    assert_eq!(client.post(&format!("leads/{lead}/notes"), bad).await.status, 400);
    let good = json!([{"entity_id": lead, "note_type": "common", "params": {"text": "Quer & precisa"}}]);
    let made = client.post("leads/notes", good).await.json()["_embedded"]["notes"][0].clone();
    let notes = client.json(&format!("leads/{lead}/notes")).await;
    assert_eq!(notes["_embedded"]["notes"][0]["params"]["text"], json!("Quer & precisa"));
    let path = format!("leads/notes/{}", made["id"]);
    client.patch(&path, json!({"params": {"text": "Mudou"}})).await;
    assert_eq!(client.json(&path).await["params"]["text"], json!("Mudou"));
    assert_eq!(client.get("contacts/notes").await.status, 204);
}

#[tokio::test]
async fn a_field_is_created_with_its_options_and_can_be_used_at_once() {
    let client = Client::new(0);
    let body =
        json!([{"name": "Distribuidora", "type": "select", "enums": [{"value": "CPFL"}, {"value": "Enel"}]}]);
    let seen = client.post("leads/custom_fields", body).await;
    assert_eq!(seen.status, 201);
    let field = seen.json()["_embedded"]["custom_fields"][0].clone();
    assert_eq!(field["enums"][1]["value"], json!("Enel"));
    let value = json!({"custom_fields_values": [{"field_id": field["id"], "values": [{"value": "Enel"}]}]});
    let lead = client.lead(client.new_lead(value).await).await;
    assert_eq!(lead["custom_fields_values"][0]["values"][0]["enum_id"], field["enums"][1]["id"]);
    assert_eq!(client.post("leads/custom_fields", json!([{"name": "X", "type": "magic"}])).await.status, 400);
}

#[tokio::test]
async fn a_stage_is_added_before_won_and_lost_and_numbered_by_the_server() {
    let client = Client::new(0);
    let pipeline = client.pipeline().await["id"].clone();
    let body = json!([{"name": "Contrato", "sort": 9_999, "color": "#fffeb2"}]);
    let made = client.post(&format!("leads/pipelines/{pipeline}/statuses"), body).await.json();
    assert_eq!(made["_embedded"]["statuses"][0]["name"], json!("Contrato"));
    let statuses = client.pipeline().await["_embedded"]["statuses"].as_array().unwrap().clone();
    let ids: Vec<u64> = statuses.iter().rev().take(3).map(|status| status["id"].as_u64().unwrap()).collect();
    assert_eq!(ids[..2], [143, 142]);
    assert_eq!(statuses[statuses.len() - 3]["name"], json!("Contrato"));
    assert_eq!(statuses[statuses.len() - 3]["sort"], json!((statuses.len() - 2) * 10));
}

#[tokio::test]
async fn tags_are_made_once_by_name() {
    let client = Client::new(0);
    let make = || client.post("leads/tags", json!([{"name": "Cliente VIP", "color": "FF8F92"}]));
    let first = make().await.json()["_embedded"]["tags"][0].clone();
    assert_eq!(make().await.json()["_embedded"]["tags"][0]["id"], first["id"]);
    let found = client.json("leads/tags?query=vip").await;
    assert_eq!(found["_embedded"]["tags"][0]["color"], json!("FF8F92"));
    assert_eq!(client.get("leads/tags?filter[name]=vip").await.status, 204);
}

#[tokio::test]
async fn a_bot_speaks_the_leads_field_into_its_talk() {
    let client = Client::new(0);
    client.sim.receive_message("+5511987654321", Some("Rita"), "Olá").unwrap();
    let talk = client.json("talks").await["_embedded"]["talks"][0].clone();
    let lead = talk["entity_id"].as_u64().unwrap();
    let field = client.field("Texto do Follow-up").await["id"].clone();
    let value = json!({"custom_fields_values": [{"field_id": field, "values": [{"value": "Oi, Rita!"}]}]});
    client.patch(&format!("leads/{lead}"), value).await;
    let bot = client.json("bots").await["_embedded"]["items"][0]["id"].clone();
    let run = json!([{"bot_id": bot, "entity_id": lead, "entity_type": 2}]);
    let seen = client.ask("POST", "/api/v2/salesbot/run", Some(run)).await;
    assert_eq!((seen.status.as_u16(), &seen.json()["success"]), (202, &json!(true)));
    let path = format!("talks/{}/messages", talk["talk_id"]);
    let messages = client.json(&path).await["_embedded"]["messages"].clone();
    assert_eq!((&messages[0]["text"], &messages[0]["author"]["type"]), (&json!("Oi, Rita!"), &json!("bot")));
    assert_eq!(messages[1]["type"], json!("incoming"));
    assert_eq!(client.sim.stats().messages_sent, 1);
    let run = json!({"entity_id": lead, "entity_type": "leads"});
    assert_eq!(client.post(&format!("bots/{bot}/run"), run).await.status, 202);
}

#[tokio::test]
async fn a_call_finds_its_lead_by_the_last_ten_digits() {
    let client = Client::new(0);
    client.sim.receive_message("+5511987654321", Some("Rita"), "Olá").unwrap();
    let call = |phone: &str| json!([{"direction": "inbound", "phone": phone, "duration": 60, "source": "app", "uniq": "1"}]);
    let found = client.post("calls", call("5511987654321")).await.json();
    assert_eq!(found["_embedded"]["calls"][0]["entity_type"], json!("lead"));
    let lost = client.post("calls", call("5521900000000")).await.json();
    assert_eq!((&lost["_total_items"], lost["errors"].as_array().unwrap().len()), (&json!(0), 1));
}

#[tokio::test]
async fn a_stage_that_goes_leaves_its_leads_to_the_first_one_and_a_field_takes_its_values() {
    let client = Client::new(0);
    let pipeline = client.pipeline().await;
    let (id, status) = (pipeline["id"].clone(), pipeline["_embedded"]["statuses"][3]["id"].clone());
    let field = client.field("Concorrente").await["id"].clone();
    let values = json!([{"field_id": field, "values": [{"value": "Solarix"}]}]);
    let lead = client.new_lead(json!({"status_id": status, "custom_fields_values": values})).await;
    let delete = async |path: String| client.ask("DELETE", &path, None).await.status.as_u16();
    assert_eq!(delete(format!("/api/v4/leads/pipelines/{id}/statuses/{status}")).await, 204);
    assert_eq!(client.lead(lead).await["status_id"], pipeline["_embedded"]["statuses"][1]["id"]);
    assert_eq!(delete(format!("/api/v4/leads/pipelines/{id}/statuses/142")).await, 400);
    assert_eq!(delete(format!("/api/v4/leads/pipelines/{id}")).await, 400);
    assert_eq!(delete(format!("/api/v4/leads/custom_fields/{field}")).await, 204);
    assert_eq!(client.lead(lead).await["custom_fields_values"], Value::Null);
}
