//! Every recorded error body: the simulator answers the same one.

use axum::body::Body;
use cadencia_sim::{Fault, FaultName, SimConfig};
use http::Request;
use serde_json::{Value, json};

use crate::client::{Client, NOW_S, Seen, fixture};

fn assert_is(seen: &Seen, name: &str) {
    let wanted = fixture(&format!("errors/{name}.json"));
    assert_eq!(seen.json(), wanted, "{name}");
    assert_eq!(u64::from(seen.status.as_u16()), wanted["status"].as_u64().unwrap(), "{name}");
    assert_eq!(seen.header("content-type"), "application/problem+json", "{name}");
}

#[tokio::test]
async fn validation_errors_are_the_recorded_ones() {
    let client = Client::new(5);
    let unknown_field = json!([{"custom_fields_values": [{"field_id": 1, "values": [{"value": "x"}]}]}]);
    assert_is(&client.post("leads", unknown_field).await, "error_400_field_id");
    let incoming = client.pipeline().await["_embedded"]["statuses"][0]["id"].clone();
    assert_is(&client.post("leads", json!([{"status_id": incoming}])).await, "error_400_status_id");
    assert_is(&client.post("leads", json!([{"price": "many"}])).await, "error_400_type");
    let hook = json!({"destination": "not an address", "settings": ["add_lead"]});
    assert_is(&client.post("webhooks", hook).await, "error_400_webhook_url");
}

#[tokio::test]
async fn refusals_are_the_recorded_ones() {
    let mut client = Client::new(30);
    client.sim.set_fault(Fault::once(FaultName::Unpaid));
    assert_is(&client.get("leads").await, "error_402");
    assert_is(&client.get("leads/loss_reasons/1").await, "error_404_loss_reason");
    let many: Vec<Value> = (0..251).map(|_| json!({})).collect();
    assert_is(&client.post("leads", Value::Array(many)).await, "error_422_limit");
    client.token = "worthless".to_owned();
    assert_is(&client.get("leads").await, "error_401");
}

#[tokio::test]
async fn a_closed_talk_takes_no_message() {
    let client = Client::new(60);
    let talk = client.json("talks?filter[only_in_work]=1").await["_embedded"]["talks"][0]["talk_id"].clone();
    let send =
        async |talk: Value| client.post(&format!("talks/{talk}/send_message"), json!({"text": "Oi"})).await;
    assert_eq!(send(talk.clone()).await.status, 202);
    assert_eq!(client.post(&format!("talks/{talk}/close"), json!({})).await.status, 202);
    assert_is(&send(talk).await, "error_422_talk_closed");
}

#[tokio::test]
async fn too_many_requests_are_refused_as_documented_and_named_as_a_block_by_a_web_page() {
    let client = Client::of(SimConfig::manual(7, 5, NOW_S * 1000));
    for _ in 0..7 {
        assert_eq!(client.get("account").await.status, 200);
    }
    let refused = client.get("account").await;
    let mut wanted = fixture("errors/error_429.json");
    assert!(refused.json()["retry_after"].is_u64());
    wanted["retry_after"] = refused.json()["retry_after"].clone();
    assert_eq!(refused.json(), wanted);
    for _ in 0..19 {
        client.get("account").await;
    }
    let blocked = client.get("account").await;
    assert_eq!(blocked.status, 403);
    assert!(blocked.header("content-type").starts_with("text/html"));
    assert!(String::from_utf8_lossy(&blocked.bytes).contains("<h1>403 Forbidden</h1>"));
    client.sim.advance(299);
    assert_eq!(client.get("account").await.status, 403, "the token endpoint and every path stay blocked");
    client.sim.advance(2);
    assert_eq!(client.get("account").await.status, 200);
    assert_eq!(client.sim.stats().peak_per_second, 7);
}

#[tokio::test]
async fn an_unknown_path_and_a_wrong_method_say_so() {
    let client = Client::new(5);
    let seen = client.get("nothing/here").await;
    assert_eq!(seen.status, 404);
    assert!(seen.json()["detail"].as_str().unwrap().starts_with("Cannot GET https://"));
    assert_eq!(client.ask("DELETE", "/api/v4/leads", None).await.status, 405);
    assert_eq!(client.get("leads/abc").await.status, 404);
}

#[tokio::test]
async fn another_accounts_host_is_no_account_of_ours() {
    let client = Client::new(5);
    let request = Request::builder()
        .uri("/api/v4/account")
        .header("host", "someoneelse.kommo.com")
        .header("authorization", format!("Bearer {}", client.token))
        .body(Body::empty())
        .unwrap();
    assert_eq!(client.send(request).await.status, 404);
}
