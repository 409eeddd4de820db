//! Polling: what changes in Kommo is here soon, whatever the clocks say.

use cadencia_clock::Clock as _;
use cadencia_contract::{ConnectionState, ErrorCode, HealthProbe, HealthReport, HealthState};
use cadencia_domain::time::UtcMillis;
use cadencia_sim::{Fault, FaultName};
use cadencia_tests::{TestApp, of_simulator};
use serde_json::json;
use std::time::Duration;

const HOUR_MS: i64 = 3_600_000;
const PERIOD: Duration = Duration::from_secs(30);

/// One polling period passes; the engine polls by itself.
fn a_period_passes(app: &TestApp) {
    let before = app.last_poll().map_or(0, |row| row.id.0);
    app.advance(PERIOD);
    app.wait_for_poll_after(before);
}

#[test]
fn a_thousand_changes_are_all_here_within_two_polling_periods_without_webhooks() {
    let app = TestApp::builder().leads(400).fault(Fault::always(FaultName::PlanWithoutWebhooks)).start();
    app.connect_and_import();
    for batch in 0..10 {
        app.sim.people_edit(100, 1_000 + batch);
        app.sim.advance_ms(500);
        app.clock.advance(Duration::from_millis(500));
    }
    a_period_passes(&app);
    a_period_passes(&app);
    app.assert_mirror_equals_simulator();
    let health: HealthReport = app.get("health_check", json!({}));
    let webhooks = health.items.iter().find(|item| item.probe == HealthProbe::Webhooks).unwrap();
    assert_eq!((webhooks.state, webhooks.problem), (HealthState::Limited, Some(ErrorCode::AccountUnpaid)));
}

#[test]
fn changes_made_while_polls_run_are_not_lost() {
    let app = TestApp::builder().leads(150).start();
    app.connect_and_import();
    for round in 0..12 {
        app.sim.people_edit(25, 50 + round);
        a_period_passes(&app);
    }
    a_period_passes(&app);
    app.assert_mirror_equals_simulator();
}

#[test]
fn changes_made_during_the_import_are_here_after_it() {
    let app = TestApp::builder().leads(700).start();
    app.wire.hold_after(13);
    app.connect();
    for round in 0..6 {
        app.wait_for_status("the import", |status| {
            status.import.state == cadencia_contract::ImportState::Running
        });
        app.sim.people_edit(40, 7_000 + round);
        app.advance(Duration::from_secs(1));
        app.wire.hold_after(2);
    }
    app.wire.release();
    app.wait_for_import();
    a_period_passes(&app);
    app.assert_mirror_equals_simulator();
}

#[test]
fn nothing_is_asked_before_the_period_is_over() {
    let app = TestApp::start();
    app.connect_and_import();
    app.wire.forget_sent();
    app.advance(PERIOD - Duration::from_secs(1));
    assert_eq!(app.wire.sent(), vec![]);
    let before = app.last_poll().unwrap().id.0;
    app.advance(Duration::from_secs(1));
    app.wait_for_poll_after(before);
    assert!(!app.wire.sent().is_empty());
}

#[test]
fn a_clock_that_is_hours_off_loses_nothing() {
    for off in [-30 * HOUR_MS, -5 * HOUR_MS, 5 * HOUR_MS, 30 * HOUR_MS] {
        let app = TestApp::builder().leads(150).clock_is_off_by(off).start();
        app.connect_and_import();
        app.assert_mirror_equals_simulator();
        for round in 0..3 {
            app.sim.people_edit(40, 90 + round);
            a_period_passes(&app);
        }
        a_period_passes(&app);
        app.assert_mirror_equals_simulator();
        let skew = app.status().clock_skew_ms.unwrap().0;
        assert!(
            (skew + off).abs() <= 2_000,
            "Kommo is {skew} ms ahead of a clock that is {off} ms ahead of it"
        );
        let health: HealthReport = app.get("health_check", json!({}));
        let clock = health.items.iter().find(|item| item.probe == HealthProbe::Clock).unwrap();
        assert_eq!(clock.state, HealthState::Limited);
    }
}

#[test]
fn setting_the_clock_while_the_program_runs_does_not_stop_polling() {
    let app = TestApp::builder().leads(100).start();
    app.connect_and_import();
    for jump in [-7 * HOUR_MS, 9 * HOUR_MS, -2 * HOUR_MS] {
        app.clock.set_wall(UtcMillis(app.clock.now().0 + jump));
        app.sim.people_edit(30, jump.unsigned_abs());
        app.advance(PERIOD);
        app.poll();
        a_period_passes(&app);
        app.assert_mirror_equals_simulator();
    }
}

