//! Writing leads: fields by type, stages, tags, links, complex creation, incoming leads.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::{Client, NOW_S, stage};

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_empty_object_makes_a_lead_in_the_first_ordinary_stage() {
    let client = Client::new(0);
    let seen = client.post("leads", json!([{}, {"name": "B", "request_id": "mine"}])).await;
    let made = seen.json()["_embedded"]["leads"].clone();
    assert_eq!((&made[0]["request_id"], &made[1]["request_id"]), (&json!("0"), &json!("mine")));
    let lead = client.lead(made[0]["id"].as_u64().unwrap()).await;
    assert_eq!(lead["status_id"].as_u64().unwrap(), stage(&client.pipeline().await, "Novo Lead"));
    assert_eq!(lead["custom_fields_values"], Value::Null);
    assert_eq!(lead["created_at"], json!(NOW_S));
    assert_eq!(types(&client.events_of(made[0]["id"].as_u64().unwrap()).await), ["lead_added"]);
}

#[tokio::test]
async fn one_bad_item_refuses_the_whole_batch() {
    let client = Client::new(0);
    let seen = client.post("leads", json!([{"name": "good"}, {"name": 5, "request_id": "x"}])).await;
    assert_eq!(seen.status, 400);
    let errors = seen.json()["validation-errors"].clone();
    assert_eq!(errors[0]["request_id"], json!("x"));
    assert_eq!(errors[0]["errors"][0]["path"], json!("name"));
    assert_eq!(client.get("leads").await.status, 204);
}

