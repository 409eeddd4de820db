//! Writing while somebody thinks again, the power goes, or a part of Kommo says nothing.

use crate::writing::{edit, first_lead, lead, of_kommo, rename, wait_until_sent};
use cadencia_contract::{
    BatchTakenBack, ChangesPromised, ConflictList, LeadDetail, OutboxList, OutboxSummary, WriteState,
};
use cadencia_sim::{Fault, FaultName};
use cadencia_tests::{TestApp, wait_for};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// An account at rest, and one of its leads. The request after so many more gets no answer.
fn held_after(count: usize) -> (TestApp, i64, LeadDetail) {
    let app = TestApp::start();
    app.connect_and_import();
    let (id, before) = first_lead(&app);
    app.wire.forget_sent();
    app.wire.hold_after(count);
    (app, id, before)
}

fn wait_until_asked(app: &TestApp, method: &str) {
    wait_for("a request that gets no answer", || {
        let sent = app.wire.sent();
        match sent.iter().any(|sent| sent.method == method && sent.status.is_none()) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(format!("{sent:?}")),
        }
    });
}

/// A round of sending of its own: it begins when the one under way has ended.
fn send(app: &TestApp) {
    let engine = app.block_on(app.app().engine(None)).unwrap();
    app.block_on(engine.send_once()).unwrap();
}

fn outbox(app: &TestApp) -> OutboxList {
    app.get("outbox_list", json!({}))
}

fn open_conflicts(app: &TestApp) -> ConflictList {
    app.get("conflict_list", json!({}))
}

fn count_named(app: &TestApp, name: &str) -> usize {
    let state = app.sim.state_snapshot();
    state["leads"].as_array().unwrap().iter().filter(|lead| lead["name"] == name).count()
}

#[test]
fn what_is_taken_back_while_kommo_is_asked_is_not_sent() {
    let (app, id, before) = held_after(0);
    let promised = rename(&app, id, "Engano");
    wait_until_asked(&app, "GET");
    let back: BatchTakenBack = app.get("batch_take_back", json!({"batch_id": promised.batch_id}));
    assert_eq!((back.taken_back, back.too_late), (1, 0));
    app.wire.release();
    send(&app);
    assert_eq!(of_kommo(&app, id)["name"], before.row.name);
    assert_eq!(outbox(&app).rows[0].state, WriteState::Discarded);
}

#[test]
fn a_second_thought_while_kommo_is_asked_is_all_that_is_sent() {
    let (app, id, _) = held_after(0);
    rename(&app, id, "Primeiro");
    wait_until_asked(&app, "GET");
    rename(&app, id, "Segundo");
    app.wire.release();
    wait_until_sent(&app);
    assert_eq!(open_conflicts(&app).rows, []);
    assert_eq!(of_kommo(&app, id)["name"], "Segundo");
    assert_eq!(app.wire.sent().iter().filter(|sent| sent.method == "PATCH").count(), 1);
}

#[test]
fn whoever_stops_sending_while_kommo_is_asked_is_in_time() {
    let (app, id, before) = held_after(0);
    rename(&app, id, "Espere");
    wait_until_asked(&app, "GET");
    let _: OutboxSummary = app.get("outbox_pause", json!({"is_paused": true}));
    app.wire.release();
    send(&app);
    assert_eq!(of_kommo(&app, id)["name"], before.row.name);
    let _: OutboxSummary = app.get("outbox_pause", json!({"is_paused": false}));
    wait_until_sent(&app);
    assert_eq!(of_kommo(&app, id)["name"], "Espere");
}

#[test]
fn what_follows_a_refused_change_starts_from_what_stands_in_kommo() {
    let (app, id, _) = held_after(1);
    rename(&app, id, "Recusado");
    wait_until_asked(&app, "PATCH");
    rename(&app, id, "Aceito");
    app.sim.set_fault(Fault::once(FaultName::Forbidden).on_path("/api/v4/leads").on_method("PATCH"));
    app.wire.release();
    let list = wait_until_sent(&app);
    assert_eq!(open_conflicts(&app).rows, []);
    assert_eq!(of_kommo(&app, id)["name"], "Aceito");
    // A third starts from what the second does, not from the one that failed.
    rename(&app, id, "De novo");
    wait_until_sent(&app);
    assert_eq!(of_kommo(&app, id)["name"], "De novo");
    assert_eq!(list.summary.open, 0);
}