#[test]
fn after_days_of_sleep_everything_that_happened_meanwhile_is_here() {
    let app = TestApp::builder().leads(200).start();
    app.connect_and_import();
    let before = app.last_poll().unwrap().id.0;
    for day in 0..4 {
        app.sim.people_edit(120, 300 + day);
        app.sim.advance(24 * 3_600);
    }
    app.sim.people_edit(20, 999);
    app.clock.advance(Duration::from_secs(4 * 24 * 3_600));
    app.wait_for_poll_after(before);
    a_period_passes(&app);
    app.assert_mirror_equals_simulator();
}

#[test]
fn after_days_with_the_program_closed_everything_that_happened_meanwhile_is_here() {
    let mut app = TestApp::builder().leads(200).start();
    app.connect_and_import();
    app.end();
    app.sim.people_edit(300, 4);
    app.advance(Duration::from_secs(3 * 24 * 3_600));
    app.sim.people_edit(50, 5);
    app.start_again();
    app.wait_for_import();
    app.assert_mirror_equals_simulator();
    assert!(app.log("import_started", 500).len() <= 1, "no second import");
}

#[test]
fn a_poll_cut_by_a_crash_at_any_request_loses_nothing() {
    let mut app = TestApp::builder().leads(120).start();
    app.connect_and_import();
    for point in 0..14 {
        app.sim.people_edit(20, 600 + point);
        app.wire.hold_after(usize::try_from(point).unwrap());
        app.advance(PERIOD);
        cadencia_tests::wait_for("the hold, or the end of the poll", || {
            match app.wire.is_holding() || app.status().polling.next_at_ms.is_some() {
                true => std::ops::ControlFlow::Break(()),
                false => std::ops::ControlFlow::Continue(String::new()),
            }
        });
        app.crash_and_restart();
        app.wait_for_import();
    }
    app.poll();
    app.assert_mirror_equals_simulator();
}

/// A fault while polling: told, waited out, and nothing of the connection or the data is lost.
fn survives(fault: &Fault, code: ErrorCode) {
    let app = TestApp::builder().leads(120).start();
    app.connect_and_import();
    app.sim.people_edit(60, 11);
    app.sim.set_fault(fault.clone());
    app.advance(PERIOD);
    let status = app.wait_for_problem(code);
    assert_ne!(status.connection, ConnectionState::NeedsSignIn, "{fault:?}");
    app.sim.people_edit(30, 12);
    app.sim.clear_faults();
    app.advance_to_retry();
    app.wait_for_status("the connection to come back", |status| {
        status.connection == ConnectionState::Connected && status.polling.next_at_ms.is_some()
    });
    app.poll();
    app.assert_mirror_equals_simulator();
    assert!(!app.log("connection_trouble", 500).is_empty());
}

#[test]
fn a_connection_survives_every_fault_that_passes() {
    for (name, code) in [
        (FaultName::ServerError, ErrorCode::KommoUnavailable),
        (FaultName::HtmlInsteadOfJson, ErrorCode::KommoUnreadable),
        (FaultName::TruncatedBody, ErrorCode::KommoUnreadable),
        (FaultName::IpBlocked, ErrorCode::IpBlocked),
        (FaultName::Unpaid, ErrorCode::AccountUnpaid),
    ] {
        survives(&Fault::always(name), code);
    }
}

#[test]
fn polling_waits_out_429s() {
    survives(&Fault::always(FaultName::RateLimited), ErrorCode::RateLimited);
}

