//! The control interface: moves the clock, switches faults, counts, resets. No part of Kommo.

use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::routing::{get, post};
use http::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::exchange::{json_text, plain_json};
use crate::faults::{Fault, FaultName};
use crate::simulator::Simulator;
use crate::snapshot;
use crate::webhooks::StageHook;

/// Below this path lies the control interface.
pub(crate) const PREFIX: &str = "/_control";

pub(crate) fn router() -> Router<Simulator> {
    Router::new()
        .route("/stats", get(stats))
        .route("/state", get(state))
        .route("/clock", get(clock).post(advance))
        .route("/faults", get(faults).post(set_fault))
        .route("/reset", post(reset))
        .route("/authorization_code", post(authorization_code))
        .route("/credentials", get(credentials))
        .route("/people", post(people))
        .route("/messages", post(message))
        .route("/cards", post(card))
        .route("/stage_hooks", post(stage_hook))
        .route("/revoke", post(revoke))
        .route("/expire_access_tokens", post(expire))
}

async fn stats(State(sim): State<Simulator>) -> Response<Body> {
    match serde_json::to_value(sim.stats()) {
        Ok(stats) => plain_json(200, &stats),
        Err(error) => plain_json(500, &json!({"error": error.to_string()})),
    }
}

#[derive(Deserialize)]
struct StateWish {
    /// A comma list of parts; everything when absent.
    parts: Option<String>,
}

async fn state(State(sim): State<Simulator>, Query(wish): Query<StateWish>) -> Response<Body> {
    json_text(200, snapshot::written(&sim.world(), wish.parts.as_deref()))
}

async fn clock(State(sim): State<Simulator>) -> Response<Body> {
    plain_json(200, &json!({"now_ms": sim.now_ms()}))
}

#[derive(Deserialize)]
struct Advance {
    advance_s: i64,
}

async fn advance(State(sim): State<Simulator>, Json(wish): Json<Advance>) -> Response<Body> {
    if wish.advance_s < 0 {
        return plain_json(400, &json!({"error": "the clock only moves forward"}));
    }
    sim.advance(wish.advance_s);
    plain_json(200, &json!({"now_ms": sim.now_ms()}))
}

fn known_faults() -> Vec<&'static str> {
    FaultName::ALL.iter().map(|name| name.as_str()).collect()
}

async fn faults(State(sim): State<Simulator>) -> Response<Body> {
    plain_json(200, &json!({"on": sim.shared.faults.all(), "known": known_faults()}))
}

#[derive(Deserialize)]
struct FaultWish {
    name: String,
    on: bool,
    times: Option<u32>,
    #[serde(default)]
    after: u32,
    path: Option<String>,
    method: Option<String>,
    seconds: Option<u32>,
}

async fn set_fault(State(sim): State<Simulator>, Json(wish): Json<FaultWish>) -> Response<Body> {
    let name: FaultName = match wish.name.parse() {
        Ok(name) => name,
        Err(_) => {
            let error = format!("no fault is named {:?}", wish.name);
            return plain_json(400, &json!({"error": error, "known": known_faults()}));
        }
    };
    if !wish.on || wish.times == Some(0) {
        sim.clear_fault(name);
    } else {
        sim.set_fault(Fault {
            name,
            times: wish.times,
            after: wish.after,
            path: wish.path,
            method: wish.method.map(|method| method.to_uppercase()),
            seconds: wish.seconds,
        });
    }
    plain_json(200, &json!({"on": sim.shared.faults.all()}))
}

async fn reset(State(sim): State<Simulator>) -> Response<Body> {
    sim.reset();
    plain_json(200, &json!({"reset": true}))
}

async fn authorization_code(State(sim): State<Simulator>) -> Response<Body> {
    plain_json(200, &json!({"authorization_code": sim.issue_code()}))
}

async fn credentials(State(sim): State<Simulator>) -> Response<Body> {
    match serde_json::to_value(sim.credentials()) {
        Ok(credentials) => plain_json(200, &credentials),
        Err(error) => plain_json(500, &json!({"error": error.to_string()})),
    }
}

#[derive(Deserialize)]
struct Edits {
    changes: usize,
    #[serde(default)]
    seed: u64,
}

async fn people(State(sim): State<Simulator>, Json(wish): Json<Edits>) -> Response<Body> {
    let summary: Value = sim.people_edit(wish.changes, wish.seed);
    plain_json(200, &summary)
}

#[derive(Deserialize)]
struct CustomerMessage {
    /// A number in any format; an unknown one belongs to a new customer.
    phone: String,
    #[serde(default)]
    name: Option<String>,
    text: String,
}

async fn message(State(sim): State<Simulator>, Json(wish): Json<CustomerMessage>) -> Response<Body> {
    match sim.receive_message(&wish.phone, wish.name.as_deref(), &wish.text) {
        Some(talk) => plain_json(200, &json!({"talk_id": talk})),
        None => plain_json(400, &json!({"error": "there is no pipeline for incoming leads"})),
    }
}

#[derive(Deserialize)]
struct CardWish {
    /// `leads`, `contacts` or `companies`.
    entity_type: String,
    id: u32,
    /// `delete` or `restore`: what Kommo's API cannot do.
    action: String,
}

async fn card(State(sim): State<Simulator>, Json(wish): Json<CardWish>) -> Response<Body> {
    let is_done = match wish.action.as_str() {
        "delete" => sim.delete_card(&wish.entity_type, wish.id),
        "restore" => sim.restore_card(&wish.entity_type, wish.id),
        _ => return plain_json(400, &json!({"error": "action is delete or restore"})),
    };
    plain_json(if is_done { 200 } else { 404 }, &json!({"done": is_done}))
}

#[derive(Deserialize)]
struct StageHookWish {
    pipeline_id: u32,
    status_id: u32,
    destination: String,
}

async fn stage_hook(State(sim): State<Simulator>, Json(wish): Json<StageHookWish>) -> Response<Body> {
    sim.world().hooks.add_stage_hook(StageHook {
        pipeline_id: wish.pipeline_id,
        status_id: wish.status_id,
        destination: wish.destination,
    });
    plain_json(200, &json!({"added": true}))
}

async fn revoke(State(sim): State<Simulator>) -> Response<Body> {
    sim.revoke_access();
    plain_json(200, &json!({"revoked": true}))
}

async fn expire(State(sim): State<Simulator>) -> Response<Body> {
    sim.expire_access_tokens();
    plain_json(200, &json!({"expired": true}))
}