#[test]
fn a_note_that_was_cut_off_is_looked_for_only_when_it_had_time_to_arrive() {
    let (mut app, id, _) = held_after(0);
    let _: ChangesPromised = app.get("note_add", json!({"lead_id": id.to_string(), "text": "uma vez"}));
    wait_until_asked(&app, "POST");
    let mirror = app.block_on(app.app().mirror(None)).unwrap();
    let row =
        app.block_on(mirror.read(|conn| cadencia_store::outbox::list(conn, &[], None, 1))).unwrap().remove(0);
    drop(mirror);
    app.crash_and_restart();
    app.wait_for_status("the start", |status| status.polling.last_at_ms.is_some());
    send(&app);
    // Only now what was under way when the power went is carried out.
    let note = json!([{
        "entity_id": id, "note_type": "common", "params": {"text": "uma vez"}, "created_at": row.marker_at_s,
    }]);
    let status = app.block_on(app.someone_writes(http::Method::POST, "/api/v4/leads/notes", &note));
    assert_eq!(status, 200);
    app.advance(MINUTE * 2);
    wait_until_sent(&app);
    app.poll();
    let notes = lead(&app, id).notes;
    assert_eq!(notes.iter().filter(|note| note.text == "uma vez").count(), 1);
}

#[test]
fn what_can_never_be_looked_for_ends_in_the_hands_of_a_person() {
    let app = TestApp::start();
    app.connect_and_import();
    let (id, _) = first_lead(&app);
    app.wire.lose_answers("/api/v4/leads/notes", 1);
    app.sim.set_fault(Fault::always(FaultName::EmptyList204).on_path("/api/v4/leads/notes"));
    let _: ChangesPromised = app.get("note_add", json!({"lead_id": id.to_string(), "text": "uma vez"}));
    wait_for("the loss to be noticed", || match app.log("change_put_off", 100).len() {
        0 => ControlFlow::Continue(String::new()),
        _ => ControlFlow::Break(()),
    });
    for _ in 0..20 {
        app.advance(MINUTE * 31);
        send(&app);
    }
    let row = outbox(&app).rows.remove(0);
    assert_eq!((row.state, row.cause.as_deref()), (WriteState::Wedged, Some("no_answer")));
}

#[test]
fn of_two_leads_that_look_alike_the_one_that_was_cut_off_is_created_too() {
    let mut app = TestApp::start();
    app.connect_and_import();
    let mapping: Value = app.get("mapping_get", json!({}));
    let stages = mapping["pipelines"][0]["stages"].as_array().unwrap();
    let stage = stages.iter().find(|stage| stage["kind"] == "ordinary").unwrap();
    let request = json!({
        "name": "Orçamento", "price": 0,
        "pipeline_id": stage["pipeline_id"], "status_id": stage["status_id"],
    });
    let _: ChangesPromised = app.get("lead_create", &request);
    wait_until_sent(&app);
    app.wire.forget_sent();
    app.wire.hold_after(0);
    let _: ChangesPromised = app.get("lead_create", &request);
    wait_until_asked(&app, "POST");
    app.crash_and_restart();
    app.advance(MINUTE * 2);
    wait_until_sent(&app);
    assert_eq!(count_named(&app, "Orçamento"), 2);
}