#[test]
fn empty_answers_to_a_poll_neither_delete_nor_hide_anything() {
    let app = TestApp::builder().leads(120).start();
    app.connect_and_import();
    app.sim.people_edit(60, 21);
    app.sim.set_fault(Fault::always(FaultName::EmptyList204));
    let counts = app.status().counts;
    a_period_passes(&app);
    assert_eq!(app.status().counts, counts);
    app.sim.clear_faults();
    a_period_passes(&app);
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_sweep_over_empty_answers_deletes_nothing() {
    let app = TestApp::builder().leads(120).start();
    app.connect_and_import();
    for path in ["/api/v4/contacts", "/api/v4/tasks"] {
        app.sim.set_fault(Fault::always(FaultName::EmptyList204).on_path(path));
        let before = app.last_poll().unwrap().id.0;
        app.advance(Duration::from_secs(26 * 3_600));
        app.wait_for_poll_after(before);
        app.assert_mirror_equals_simulator();
    }
    app.sim.clear_faults();
    a_period_passes(&app);
    app.assert_mirror_equals_simulator();
}

#[test]
fn an_account_that_comes_without_pipelines_is_not_believed() {
    let app = TestApp::builder().leads(120).start();
    app.connect_and_import();
    for path in ["/api/v4/leads", "/api/v4/users"] {
        app.sim.set_fault(Fault::always(FaultName::EmptyList204).on_path(path));
        app.advance(Duration::from_secs(26 * 3_600));
        app.wait_for_problem(ErrorCode::KommoUnreadable);
        app.assert_mirror_equals_simulator();
        app.sim.clear_faults();
        app.advance_to_retry();
        app.wait_for_status("the connection", |status| status.polling.next_at_ms.is_some());
        app.assert_mirror_equals_simulator();
    }
}

#[test]
fn an_empty_answer_to_a_question_by_number_deletes_nothing() {
    let app = TestApp::builder().leads(120).start();
    app.connect_and_import();
    // Each request of a poll in turn is answered with nothing.
    for after in 0..12 {
        app.sim.people_edit(15, 800 + u64::from(after));
        app.sim.set_fault(Fault::once(FaultName::EmptyList204).after(after));
        a_period_passes(&app);
        app.sim.clear_faults();
        let live = cadencia_tests::of_simulator(&app.sim.state_snapshot());
        let mirror = app.mirror_snapshot();
        let lost: Vec<_> = app
            .with_mirror(async |store| {
                store.read(|conn| cadencia_store::leads::page_after(conn, None, 10_000)).await.unwrap()
            })
            .into_iter()
            .filter(|stored| {
                stored.deleted_at.is_some() && live["leads"].contains_key(&stored.lead.kommo_id.0)
            })
            .map(|stored| stored.lead.kommo_id.0)
            .collect();
        assert_eq!(lost, Vec::<i64>::new(), "after {after} requests, {} leads here", mirror["leads"].len());
    }
}

#[test]
fn the_sweep_finds_deletions_that_no_history_tells() {
    let app = TestApp::builder().leads(120).start();
    app.connect_and_import();
    app.sim.people_edit(200, 31);
    // Kommo keeps its history only so long, and the computer was off longer.
    app.sim.set_fault(Fault::always(FaultName::EmptyList204).on_path("/api/v4/events"));
    a_period_passes(&app);
    let before = app.last_poll().unwrap().id.0;
    app.advance(Duration::from_secs(26 * 3_600));
    app.wait_for_poll_after(before);
    let live = cadencia_tests::of_simulator(&app.sim.state_snapshot());
    let mirror = app.mirror_snapshot();
    for kind in ["leads", "contacts", "tasks"] {
        let gone: Vec<_> = mirror[kind].keys().filter(|id| !live[kind].contains_key(id)).collect();
        assert!(gone.is_empty(), "{kind} {gone:?} are deleted in Kommo and still here");
    }
}

#[test]
fn a_change_is_told_field_by_field() {
    let app = TestApp::builder().leads(60).start();
    app.connect_and_import();
    app.sim.people_edit(120, 41);
    a_period_passes(&app);
    let rows = app.log("lead_changed", 500);
    let told = rows.iter().any(|row| {
        let detail: cadencia_contract::LogDetail = app.get("log_get", json!({"log_id": row.id}));
        detail.difference.iter().any(|change| change.before != change.after)
    });
    assert!(told, "no row of {} tells what changed", rows.len());
}

#[test]
fn a_fault_of_ours_during_a_poll_is_told_and_the_next_poll_loses_nothing() {
    let app = TestApp::builder().leads(40).start();
    app.connect_and_import();
    app.wire.panic_at("/api/v4/events");
    app.sim.people_edit(25, 3);
    app.advance(PERIOD);
    let status = app.wait_for_problem(ErrorCode::KommoUnreadable);
    assert_eq!(status.problem.map(|problem| problem.detail), Some("panicked".to_owned()));
    assert_eq!(app.take_panics().len(), 1);
    app.advance_to_retry();
    app.wait_for_status("the engine to rest", |status| status.polling.next_at_ms.is_some());
    app.assert_mirror_equals_simulator();
}

fn first_lead(app: &TestApp) -> i64 {
    let all = of_simulator(&app.sim.state_snapshot());
    *all["leads"].keys().next().unwrap()
}

fn write(app: &TestApp, path: &str, body: &serde_json::Value) {
    let status = app.handle().block_on(app.someone_writes(http::Method::PATCH, path, body));
    assert_eq!(status, 200);
}

#[test]
fn a_change_that_is_written_with_a_date_of_last_week_arrives() {
    let app = TestApp::builder().leads(40).start();
    app.connect_and_import();
    let lead = first_lead(&app);
    let last_week = app.sim.now_ms() / 1_000 - 7 * 24 * 3_600;
    write(&app, &format!("/api/v4/leads/{lead}"), &json!({"price": 4_321, "updated_at": last_week}));
    a_period_passes(&app);
    app.assert_mirror_equals_simulator();
}

#[test]
fn changes_after_one_that_was_written_with_a_date_in_the_future_arrive() {
    let app = TestApp::builder().leads(40).start();
    app.connect_and_import();
    let lead = first_lead(&app);
    let path = format!("/api/v4/leads/{lead}");
    let in_three_hours = app.sim.now_ms() / 1_000 + 3 * 3_600;
    write(&app, &path, &json!({"price": 1_000, "updated_at": in_three_hours}));
    a_period_passes(&app);
    app.assert_mirror_equals_simulator();
    write(&app, &path, &json!({"price": 2_000}));
    a_period_passes(&app);
    a_period_passes(&app);
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_list_that_this_user_may_not_see_is_passed_over_and_told_once() {
    let app = TestApp::builder().leads(40).start();
    app.connect_and_import();
    app.sim.set_fault(Fault::always(FaultName::Forbidden).on_path("/api/v4/contacts"));
    app.sim.people_edit(30, 4);
    a_period_passes(&app);
    a_period_passes(&app);
    assert_eq!(app.status().connection, ConnectionState::Connected);
    // People, and notes of people.
    assert_eq!(app.log("list_refused", 500).len(), 2);
    app.sim.clear_faults();
    a_period_passes(&app);
    assert_eq!(app.log("list_allowed", 500).len(), 2);
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_poll_of_more_than_a_page_survives_an_empty_answer_and_a_repeated_page() {
    // The second page is the one that goes wrong; no first page can repeat another.
    let faults = [(FaultName::EmptyList204, 1, false), (FaultName::PageRepeats, 0, true)];
    for (fault, after, waits) in faults {
        for path in ["/api/v4/leads", "/api/v4/events"] {
            let app = TestApp::builder().leads(400).start();
            app.connect_and_import();
            let all = of_simulator(&app.sim.state_snapshot());
            let patches: Vec<_> =
                all["leads"].keys().map(|id| json!({"id": id, "price": 1_000_000 + id % 1_000})).collect();
            for batch in patches.chunks(250) {
                write(&app, "/api/v4/leads", &json!(batch));
            }
            app.sim.set_fault(Fault::once(fault).on_path(path).after(after));
            app.advance(PERIOD);
            if waits {
                app.wait_for_problem(ErrorCode::KommoUnreadable);
                app.advance_to_retry();
            }
            app.wait_for_status("the engine to rest", |status| {
                status.problem.is_none() && status.polling.next_at_ms.is_some()
            });
            a_period_passes(&app);
            app.assert_mirror_equals_simulator();
        }
    }
}

#[test]
fn the_sweep_goes_on_between_polls_and_its_failure_is_none_of_theirs() {
    let app = TestApp::builder().leads(300).start();
    app.connect_and_import();
    app.advance(Duration::from_secs(25 * 3_600));
    app.sim
        .set_fault(Fault::times(Fault::always(FaultName::ServerError), 3).on_path("/api/v4/tasks").after(1));
    app.wait_for_status("a poll and the first slices", |status| status.polling.next_at_ms.is_some());
    assert_eq!(app.status().connection, ConnectionState::Connected);
    assert_eq!(app.log("sweep_finished", 500).len(), 0);
    app.sim.clear_faults();
    for _ in 0..12 {
        a_period_passes(&app);
    }
    assert_eq!(app.log("sweep_finished", 500).len(), 1);
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_person_who_is_linked_to_a_lead_is_told_by_name() {
    let app = TestApp::builder().leads(40).start();
    app.connect_and_import();
    let all = of_simulator(&app.sim.state_snapshot());
    let lead = first_lead(&app);
    let linked: Vec<_> =
        all["leads"][&lead]["contacts"].as_array().unwrap().iter().map(|link| &link[0]).collect();
    let (person, facts) = all["contacts"].iter().find(|(id, _)| !linked.contains(&&json!(id))).unwrap();
    let path = format!("/api/v4/leads/{lead}/link");
    let body = json!([{"to_entity_id": person, "to_entity_type": "contacts"}]);
    let status = app.handle().block_on(app.someone_writes(http::Method::POST, &path, &body));
    assert_eq!(status, 200);
    a_period_passes(&app);
    let told = app.log("lead_changed", 500);
    let told =
        told.iter().find(|row| row.details.get("fields").map(String::as_str) == Some("contacts")).unwrap();
    let name = facts["name"].as_str().unwrap();
    assert!(told.details["after"].contains(name), "{:?} does not name {name}", told.details);
    assert!(!told.details["after"].contains(char::is_numeric), "{:?}", told.details);
}
