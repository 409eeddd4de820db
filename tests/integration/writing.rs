//! Writing: what is changed here is in Kommo once, and people there win.

use cadencia_contract::{
    BatchTakenBack, BulkPreview, ChangeAuthor, ChangesPromised, ConflictList, LeadDetail, LeadList,
    OutboxList, OutboxSummary, WriteState,
};
use cadencia_sim::{Fault, FaultName};
use cadencia_tests::{TestApp, wait_for};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

pub(crate) fn first_lead(app: &TestApp) -> (i64, LeadDetail) {
    let list: LeadList = app.get("lead_list", json!({"sort": {"column": "created", "descending": false}}));
    let id = list.rows[0].kommo_id.0;
    (id, lead(app, id))
}

pub(crate) fn lead(app: &TestApp, id: i64) -> LeadDetail {
    app.get("lead_get", json!({"lead_id": id.to_string()}))
}

pub(crate) fn edit(app: &TestApp, id: i64, change: &Value) -> ChangesPromised {
    app.get("lead_edit", json!({"lead_id": id.to_string(), "changes": [change]}))
}

pub(crate) fn rename(app: &TestApp, id: i64, text: &str) -> ChangesPromised {
    edit(app, id, &json!({"of": "name", "text": text}))
}

pub(crate) fn of_kommo(app: &TestApp, id: i64) -> Value {
    let state = app.sim.state_snapshot();
    let leads = state["leads"].as_array().unwrap();
    leads.iter().find(|lead| lead["id"] == id).cloned().unwrap_or(Value::Null)
}

/// Waits until nothing is on its way any more.
pub(crate) fn wait_until_sent(app: &TestApp) -> OutboxList {
    wait_for("everything to be sent", || {
        let list: OutboxList = app.get("outbox_list", json!({}));
        match list.summary.open {
            0 => ControlFlow::Break(list),
            _ => ControlFlow::Continue(format!("{:?}", list.rows)),
        }
    })
}

fn summary(app: &TestApp) -> OutboxSummary {
    app.get::<OutboxList>("outbox_list", json!({})).summary
}

#[test]
fn a_change_shows_at_once_and_is_in_kommo_soon() {
    let app = TestApp::start();
    app.connect_and_import();
    app.wire.hold_after(0);
    let (id, before) = first_lead(&app);
    assert_eq!(rename(&app, id, "Telhado do Mercado").changes, 1);
    let shown = lead(&app, id);
    assert_eq!(shown.row.name, "Telhado do Mercado");
    assert!(shown.row.is_pending);
    assert_eq!(shown.pending[0].subject, "name");
    assert_eq!(shown.pending[0].before.as_deref(), Some(before.row.name.as_str()));
    assert_eq!(shown.pending[0].after.as_deref(), Some("Telhado do Mercado"));
    assert_eq!(of_kommo(&app, id)["name"], before.row.name);
    app.wire.release();
    wait_until_sent(&app);
    assert_eq!(of_kommo(&app, id)["name"], "Telhado do Mercado");
    let shown = lead(&app, id);
    assert_eq!((shown.row.name.as_str(), shown.row.is_pending), ("Telhado do Mercado", false));
    app.assert_mirror_equals_simulator();
}

