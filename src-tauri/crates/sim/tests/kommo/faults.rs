//! Faults by name: what a client sees of each, and the control interface that switches them.

use cadencia_sim::{Fault, FaultName};
use serde_json::{Value, json};

use crate::client::Client;

#[tokio::test]
async fn each_transport_fault_strikes_once_and_is_gone() {
    let client = Client::new(20);
    let cases = [
        (FaultName::RateLimited, 429, "application/problem+json"),
        (FaultName::IpBlocked, 403, "text/html"),
        (FaultName::ServerError, 500, "application/problem+json"),
        (FaultName::HtmlInsteadOfJson, 200, "text/html"),
        (FaultName::EmptyList204, 204, ""),
        (FaultName::Unpaid, 402, "application/problem+json"),
        (FaultName::Unauthorized, 401, "application/problem+json"),
    ];
    for (name, status, content_type) in cases {
        client.sim.set_fault(Fault::once(name));
        let seen = client.get("leads").await;
        assert_eq!((seen.status.as_u16(), seen.header("content-type")), (status, content_type), "{name:?}");
        assert_eq!(client.get("leads").await.status, 200, "{name:?} is gone");
    }
}

#[tokio::test]
async fn a_write_that_times_out_has_happened() {
    let client = Client::new(0);
    client.sim.set_fault(Fault::once(FaultName::TimeoutAfterWrite));
    assert_eq!(client.post("leads", json!([{"name": "made anyway"}])).await.status, 504);
    let leads = client.json("leads").await;
    assert_eq!(leads["_embedded"]["leads"][0]["name"], json!("made anyway"));
}

#[tokio::test]
async fn a_truncated_body_is_no_json() {
    let client = Client::new(20);
    client.sim.set_fault(Fault::once(FaultName::TruncatedBody));
    let seen = client.get("leads").await;
    assert_eq!(seen.status, 200);
    assert!(serde_json::from_slice::<Value>(&seen.bytes).is_err());
}

#[tokio::test]
async fn a_repeated_page_shows_the_one_before_under_its_own_number() {
    let client = Client::new(30);
    let first = client.json("leads?limit=10&page=1").await;
    client.sim.set_fault(Fault::once(FaultName::PageRepeats));
    let second = client.json("leads?limit=10&page=2").await;
    assert_eq!(second["_embedded"], first["_embedded"]);
    assert_eq!(second["_page"], json!(2));
    assert!(second["_links"]["next"]["href"].as_str().unwrap().contains("page=3"));
}

#[tokio::test]
async fn an_ignored_filter_returns_the_full_list() {
    let client = Client::new(30);
    client.sim.set_fault(Fault::always(FaultName::FilterIgnored));
    let found = client.json("leads?limit=250&filter[id][]=1").await;
    assert_eq!(found["_embedded"]["leads"].as_array().unwrap().len(), 30);
}

#[tokio::test]
async fn a_skewed_clock_shows_in_the_date_header_only() {
    let client = Client::new(0);
    client.sim.set_fault(Fault::always(FaultName::ClockSkew));
    assert_eq!(client.get("account").await.header("date"), "Mon, 02 Mar 2026 15:00:00 GMT");
}

#[tokio::test]
async fn the_control_interface_switches_faults_and_knows_their_names() {
    let client = Client::new(5);
    let control =
        async |path: &str, body: Value| client.ask("POST", &format!("/_control/{path}"), Some(body)).await;
    let seen = control("faults", json!({"name": "earthquake", "on": true})).await;
    assert_eq!(seen.status, 400);
    assert_eq!(seen.json()["known"].as_array().unwrap().len(), FaultName::ALL.len());
    let wish = json!({"name": "server_error", "on": true, "times": 1, "path": "/api/v4/leads"});
    assert_eq!(control("faults", wish).await.status, 200);
    assert_eq!(client.get("account").await.status, 200);
    assert_eq!(client.get("leads").await.status, 500);
    assert_eq!(client.get("leads").await.status, 200);
    let stats = client.ask("GET", "/_control/stats", None).await.json();
    assert_eq!((&stats["requests"], &stats["by_status"]["500"]), (&json!(3), &json!(1)));
    assert_eq!(stats["requests_by_path"]["GET /api/v4/leads"], json!(2));
    let before = client.sim.now_ms();
    control("clock", json!({"advance_s": 90})).await;
    assert_eq!(client.sim.now_ms(), before + 90_000);
    assert_eq!(control("clock", json!({"advance_s": -1})).await.status, 400);
    assert_eq!(control("people", json!({"changes": 3, "seed": 2})).await.json()["changes"], json!(3));
    let state = client.ask("GET", "/_control/state?parts=users", None).await.json();
    assert_eq!(state.as_object().unwrap().keys().collect::<Vec<_>>(), ["users"]);
}
