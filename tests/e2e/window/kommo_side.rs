//! What somebody else sees and does in the simulated Kommo, through its own doors.

use std::ops::ControlFlow;

use bytes::Bytes;
use cadencia_tests::wait_for;
use kommo::{HttpConfig, HttpTransport, Transport as _};
use serde_json::{Value, json};

use super::programs::Kommo;

/// Somebody in Kommo.
pub(crate) struct Somebody<'a> {
    kommo: &'a Kommo,
    http: HttpTransport,
}

/// A stage by its numbers and its name.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) pipeline: i64,
    pub(crate) id: i64,
    pub(crate) name: String,
}

impl<'a> Somebody<'a> {
    pub(crate) fn new(kommo: &'a Kommo) -> Self {
        // Plain HTTP, yet the client wants to know how it would encrypt. Another test may have told it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { kommo, http: HttpTransport::new(HttpConfig::default()).expect("a client for loopback") }
    }

    /// Parts of the account as they are now.
    pub(crate) async fn state(&self, parts: &str) -> Value {
        let url = format!("{}/state?parts={parts}", self.kommo.told("control_url"));
        let request = http::Request::get(url).body(Bytes::new()).expect("an address makes a request");
        let answer = self.http.send(request).await.expect("the simulator answers");
        serde_json::from_slice(answer.body()).expect("its state is JSON")
    }

    /// Moves a lead.
    pub(crate) async fn moves(&self, lead: i64, stage: &Stage) {
        let url = format!("{}/api/v4/leads/{lead}", self.kommo.told("base_url"));
        let body = json!({"pipeline_id": stage.pipeline, "status_id": stage.id});
        let request = http::Request::patch(url)
            .header("authorization", format!("Bearer {}", self.kommo.told("long_lived_token")))
            .header("content-type", "application/json")
            .body(Bytes::from(body.to_string()))
            .expect("an address makes a request");
        let answer = self.http.send(request).await.expect("the simulator answers");
        assert_eq!(answer.status(), 200);
    }

    /// A lead at work whose name no other lead has, and the stages it can be moved to: neither the one for incoming
    /// leads, which comes first, nor the one where it stands, nor the ends.
    pub(crate) async fn lead_that_can_move(&self) -> (i64, String, Vec<Stage>) {
        let state = self.state("leads,pipelines").await;
        let leads = state["leads"].as_array().expect("leads are listed");
        let name = |lead: &Value| lead["name"].as_str().unwrap_or_default().to_owned();
        for lead in leads.iter().filter(|lead| lead["is_deleted"] != true) {
            let is_only = leads.iter().filter(|other| name(other).contains(&name(lead))).count() == 1;
            let stages = working_stages(&state, lead["pipeline_id"].as_i64().unwrap_or(0));
            let stands = lead["status_id"].as_i64().unwrap_or(0);
            let others: Vec<Stage> = stages.iter().filter(|stage| stage.id != stands).cloned().collect();
            if is_only && !name(lead).trim().is_empty() && others.len() >= 2 && others.len() < stages.len() {
                return (lead["id"].as_i64().expect("a lead has a number"), name(lead), others);
            }
        }
        panic!("the seed gives no such lead");
    }

    /// Waits until a lead stands in this stage.
    pub(crate) fn wait_until_moved(&self, runtime: &tokio::runtime::Handle, lead: i64, stage: &Stage) {
        wait_for("the lead to be moved in Kommo", || {
            let state = tokio::task::block_in_place(|| runtime.block_on(self.state("leads")));
            let found = state["leads"].as_array().into_iter().flatten().find(|one| one["id"] == lead);
            match found {
                Some(found) if found["status_id"] == stage.id => ControlFlow::Break(()),
                found => ControlFlow::Continue(format!("{:?}", found.map(|lead| &lead["status_id"]))),
            }
        });
    }
}

fn working_stages(state: &Value, pipeline: i64) -> Vec<Stage> {
    let pipelines = state["pipelines"].as_array().into_iter().flatten();
    let statuses = pipelines.filter(|one| one["id"] == pipeline).flat_map(|one| one["statuses"].as_array());
    let stages = statuses.flatten().skip(1).filter_map(|status| {
        let id = status["id"].as_i64().filter(|id| ![142, 143].contains(id))?;
        Some(Stage { pipeline, id, name: status["name"].as_str()?.to_owned() })
    });
    stages.collect()
}
