//! A client that calls the simulator's router within the process.

use axum::body::Body;
use cadencia_sim::{SimConfig, Simulator};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// 2026-03-02 12:00:00 UTC, a Monday.
pub const NOW_S: i64 = 1_772_452_800;

pub struct Client {
    pub sim: Simulator,
    pub token: String,
}

pub struct Seen {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Client {
    /// An account of `leads` leads without a limit on requests and with a clock that stands still.
    pub fn new(leads: usize) -> Self {
        Self::of(SimConfig { rate_limit: false, ..SimConfig::manual(7, leads, NOW_S * 1000) })
    }

    pub fn of(config: SimConfig) -> Self {
        let sim = Simulator::new(config);
        let token = sim.credentials().long_lived_token;
        Self { sim, token }
    }

    pub async fn send(&self, request: Request<Body>) -> Seen {
        let response = self.sim.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Seen { status: parts.status, headers: parts.headers, bytes }
    }

    pub async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Seen {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
            .unwrap();
        self.send(request).await
    }

    pub async fn get(&self, path: &str) -> Seen {
        self.ask("GET", &format!("/api/v4/{path}"), None).await
    }

    /// A GET that must answer 200.
    pub async fn json(&self, path: &str) -> Value {
        let seen = self.get(path).await;
        assert_eq!(seen.status, 200, "{path}: {}", String::from_utf8_lossy(&seen.bytes));
        seen.json()
    }

    pub async fn post(&self, path: &str, body: Value) -> Seen {
        self.ask("POST", &format!("/api/v4/{path}"), Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Seen {
        self.ask("PATCH", &format!("/api/v4/{path}"), Some(body)).await
    }

    /// Creates one lead and says its id.
    pub async fn new_lead(&self, body: Value) -> u64 {
        let seen = self.post("leads", Value::Array(vec![body])).await;
        assert_eq!(seen.status, 200, "{}", String::from_utf8_lossy(&seen.bytes));
        seen.json()["_embedded"]["leads"][0]["id"].as_u64().unwrap()
    }

    pub async fn lead(&self, id: u64) -> Value {
        self.json(&format!("leads/{id}?with=contacts,loss_reason,source_id")).await
    }

    /// The field of leads with this name.
    pub async fn field(&self, name: &str) -> Value {
        let fields = self.json("leads/custom_fields?limit=250").await;
        let fields = fields["_embedded"]["custom_fields"].as_array().unwrap().clone();
        fields.into_iter().find(|field| field["name"] == name).unwrap()
    }

    /// The main pipeline.
    pub async fn pipeline(&self) -> Value {
        self.json("leads/pipelines").await["_embedded"]["pipelines"][0].clone()
    }

    /// The types of the events of one lead, oldest first.
    pub async fn events_of(&self, lead: u64) -> Vec<Value> {
        let path = format!("events?limit=250&filter[entity]=lead&filter[entity_id][]={lead}");
        let seen = self.get(&path).await;
        if seen.status == 204 {
            return Vec::new();
        }
        let mut events = seen.json()["_embedded"]["events"].as_array().unwrap().clone();
        events.reverse();
        events
    }
}

/// The stage of this name.
pub fn stage(pipeline: &Value, name: &str) -> u64 {
    let statuses = pipeline["_embedded"]["statuses"].as_array().unwrap();
    statuses.iter().find(|status| status["name"] == name).unwrap()["id"].as_u64().unwrap()
}

/// A recorded error body.
pub fn fixture(path: &str) -> Value {
    let path = format!("{}/../../../tests/fixtures/kommo/{path}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