#[test]
fn what_kommo_does_not_show_holds_up_nothing_else() {
    for fault in [FaultName::EmptyList204, FaultName::Forbidden] {
        let app = TestApp::start();
        app.connect_and_import();
        let (id, detail) = first_lead(&app);
        let person = detail.contacts[0].kommo_id.0;
        app.sim.set_fault(Fault::always(fault).on_path("/api/v4/contacts"));
        let change = json!({"of": "name", "text": "Nome novo"});
        let request = json!({"contact_id": person.to_string(), "changes": [change]});
        let _: ChangesPromised = app.get("contact_edit", request);
        send_whatever_comes(&app);
        let _: ChangesPromised = app.get("note_add", json!({"lead_id": id.to_string(), "text": "vai"}));
        wait_for("the note to be sent", || {
            let list = outbox(&app);
            match list.rows.iter().any(|row| row.kind == "note" && row.state == WriteState::Done) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(format!("{:?}", list.rows)),
            }
        });
        app.sim.clear_faults();
        app.advance(Duration::from_secs(3_600));
        wait_until_sent(&app);
        assert_eq!(lead(&app, id).contacts.iter().filter(|one| one.name == "Nome novo").count(), 1);
    }
}

fn send_whatever_comes(app: &TestApp) {
    let engine = app.block_on(app.app().engine(None)).unwrap();
    let _ = app.block_on(engine.send_once());
}

#[test]
fn what_our_write_replaced_is_told_also_when_the_history_is_read_days_later() {
    let mut app = TestApp::start();
    app.connect_and_import();
    let (id, _) = first_lead(&app);
    let path = format!("/api/v4/leads/{id}");
    let theirs = app.request_of_someone(http::Method::PATCH, &path, &json!({"name": "Deles"}));
    app.wire.before("PATCH", "/api/v4/leads", theirs);
    rename(&app, id, "Nosso");
    wait_until_sent(&app);
    app.end();
    app.advance(Duration::from_secs(3 * 24 * 3_600));
    app.start_again();
    app.poll();
    let conflicts = open_conflicts(&app);
    assert_eq!(conflicts.open, 1);
    assert_eq!(conflicts.rows[0].lost.as_deref(), Some("Deles"));
}

#[test]
fn opening_a_lost_lead_again_replaces_nobodys_value() {
    let app = TestApp::start();
    app.connect_and_import();
    let (id, _) = first_lead(&app);
    let mapping: Value = app.get("mapping_get", json!({}));
    let stages = mapping["pipelines"][0]["stages"].as_array().unwrap();
    let open = stages.iter().find(|stage| stage["kind"] == "ordinary").unwrap();
    let reason = &mapping["loss_reasons"][0]["kommo_id"];
    let pipeline = &open["pipeline_id"];
    for change in [
        json!({"of": "stage", "pipeline_id": pipeline, "status_id": 143, "loss_reason_id": reason}),
        json!({"of": "stage", "pipeline_id": pipeline, "status_id": open["status_id"]}),
    ] {
        assert_eq!(edit(&app, id, &change).changes, 1);
        wait_until_sent(&app);
        app.advance(MINUTE);
        app.poll();
    }
    assert_eq!(open_conflicts(&app).rows, []);
}

#[test]
fn changes_that_ended_long_ago_are_forgotten_and_open_ones_stay() {
    let app = TestApp::start();
    app.connect_and_import();
    let (id, _) = first_lead(&app);
    rename(&app, id, "Antigo");
    wait_until_sent(&app);
    let _: OutboxSummary = app.get("outbox_pause", json!({"is_paused": true}));
    edit(&app, id, &json!({"of": "price", "amount": 77}));
    app.advance(Duration::from_secs(200 * 24 * 3_600));
    app.poll();
    let rows = outbox(&app).rows;
    assert_eq!(rows.iter().map(|row| row.state).collect::<Vec<_>>(), [WriteState::Waiting]);
}

#[test]
fn a_clock_that_was_set_back_puts_no_change_to_sleep() {
    let app = TestApp::start();
    app.connect_and_import();
    let (id, _) = first_lead(&app);
    let _: OutboxSummary = app.get("outbox_pause", json!({"is_paused": true}));
    rename(&app, id, "Ontem");
    let now = cadencia_clock::Clock::now(&*app.clock);
    app.clock.set_wall(now.plus(-24 * 3_600_000));
    let _: OutboxSummary = app.get("outbox_pause", json!({"is_paused": false}));
    wait_until_sent(&app);
    assert_eq!(of_kommo(&app, id)["name"], "Ontem");
}