#[test]
fn every_kind_of_change_reaches_kommo_once() {
    let app = TestApp::start();
    app.connect_and_import();
    let (id, detail) = first_lead(&app);
    let mapping: Value = app.get("mapping_get", json!({}));
    let stages = mapping["pipelines"][0]["stages"].as_array().unwrap();
    let stage = stages
        .iter()
        .find(|stage| stage["kind"] == "ordinary" && stage["status_id"] != detail.row.status_id.0)
        .unwrap();
    let user = mapping["users"]
        .as_array()
        .unwrap()
        .iter()
        .find(|user| {
            user["is_active"] == true
                && Some(user["kommo_id"].as_i64().unwrap()) != detail.row.responsible_id.map(|id| id.0)
        })
        .unwrap();
    let changes = json!([
        {"of": "name", "text": "Casa nova"},
        {"of": "price", "amount": 4321},
        {"of": "stage", "pipeline_id": stage["pipeline_id"], "status_id": stage["status_id"]},
        {"of": "responsible", "user_id": user["kommo_id"]},
        {"of": "tag_add", "name": "vip novo"},
    ]);
    let promised: ChangesPromised =
        app.get("lead_edit", json!({"lead_id": id.to_string(), "changes": changes}));
    assert_eq!(promised.changes, 5);
    let _: ChangesPromised = app.get("note_add", json!({"lead_id": id.to_string(), "text": "Ligou agora"}));
    let due = cadencia_clock::Clock::now(&*app.clock).0 + 3_600_000;
    let task = json!({"lead_id": id.to_string(), "text": "Visita", "task_type_id": 1, "due_at_ms": due});
    let _: ChangesPromised = app.get("task_add", task);
    let sent = wait_until_sent(&app);
    assert_eq!(sent.summary.wedged, 0, "{:?}", sent.rows);
    let kommo = of_kommo(&app, id);
    assert_eq!(kommo["name"], "Casa nova");
    assert_eq!(kommo["price"], 4321);
    assert_eq!(kommo["status_id"], stage["status_id"]);
    assert_eq!(kommo["responsible_user_id"], user["kommo_id"]);
    let shown = lead(&app, id);
    assert!(shown.row.tags.iter().any(|tag| tag.name == "vip novo"));
    assert_eq!(shown.notes.iter().filter(|note| note.text == "Ligou agora").count(), 1);
    let task = shown.tasks.iter().find(|task| task.text == "Visita").unwrap();
    let _: ChangesPromised = app.get("task_complete", json!({"task_id": task.kommo_id, "result": "feito"}));
    wait_until_sent(&app);
    assert!(lead(&app, id).tasks.iter().any(|task| task.text == "Visita" && task.is_completed));
    app.poll();
    app.assert_mirror_equals_simulator();
}

#[test]
fn whoever_changed_the_same_value_in_kommo_wins_and_the_lost_one_can_be_brought_back() {
    let app = TestApp::start();
    app.connect_and_import();
    let (id, before) = first_lead(&app);
    app.wire.hold_after(0);
    rename(&app, id, "O meu nome");
    let theirs = json!({"name": "O nome deles"});
    let path = format!("/api/v4/leads/{id}");
    let status = app.handle().block_on(app.someone_writes(http::Method::PATCH, &path, &theirs));
    assert_eq!(status, 200);
    app.wire.release();
    wait_until_sent(&app);
    assert_eq!(of_kommo(&app, id)["name"], "O nome deles");
    let conflicts: ConflictList = app.get("conflict_list", json!({}));
    assert_eq!(conflicts.open, 1);
    let lost = &conflicts.rows[0];
    assert_eq!(lost.lost.as_deref(), Some("O meu nome"));
    assert_eq!(lost.kept.as_deref(), Some("O nome deles"));
    assert_eq!(lost.base.as_deref(), Some(before.row.name.as_str()));
    app.poll();
    let told: ConflictList = app.get("conflict_list", json!({}));
    assert!(matches!(told.rows[0].changed_by, ChangeAuthor::Person { .. }), "{:?}", told.rows);
    let after: ConflictList = app.get("conflict_undo", json!({"id": lost.id}));
    assert_eq!(after.open, 0);
    wait_until_sent(&app);
    assert_eq!(of_kommo(&app, id)["name"], "O meu nome");
    app.assert_mirror_equals_simulator();
}

#[test]
fn what_our_write_replaced_is_told_even_when_its_history_is_heard_of_days_later() {
    let app = TestApp::builder().simulated().start();
    app.connect();
    let engine = app.block_on(app.app().engine(None)).unwrap();
    app.block_on(async { engine.import().await }).unwrap();
    let (id, _) = first_lead(&app);
    rename(&app, id, "O meu nome");
    let path = format!("/api/v4/leads/{id}");
    let theirs = app.request_of_someone(http::Method::PATCH, &path, &json!({"name": "O nome deles"}));
    app.wire.before("PATCH", "/api/v4/leads", theirs);
    app.block_on(async { engine.send_once().await }).unwrap();
    assert_eq!(of_kommo(&app, id)["name"], "O meu nome");
    app.advance(Duration::from_secs(2 * 24 * 3_600));
    app.block_on(async { engine.poll_once().await }).unwrap();
    let conflicts: ConflictList = app.get("conflict_list", json!({}));
    let [told] = conflicts.rows.try_into().unwrap();
    assert_eq!((told.reason.as_str(), told.lost.as_deref()), ("overwritten", Some("O nome deles")));
}

#[test]
fn a_note_whose_answer_was_lost_is_there_once() {
    let app = TestApp::start();
    app.connect_and_import();
    let (id, _) = first_lead(&app);
    app.wire.lose_answers("/api/v4/leads/notes", 1);
    let _: ChangesPromised = app.get("note_add", json!({"lead_id": id.to_string(), "text": "uma vez"}));
    wait_for("the loss to be noticed", || match summary(&app) {
        one if app.log("change_put_off", 100).is_empty() => ControlFlow::Continue(format!("{one:?}")),
        _ => ControlFlow::Break(()),
    });
    app.advance(MINUTE * 2);
    wait_until_sent(&app);
    app.poll();
    let notes = lead(&app, id).notes;
    assert_eq!(notes.iter().filter(|note| note.text == "uma vez").count(), 1);
    app.assert_mirror_equals_simulator();
}