#[tokio::test]
async fn values_are_read_back_as_their_fields_type_says() {
    let client = Client::new(0);
    let id_of = async |name: &str| client.field(name).await["id"].clone();
    let source = client.field("Origem do Lead").await;
    let enum_id = source["enums"][2]["id"].clone();
    let body = json!({"custom_fields_values": [
        {"field_id": id_of("Valor Conta de Luz").await, "values": [{"value": 4200.0}]},
        {"field_id": id_of("Score de Qualificação").await, "values": [{"value": "81"}]},
        {"field_id": source["id"], "values": [{"enum_id": enum_id}]},
        {"field_id": id_of("Tipo de Solução").await, "values": [{"value": "Investimento"}]},
        {"field_id": id_of("Data/Hora Reunião").await, "values": [{"value": "2026-03-05T14:00:00-03:00"}]},
        {"field_id": id_of("Concorrente").await, "values": [{"value": "Solarix"}]},
    ]});
    let lead = client.lead(client.new_lead(body).await).await;
    let shown: Vec<(&str, &Value)> = lead["custom_fields_values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| (field["field_name"].as_str().unwrap(), &field["values"][0]["value"]))
        .collect();
    assert_eq!(
        shown,
        [
            ("Valor Conta de Luz", &json!("4200")),
            ("Score de Qualificação", &json!("81")),
            ("Origem do Lead", &json!("Indicação")),
            ("Tipo de Solução", &json!("Investimento")),
            ("Data/Hora Reunião", &json!(1_772_730_000)),
            ("Concorrente", &json!("Solarix")),
        ]
    );
    assert_eq!(lead["custom_fields_values"][2]["values"][0]["enum_id"], enum_id);
}

#[tokio::test]
async fn a_wrong_choice_is_refused_where_it_stands_and_null_clears_a_field() {
    let client = Client::new(0);
    let field = client.field("Tipo de Solução").await["id"].clone();
    let with = |values: Value| json!({"custom_fields_values": [{"field_id": field, "values": values}]});
    let path_of = async |values: Value| {
        let seen = client.post("leads", json!([with(values)])).await;
        assert_eq!(seen.status, 400);
        seen.json()["validation-errors"][0]["errors"][0]["path"].as_str().unwrap().to_owned()
    };
    assert_eq!(path_of(json!([{"value": "Vento"}])).await, "custom_fields_values.0.values.0.value");
    assert_eq!(path_of(json!([{"enum_id": 1}])).await, "custom_fields_values.0.values.0.enum_id");
    let id = client.new_lead(with(json!([{"value": "Investimento"}]))).await;
    client.patch(&format!("leads/{id}"), with(Value::Null)).await;
    assert_eq!(client.lead(id).await["custom_fields_values"], Value::Null);
    let events = client.events_of(id).await;
    let cleared = events.last().unwrap();
    assert_eq!(cleared["type"], json!(format!("custom_field_{field}_value_changed")));
    assert_eq!(cleared["value_after"], json!([]));
    assert_eq!(cleared["value_before"][0]["custom_field_value"]["text"], json!("Investimento"));
}

#[tokio::test]
async fn won_and_lost_close_a_lead_and_any_other_stage_opens_it_again() {
    let client = Client::new(0);
    let pipeline = client.pipeline().await;
    let reason = client.json("leads/loss_reasons").await["_embedded"]["loss_reasons"][1].clone();
    let id = client.new_lead(json!({"name": "A"})).await;
    client.sim.advance(60);
    client.patch(&format!("leads/{id}"), json!({"status_id": 143, "loss_reason_id": reason["id"]})).await;
    let lost = client.lead(id).await;
    assert_eq!((&lost["closed_at"], &lost["loss_reason_id"]), (&json!(NOW_S + 60), &reason["id"]));
    assert_eq!(lost["_embedded"]["loss_reason"][0]["name"], reason["name"]);
    client.patch("leads", json!([{"id": id, "status_id": stage(&pipeline, "Qualificado")}])).await;
    let open = client.lead(id).await;
    assert_eq!((&open["closed_at"], &open["loss_reason_id"]), (&Value::Null, &Value::Null));
    let second = client.json("leads/pipelines").await["_embedded"]["pipelines"][1].clone();
    let foreign = stage(&second, "Instalação");
    assert_eq!(client.patch(&format!("leads/{id}"), json!({"status_id": foreign})).await.status, 400);
    let both = json!({"status_id": foreign, "pipeline_id": second["id"]});
    assert_eq!(client.patch(&format!("leads/{id}"), both).await.status, 200);
    let events = client.events_of(id).await;
    assert_eq!(types(&events).iter().filter(|kind| **kind == "lead_status_changed").count(), 3);
    assert_eq!(
        events.last().unwrap()["value_after"],
        json!([{"lead_status": {"id": foreign, "pipeline_id": second["id"]}}])
    );
}

#[tokio::test]
async fn a_user_who_left_cannot_be_made_responsible() {
    let client = Client::new(0);
    let users = client.json("users").await["_embedded"]["users"].clone();
    let gone =
        users.as_array().unwrap().iter().find(|user| user["rights"]["is_active"] == false).unwrap()["id"]
            .clone();
    for user in [gone, json!(1)] {
        let seen = client.post("leads", json!([{"responsible_user_id": user}])).await;
        assert_eq!(seen.json()["validation-errors"][0]["errors"][0]["path"], json!("responsible_user_id"));
    }
}

#[tokio::test]
async fn every_change_has_its_event_and_moves_the_update_time() {
    let client = Client::new(0);
    let id = client.new_lead(json!({"name": "A", "price": 10})).await;
    let seller = client.json("users").await["_embedded"]["users"][2]["id"].clone();
    client.sim.advance(5);
    let change =
        json!({"name": "B", "price": 20, "responsible_user_id": seller, "tags_to_add": [{"name": "Novo"}]});
    let seen = client.patch(&format!("leads/{id}"), change).await;
    assert_eq!(seen.json()["updated_at"], json!(NOW_S + 5));
    let events = client.events_of(id).await;
    let mut kinds = types(&events);
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        [
            "entity_responsible_changed",
            "entity_tag_added",
            "lead_added",
            "name_field_changed",
            "sale_field_changed"
        ]
    );
    let sale = events.iter().find(|event| event["type"] == "sale_field_changed").unwrap();
    assert_eq!(sale["value_before"], json!([{"sale_field_value": {"sale": 10}}]));
    assert_eq!(sale["value_after"], json!([{"sale_field_value": {"sale": 20}}]));
    assert!(sale["id"].is_string());
}

