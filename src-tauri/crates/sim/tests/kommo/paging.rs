//! Lists: pages, orders, filters, and what an empty one is.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::client::{Client, NOW_S};

async fn all(client: &Client, path: &str, key: &str) -> Vec<Value> {
    let mut items = Vec::new();
    for page in 1.. {
        let seen = client.get(&format!("{path}&page={page}")).await;
        if seen.status == 204 {
            break;
        }
        let body = seen.json();
        items.extend(body["_embedded"][key].as_array().unwrap().iter().cloned());
        if body["_links"].get("next").is_none() {
            break;
        }
    }
    items
}

#[tokio::test]
async fn paging_by_id_shows_every_lead_once_and_in_order() {
    let client = Client::new(320);
    let ids: Vec<u64> = all(&client, "leads?limit=50&order[id]=asc", "leads")
        .await
        .iter()
        .map(|lead| lead["id"].as_u64().unwrap())
        .collect();
    let state = client.sim.state_snapshot();
    let known: Vec<u64> =
        state["leads"].as_array().unwrap().iter().map(|lead| lead["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, known);
}

#[tokio::test]
async fn a_full_last_page_still_names_a_next_one_which_is_empty() {
    let client = Client::new(0);
    for _ in 0..4 {
        client.new_lead(json!({})).await;
    }
    let body = client.json("leads?limit=2&page=2").await;
    assert!(body["_links"]["next"]["href"].as_str().unwrap().contains("page=3"));
    assert_eq!(body["_page"], json!(2));
    assert!(body.get("_total_items").is_none());
    assert_eq!(client.get("leads?limit=2&page=3").await.status, 204);
    let body = client.json("leads?limit=3&page=2").await;
    assert!(body["_links"].get("next").is_none());
}

#[tokio::test]
async fn a_filter_by_update_finds_exactly_what_changed_since() {
    let client = Client::new(120);
    client.sim.advance(10);
    let ids: Vec<u64> = client.json("leads?limit=3&page=7").await["_embedded"]["leads"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lead| lead["id"].as_u64().unwrap())
        .collect();
    for id in &ids {
        client.patch(&format!("leads/{id}"), json!({"price": 77})).await;
    }
    let since = NOW_S + 1;
    for query in [
        format!("leads?limit=250&filter[updated_at][from]={since}"),
        format!("leads?limit=250&filter%5Bupdated_at%5D%5Bfrom%5D={since}&order%5Bupdated_at%5D=desc"),
    ] {
        let found = all(&client, &query, "leads").await;
        let found: BTreeSet<u64> = found.iter().map(|lead| lead["id"].as_u64().unwrap()).collect();
        assert_eq!(found, ids.iter().copied().collect(), "{query}");
    }
}

#[tokio::test]
async fn filters_combine_and_agree_with_the_state() {
    let client = Client::new(300);
    let state = client.sim.state_snapshot();
    let leads = state["leads"].as_array().unwrap();
    let pipeline = client.pipeline().await["id"].clone();
    let owner = leads[10]["responsible_user_id"].clone();
    let path = format!(
        "leads?limit=250&filter[statuses][0][pipeline_id]={pipeline}&filter[statuses][0][status_id]=143&filter[responsible_user_id][]={owner}"
    );
    let found = all(&client, &path, "leads").await;
    let wanted = leads
        .iter()
        .filter(|lead| {
            lead["status_id"] == 143
                && lead["pipeline_id"] == pipeline
                && lead["responsible_user_id"] == owner
        })
        .count();
    assert!(wanted > 0);
    assert_eq!(found.len(), wanted);
    let some = [&leads[3]["id"], &leads[200]["id"]];
    let path = format!("leads?filter[id][]={}&filter[id][]={}&filter[id][]=1", some[0], some[1]);
    assert_eq!(all(&client, &path, "leads").await.len(), 2);
    assert_eq!(
        all(&client, "leads?limit=250&filter[price][from]=1&filter[price][to]=20000", "leads").await.len(),
        leads.iter().filter(|lead| (1..=20_000).contains(&lead["price"].as_i64().unwrap())).count()
    );
}

#[tokio::test]
async fn a_search_finds_a_phone_however_it_is_written() {
    let client = Client::new(0);
    let contact = json!([{"name": "Maria", "custom_fields_values": [
        {"field_code": "PHONE", "values": [{"value": "(11) 98765-4321", "enum_code": "MOB"}]}]}]);
    assert_eq!(client.post("contacts", contact).await.status, 200);
    let found = client.json("contacts?query=987654321&with=leads").await;
    assert_eq!(found["_embedded"]["contacts"][0]["name"], json!("Maria"));
    assert_eq!(client.get("contacts?query=987650000").await.status, 204);
}

#[tokio::test]
async fn what_is_missing_is_204_where_kommo_answers_204() {
    let client = Client::new(3);
    for path in ["leads/1", "contacts/1", "companies/1", "tasks/1", "webhooks", "sources", "leads?page=900"] {
        let seen = client.get(path).await;
        assert_eq!((seen.status.as_u16(), seen.bytes.len()), (204, 0), "{path}");
    }
}

#[tokio::test]
async fn totals_stand_only_where_kommo_has_them() {
    let client = Client::new(40);
    for (path, has_total) in [
        ("users", true),
        ("leads/custom_fields", true),
        ("leads/pipelines", true),
        ("leads/loss_reasons", true),
        ("leads", false),
        ("contacts", false),
        ("tasks", false),
        ("events", false),
        ("leads/tags", false),
    ] {
        assert_eq!(client.json(path).await.get("_total_items").is_some(), has_total, "{path}");
    }
}

#[tokio::test]
async fn answers_carry_hal_a_request_id_and_the_simulated_date() {
    let client = Client::new(3);
    let seen = client.get("account").await;
    assert_eq!(seen.header("content-type"), "application/hal+json");
    assert!(!seen.header("x-request-id").is_empty());
    assert_eq!(seen.header("date"), "Mon, 02 Mar 2026 12:00:00 GMT");
}