#[test]
fn what_was_promised_offline_is_sent_when_the_connection_is_back() {
    let mut app = TestApp::start();
    app.connect_and_import();
    let (id, _) = first_lead(&app);
    app.wire.cut(true);
    rename(&app, id, "Sem rede");
    assert_eq!(lead(&app, id).row.name, "Sem rede");
    app.crash_and_restart();
    assert_eq!(lead(&app, id).row.name, "Sem rede");
    app.wire.cut(false);
    app.advance(MINUTE * 2);
    wait_until_sent(&app);
    assert_eq!(of_kommo(&app, id)["name"], "Sem rede");
}

#[test]
fn what_kommo_refuses_waits_for_a_person_and_holds_up_nothing_else() {
    let app = TestApp::start();
    app.connect_and_import();
    let (id, before) = first_lead(&app);
    app.sim.delete_card("leads", u32::try_from(id).unwrap());
    rename(&app, id, "Tarde demais");
    let list = wait_until_sent(&app);
    assert_eq!(list.summary.wedged, 1);
    let row = &list.rows[0];
    assert_eq!((row.state, row.cause.as_deref()), (WriteState::Wedged, Some("gone")));
    app.sim.restore_card("leads", u32::try_from(id).unwrap());
    let _: OutboxSummary = app.get("outbox_retry", json!({"id": row.id}));
    wait_until_sent(&app);
    assert_eq!(of_kommo(&app, id)["name"], "Tarde demais");
    assert_ne!(before.row.name, "Tarde demais");
}

#[test]
fn many_leads_change_together_and_can_be_taken_back_in_time() {
    let app = TestApp::start();
    app.connect_and_import();
    let request = json!({
        "leads": {"by": "matching", "filters": {"is_open": true}},
        "change": {"of": "tag_add", "name": "mutirão"},
    });
    let preview: BulkPreview = app.get("lead_bulk_preview", &request);
    assert!(preview.changes > 5 && !preview.is_too_many);
    assert_eq!(preview.changes + preview.unchanged, preview.leads);
    let promised: ChangesPromised = app.get("lead_bulk_apply", &request);
    assert_eq!(promised.changes, preview.changes);
    assert!(promised.undo_until_ms.is_some());
    let back: BatchTakenBack = app.get("batch_take_back", json!({"batch_id": promised.batch_id}));
    assert_eq!((back.taken_back, back.too_late), (preview.changes, 0));
    let again: ChangesPromised = app.get("lead_bulk_apply", &request);
    app.advance(Duration::from_secs(11));
    let list = wait_until_sent(&app);
    assert_eq!(list.summary.wedged, 0);
    let late: BatchTakenBack = app.get("batch_take_back", json!({"batch_id": again.batch_id}));
    assert_eq!((late.taken_back, late.too_late), (0, again.changes));
    let preview: BulkPreview = app.get("lead_bulk_preview", &request);
    assert_eq!(preview.changes, 0);
    // Whoever is written to among the incoming leads is accepted by that, and their people with them.
    app.poll();
    app.assert_mirror_equals_simulator();
}

#[test]
fn the_preview_counts_the_incoming_leads_that_a_change_would_accept() {
    let app = TestApp::start();
    app.connect_and_import();
    let mapping: Value = app.get("mapping_get", json!({}));
    let incoming: Vec<Value> = mapping["pipelines"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|pipeline| pipeline["stages"].as_array().unwrap())
        .filter(|stage| stage["kind"] == "incoming")
        .map(|stage| json!({"pipeline_id": stage["pipeline_id"], "status_id": stage["status_id"]}))
        .collect();
    let waiting: LeadList = app.get("lead_list", json!({"filters": {"stages": incoming}}));
    assert!(waiting.total > 0);
    let change = json!({"of": "tag_add", "name": "mutirão"});
    let of_all = json!({"leads": {"by": "matching", "filters": {}}, "change": change});
    let preview: BulkPreview = app.get("lead_bulk_preview", of_all);
    assert_eq!(preview.accepts, waiting.total);
    assert!(preview.accepts < preview.changes);
}