fn names(lead: &Value) -> Vec<&str> {
    lead["_embedded"]["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn embedded_tags_replace_the_set_and_silence_the_deltas() {
    let client = Client::new(0);
    let id = client.new_lead(json!({"_embedded": {"tags": [{"name": "a"}, {"name": "b"}]}})).await;
    let patch = async |body: Value| {
        assert_eq!(client.patch(&format!("leads/{id}"), body).await.status, 200);
        client.lead(id).await
    };
    let lead = patch(
        json!({"tags_to_add": [{"name": "c"}], "tags_to_delete": [{"name": "a"}, {"name": "unknown"}]}),
    )
    .await;
    assert_eq!(names(&lead), ["b", "c"]);
    let lead = patch(json!({"_embedded": {"tags": [{"name": "d"}]}, "tags_to_add": [{"name": "e"}]})).await;
    assert_eq!(names(&lead), ["d"]);
    let lead = patch(json!({"name": "untouched"})).await;
    assert_eq!(names(&lead), ["d"]);
    let lead = patch(json!({"_embedded": {"tags": null}})).await;
    assert!(names(&lead).is_empty());
    assert_eq!(client.patch(&format!("leads/{id}"), json!({"tags_to_add": [{"id": 1}]})).await.status, 400);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn deltas_of_tags_behave_like_sets(steps in prop::collection::vec((0_usize..6, any::<bool>()), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let client = Client::new(0);
            let id = client.new_lead(json!({})).await;
            let mut model = std::collections::BTreeSet::new();
            for (tag, is_added) in steps {
                let name = format!("t{tag}");
                let key = if is_added { "tags_to_add" } else { "tags_to_delete" };
                client.patch(&format!("leads/{id}"), json!({key: [{"name": name}]})).await;
                if is_added { model.insert(name); } else { model.remove(&name); }
                let lead = client.lead(id).await;
                let mut seen = names(&lead);
                seen.sort_unstable();
                assert_eq!(seen, model.iter().map(String::as_str).collect::<Vec<_>>());
            }
        });
    }
}

#[tokio::test]
async fn a_complex_lead_answers_with_a_bare_array_and_joins_a_known_person() {
    let client = Client::new(0);
    let wish = |phone: &str| {
        json!([{"name": "Do site", "request_id": "a1", "_embedded": {"contacts": [{"first_name": "Maria", "last_name": "Silva",
            "custom_fields_values": [{"field_code": "PHONE", "values": [{"value": phone, "enum_code": "WORK"}]}]}],
            "companies": [{"name": "Maria ME"}]}}])
    };
    let first = client.post("leads/complex", wish("+5511987654321")).await.json()[0].clone();
    assert_eq!((&first["request_id"], &first["merged"]), (&json!(["a1"]), &json!(false)));
    let lead = client.lead(first["id"].as_u64().unwrap()).await;
    assert_eq!(lead["_embedded"]["contacts"][0]["id"], first["contact_id"]);
    assert_eq!(lead["_embedded"]["companies"][0]["id"], first["company_id"]);
    let again = client.post("leads/complex", wish("11 98765-4321")).await.json()[0].clone();
    assert_eq!((&again["id"], &again["merged"]), (&first["id"], &json!(true)));
    let other = client.post("leads/complex", wish("21 98765-0000")).await.json()[0].clone();
    assert_eq!(other["merged"], json!(false));
    let many: Vec<Value> = (0..51).map(|_| json!({})).collect();
    assert_eq!(client.post("leads/complex", Value::Array(many)).await.status, 422);
}

