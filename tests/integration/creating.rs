//! New leads.

use cadencia_contract::{ChangesPromised, LeadList, MappingView, OutboxList, StageViewKind};
use cadencia_tests::{TestApp, wait_for};
use serde_json::{Value, json};
use std::ops::ControlFlow;

/// Creates a lead of this name in the first ordinary stage, and gives the row of the table once Kommo has it.
fn create(app: &TestApp, name: &str, responsible: Option<i64>) -> cadencia_contract::LeadRow {
    let mapping: MappingView = app.get("mapping_get", json!({}));
    let stages = mapping.pipelines.iter().flat_map(|pipeline| &pipeline.stages);
    let stage = stages.into_iter().find(|stage| stage.kind == StageViewKind::Ordinary).unwrap();
    let mut request = json!({
        "name": name,
        "price": 1500,
        "pipeline_id": stage.pipeline_id,
        "status_id": stage.status_id,
    });
    if let Some(user) = responsible {
        request["responsible_id"] = Value::from(user);
    }
    let promised: ChangesPromised = app.get("lead_create", request);
    assert_eq!(promised.changes, 1);
    wait_for("the lead to be in Kommo", || {
        let list: OutboxList = app.get("outbox_list", json!({}));
        match list.summary.open {
            0 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(format!("{:?}", list.rows)),
        }
    });
    app.poll();
    let list: LeadList = app.get("lead_list", json!({"search": name}));
    let [row] = list.rows.try_into().expect("it is there once");
    row
}

#[test]
fn a_lead_with_nobody_named_is_given_to_whoever_signed_in() {
    let app = TestApp::start();
    app.connect_and_import();
    let mapping: MappingView = app.get("mapping_get", json!({}));
    let me = mapping.current_user_id.expect("Kommo tells who signed in");
    let other = mapping.users.iter().find(|user| user.is_active && user.kommo_id != me).unwrap().kommo_id;
    assert_eq!(create(&app, "Telhado sem dono", None).responsible_id, Some(me));
    assert_eq!(create(&app, "Telhado de outra pessoa", Some(other.0)).responsible_id, Some(other));
    app.assert_mirror_equals_simulator();
}