#[test]
fn a_value_that_does_not_fit_is_refused_and_nothing_is_promised() {
    let app = TestApp::start();
    app.connect_and_import();
    let (id, _) = first_lead(&app);
    for (change, field) in [
        (json!({"of": "name", "text": "  "}), "name"),
        (json!({"of": "price", "amount": -1}), "price"),
        (json!({"of": "price", "amount": 10.5}), "price"),
        (json!({"of": "stage", "pipeline_id": 1, "status_id": 2}), "stage"),
        (json!({"of": "responsible", "user_id": 1}), "responsible"),
        (json!({"of": "field", "field_id": 1, "value": {"as": "empty"}}), "field:1"),
        (json!({"of": "tag_add", "name": "a\nb"}), "tags"),
    ] {
        let good = json!({"of": "name", "text": "Bom"});
        let request = json!({"lead_id": id.to_string(), "changes": [good, change]});
        let error = app.fails("lead_edit", request);
        assert_eq!(error.code, cadencia_contract::ErrorCode::ValueInvalid, "{error:?}");
        assert_eq!(error.detail, field);
    }
    assert_eq!(summary(&app).open, 0);
}

#[test]
fn paused_sending_keeps_everything_until_it_goes_on() {
    let app = TestApp::start();
    app.connect_and_import();
    let (id, _) = first_lead(&app);
    let paused: OutboxSummary = app.get("outbox_pause", json!({"is_paused": true}));
    assert!(paused.is_paused);
    rename(&app, id, "Depois");
    app.advance(MINUTE);
    app.poll();
    assert_eq!(summary(&app).open, 1);
    assert_ne!(of_kommo(&app, id)["name"], "Depois");
    let _: OutboxSummary = app.get("outbox_pause", json!({"is_paused": false}));
    wait_until_sent(&app);
    assert_eq!(of_kommo(&app, id)["name"], "Depois");
}

#[test]
fn our_own_changes_that_come_back_cause_no_further_write_and_no_row_of_somebody_else() {
    let app = TestApp::builder().leads(120).start();
    app.connect_and_import();
    let list: LeadList = app.get("lead_list", json!({"limit": 120}));
    let mapping: Value = app.get("mapping_get", json!({}));
    // Writing to an incoming lead accepts it: that Kommo moves it then is a change of Kommo's.
    let is_incoming = |row: &&cadencia_contract::LeadRow| {
        let stages =
            mapping["pipelines"].as_array().unwrap().iter().flat_map(|one| one["stages"].as_array().unwrap());
        stages
            .filter(|stage| stage["kind"] == "incoming")
            .any(|stage| stage["status_id"] == row.status_id.0 && stage["pipeline_id"] == row.pipeline_id.0)
    };
    for (number, row) in list.rows.iter().filter(|row| !is_incoming(row)).enumerate() {
        rename(&app, row.kommo_id.0, &format!("Lead {number}"));
    }
    wait_until_sent(&app);
    let writes = |app: &TestApp| app.wire.sent().iter().filter(|sent| sent.method == "PATCH").count();
    let before = writes(&app);
    for _ in 0..3 {
        app.advance(Duration::from_secs(31));
        app.poll();
    }
    assert_eq!(writes(&app), before, "nothing is written because of what came back");
    let foreign = app.log("lead_changed", 500);
    assert!(foreign.is_empty(), "{foreign:#?}");
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_server_that_fails_for_a_while_loses_and_doubles_nothing() {
    let app = TestApp::start();
    app.connect_and_import();
    let (id, _) = first_lead(&app);
    app.sim.set_fault(Fault::always(FaultName::TimeoutAfterWrite).on_path("/api/v4/tasks"));
    let due = cadencia_clock::Clock::now(&*app.clock).0 + 3_600_000;
    for number in 0..5 {
        let text = format!("Tarefa {number}");
        let task = json!({"lead_id": id.to_string(), "text": text, "task_type_id": 1, "due_at_ms": due});
        let _: ChangesPromised = app.get("task_add", task);
    }
    wait_for("the first lost answer", || match app.log("change_put_off", 500).len() {
        0 => ControlFlow::Continue(format!("{:?}", summary(&app))),
        _ => ControlFlow::Break(()),
    });
    for _ in 0..12 {
        app.advance(MINUTE * 2);
    }
    app.sim.clear_faults();
    app.advance(Duration::from_secs(3_600));
    wait_until_sent(&app);
    app.poll();
    let tasks = lead(&app, id).tasks;
    for number in 0..5 {
        let text = format!("Tarefa {number}");
        assert_eq!(tasks.iter().filter(|task| task.text == text).count(), 1, "{text}");
    }
    app.assert_mirror_equals_simulator();
}
