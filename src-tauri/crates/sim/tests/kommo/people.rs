//! Edits by people: reproducible, and visible through the API.

use std::collections::BTreeSet;

use crate::client::{Client, NOW_S};

#[tokio::test]
async fn the_same_edits_on_the_same_account_give_the_same_state() {
    let run = || {
        let client = Client::new(300);
        client.sim.advance(30);
        let summary = client.sim.people_edit(400, 11);
        (summary, client.sim.state_snapshot())
    };
    let (first, second) = (run(), run());
    assert_eq!(first.0["changes"], 400);
    assert_eq!(first, second);
    let kinds = first.0["by_kind"].as_object().unwrap().len();
    assert!(kinds > 15, "{kinds} kinds of edits happened");
}

#[tokio::test]
async fn every_edited_lead_is_found_by_its_update_time_or_by_its_deletion() {
    let client = Client::new(400);
    let before = client.sim.state_snapshot();
    client.sim.advance(100);
    client.sim.people_edit(300, 5);
    let after = client.sim.state_snapshot();
    let changed: BTreeSet<u64> = after["leads"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|lead| !before["leads"].as_array().unwrap().contains(lead) && lead["is_deleted"] == false)
        .map(|lead| lead["id"].as_u64().unwrap())
        .collect();
    let since = NOW_S + 1;
    let path = format!("leads?limit=250&filter[updated_at][from]={since}&order[updated_at]=asc");
    let found: BTreeSet<u64> = client.json(&path).await["_embedded"]["leads"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lead| lead["id"].as_u64().unwrap())
        .collect();
    assert_eq!(found, changed);
    let deleted: BTreeSet<u64> = after["leads"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|lead| lead["is_deleted"] == true)
        .map(|lead| lead["id"].as_u64().unwrap())
        .collect();
    let events = client
        .json(&format!("events?limit=250&filter[type]=lead_deleted&filter[created_at][from]={since}"))
        .await;
    let told: BTreeSet<u64> = events["_embedded"]["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["entity_id"].as_u64().unwrap())
        .collect();
    assert!(deleted.is_subset(&told));
}

#[tokio::test]
async fn reset_takes_everything_back() {
    let client = Client::new(50);
    let before = client.sim.state_snapshot();
    client.sim.people_edit(50, 1);
    assert_ne!(client.sim.state_snapshot(), before);
    client.sim.reset();
    assert_eq!(client.sim.state_snapshot(), before);
    assert_eq!(client.get("account").await.status, 200, "the long-lived token is the same");
    assert_eq!(client.sim.stats().requests, 1);
}