#[tokio::test]
async fn a_form_request_waits_until_it_is_accepted_or_declined() {
    let client = Client::new(0);
    let form = |uid: &str| {
        json!([{"source_uid": uid, "source_name": "Site", "metadata": {"form_id": "f", "form_name": "Site", "form_page": "p",
            "form_sent_at": NOW_S, "ip": "203.0.113.7"}, "_embedded": {"leads": [{"name": "Pedido"}],
            "contacts": [{"name": "João"}]}}])
    };
    let seen = client.post("leads/unsorted/forms", form("s1")).await.json();
    let item = seen["_embedded"]["unsorted"][0].clone();
    assert_eq!(seen["_total_items"], json!(1));
    let lead_id = item["_embedded"]["leads"][0]["id"].as_u64().unwrap();
    let contact = item["_embedded"]["contacts"][0]["id"].clone();
    assert_eq!(client.json(&format!("contacts/{contact}")).await["is_unsorted"], json!(true));
    let incoming = client.pipeline().await["_embedded"]["statuses"][0].clone();
    assert_eq!(incoming["type"], json!(1));
    assert_eq!(client.lead(lead_id).await["status_id"], incoming["id"]);
    let uid = item["uid"].as_str().unwrap();
    assert_eq!(client.post(&format!("leads/unsorted/{uid}/accept"), json!({})).await.status, 200);
    let accepted = client.lead(lead_id).await;
    assert_eq!(accepted["status_id"].as_u64().unwrap(), stage(&client.pipeline().await, "Novo Lead"));
    assert_eq!(client.json(&format!("contacts/{contact}")).await["is_unsorted"], json!(false));
    assert_eq!(client.post(&format!("leads/unsorted/{uid}/accept"), json!({})).await.status, 404);

    let second =
        client.post("leads/unsorted/forms", form("s2")).await.json()["_embedded"]["unsorted"][0].clone();
    let uid = second["uid"].as_str().unwrap();
    let path = format!("/api/v4/leads/unsorted/{uid}/decline");
    assert_eq!(client.ask("DELETE", &path, None).await.status, 200);
    let declined = second["_embedded"]["leads"][0]["id"].clone();
    assert_eq!(client.get(&format!("leads/{declined}")).await.status, 204);
    let summary = client.json("leads/unsorted/summary").await;
    assert_eq!(
        (&summary["total"], &summary["accepted"], &summary["declined"]),
        (&json!(2), &json!(1), &json!(1))
    );
}

#[tokio::test]
async fn writing_to_an_incoming_lead_accepts_it() {
    let client = Client::new(80);
    let item = client.json("leads/unsorted").await["_embedded"]["unsorted"][0].clone();
    let lead = item["_embedded"]["leads"][0]["id"].as_u64().unwrap();
    client.patch(&format!("leads/{lead}"), json!({"price": 5})).await;
    assert_eq!(
        client.lead(lead).await["status_id"].as_u64().unwrap(),
        stage(&client.pipeline().await, "Novo Lead")
    );
    assert_eq!(
        client.get(&format!("leads/unsorted?filter[uid][]={}", item["uid"].as_str().unwrap())).await.status,
        204
    );
}

#[tokio::test]
async fn a_deleted_lead_is_only_in_the_list_of_deleted_ones() {
    let client = Client::new(20);
    let id = client.json("leads?limit=1").await["_embedded"]["leads"][0]["id"].as_u64().unwrap();
    assert!(client.sim.delete_card("leads", u32::try_from(id).unwrap()));
    assert_eq!(client.get(&format!("leads/{id}")).await.status, 204);
    let deleted = client.json("leads?with=only_deleted").await["_embedded"]["leads"].clone();
    assert_eq!((&deleted[0]["id"], &deleted[0]["is_deleted"]), (&json!(id), &json!(true)));
    let listed = client.json("leads?limit=250").await["_embedded"]["leads"].as_array().unwrap().len();
    assert_eq!(listed, 19);
    assert!(client.sim.restore_card("leads", u32::try_from(id).unwrap()));
    assert_eq!(types(&client.events_of(id).await).last(), Some(&"lead_restored"));
}
