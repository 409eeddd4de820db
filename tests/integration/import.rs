//! The import of a whole account.

use cadencia_contract::{ImportState, LeadList, SyncStatus};
use cadencia_store::import_runs::{self, ImportEntity};
use cadencia_tests::{Sent, TestApp, wait_for};
use serde_json::json;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// Which list a request of the import asks for; none for requests that are no page of it.
fn imported_page(sent: &Sent) -> Option<(ImportEntity, u32)> {
    let entity = match sent.path.as_str() {
        "/api/v4/leads" => ImportEntity::Leads,
        "/api/v4/contacts" => ImportEntity::Contacts,
        "/api/v4/companies" => ImportEntity::Companies,
        "/api/v4/tasks" => ImportEntity::Tasks,
        "/api/v4/leads/notes" => ImportEntity::LeadNotes,
        "/api/v4/contacts/notes" => ImportEntity::ContactNotes,
        "/api/v4/companies/notes" => ImportEntity::CompanyNotes,
        _ => return None,
    };
    // The import reads in ascending order of the number, polls read the newest first.
    let is_import = sent.query.contains("order%5Bid%5D=asc") || sent.query.contains("order[id]=asc");
    is_import.then(|| (entity, sent.page()))
}

/// Pages that are durable here.
fn finished_pages(app: &TestApp) -> BTreeSet<(ImportEntity, u32)> {
    let read = app.with_mirror(async |store| {
        store
            .read(|conn| {
                let mut all = BTreeSet::new();
                let Some(run) = import_runs::latest(conn)? else { return Ok(all) };
                for progress in run.entities {
                    let pages = import_runs::pages(conn, run.id, progress.entity)?;
                    all.extend(pages.into_iter().map(|page| (progress.entity, page)));
                }
                Ok(all)
            })
            .await
    });
    read.unwrap()
}

fn wait_until_held(app: &TestApp) {
    wait_for("a request to be held", || match app.wire.is_holding() {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(format!("{} sent, {:?}", app.wire.sent().len(), app.status().import)),
    });
}

#[test]
fn a_whole_account_is_mirrored_exactly() {
    let app = TestApp::builder().leads(520).start();
    let outcome = app.connect();
    assert!(!outcome.was_known);
    let status = app.wait_for_import();
    app.assert_mirror_equals_simulator();
    let live = cadencia_tests::of_simulator(&app.sim.state_snapshot());
    assert_eq!(status.counts.leads as usize, live["leads"].len());
    assert_eq!(status.counts.contacts as usize, live["contacts"].len());
    assert_eq!(status.import.share, Some(1.0));
    assert!(status.import.finished_at_ms.is_some());
    assert!(status.polling.complete_until_ms.is_some(), "the first poll closes the gap of the import");
}

#[test]
fn the_account_can_be_used_from_the_first_page_on() {
    let app = TestApp::builder().leads(520).start();
    app.wire.hold_after(12);
    app.connect();
    let list: LeadList = wait_for("the first leads", || {
        let list: LeadList = app.get("lead_list", json!({"sort": {"column": "updated", "descending": true}}));
        if list.total > 0 { ControlFlow::Break(list) } else { ControlFlow::Continue("none".into()) }
    });
    wait_until_held(&app);
    assert_eq!(app.status().import.state, ImportState::Running);
    // The leads that changed last come first, whatever their number.
    let snapshot = app.sim.state_snapshot();
    let live = snapshot["leads"].as_array().unwrap().iter().filter(|lead| lead["is_deleted"] == json!(false));
    let newest = live.map(|lead| lead["updated_at"].as_i64().unwrap()).max().unwrap();
    assert_eq!(list.rows[0].updated_at_ms.0, newest * 1_000);
    let detail: cadencia_contract::LeadDetail = app.get("lead_get", json!({"lead_id": list.rows[0].id}));
    assert_eq!(detail.row.kommo_id, list.rows[0].kommo_id);
    app.wire.release();
    app.wait_for_import();
    app.assert_mirror_equals_simulator();
}

#[test]
fn an_import_cut_by_crashes_goes_on_without_fetching_finished_pages_again() {
    let mut app = TestApp::builder().leads(900).start();
    app.connect();
    app.wait_for_status("the import to begin", |status| status.import.state == ImportState::Running);
    let mut finished = BTreeSet::new();
    for passing in [4, 16, 8, 9, 12] {
        app.wire.hold_after(passing);
        let is_over = wait_for("a request to be held, or the end", || {
            let status = app.status();
            match (app.wire.is_holding(), status.import.state) {
                (_, ImportState::Finished) => ControlFlow::Break(true),
                (true, _) => ControlFlow::Break(false),
                (false, state) => ControlFlow::Continue(format!("{state:?}")),
            }
        });
        if is_over {
            break;
        }
        app.crash();
        finished = finished_pages(&app);
        app.wire.release();
        app.wire.forget_sent();
        app.start_again();
    }
    let status = app.wait_for_import();
    let again: Vec<_> =
        app.wire.sent().iter().filter_map(imported_page).filter(|page| finished.contains(page)).collect();
    assert_eq!(again, vec![], "finished pages were fetched again after the last crash");
    assert!(finished.len() >= 2, "the crashes came while pages were read: {finished:?}");
    assert_eq!(app.log("import_started", 500).len(), 1, "the same import goes on");
    assert_eq!(status.import.state, ImportState::Finished);
    app.assert_mirror_equals_simulator();
}

#[test]
fn after_any_crash_the_requests_of_the_new_run_leave_out_what_was_finished() {
    // The same at every single point of a small import: crash after the n-th request, for each n.
    let mut app = TestApp::builder().leads(30).start();
    app.connect();
    app.wait_for_import();
    let all = app.wire.sent().len();
    app.end();
    for point in (1..all).step_by(5) {
        let mut app = TestApp::builder().leads(30).without_engines().start();
        app.connect();
        app.crash();
        let home = std::sync::Arc::clone(app.home());
        app.wire.hold_after(point);
        let mut app = TestApp::builder().at_home(&home).start();
        wait_for("the hold, or the end", || {
            let status = app.status();
            match app.wire.is_holding() || status.polling.next_at_ms.is_some() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(format!("{:?}", status.import)),
            }
        });
        app.crash();
        let finished = finished_pages(&app);
        app.wire.release();
        app.wire.forget_sent();
        app.start_again();
        app.wait_for_import();
        let sent = app.wire.sent();
        let again = sent.iter().filter_map(imported_page).find(|page| finished.contains(page));
        assert_eq!(again, None, "after a crash behind request {point}");
        app.assert_mirror_equals_simulator();
    }
}

#[test]
fn a_cancelled_import_stops_and_goes_on_where_it_was() {
    let app = TestApp::builder().leads(520).start();
    app.wire.hold_after(14);
    app.connect();
    wait_until_held(&app);
    // Answers that are here have to be kept, too: a page that was only fetched is not finished.
    app.wait_for_status("a page", |status| status.import.entities.iter().any(|list| list.pages_done > 0));
    let _: SyncStatus = app.get("import_cancel", json!({}));
    app.wait_for_status("the cancel", |status| status.import.state == ImportState::Cancelled);
    app.wire.release();
    app.wait_for_status("the engine to rest", |status| status.polling.next_at_ms.is_some());
    assert_eq!(app.status().import.state, ImportState::Cancelled);
    assert_eq!(app.fails("import_cancel", json!({})).code, cadencia_contract::ErrorCode::ImportNotRunning);
    let finished = finished_pages(&app);
    assert!(!finished.is_empty());
    app.wire.forget_sent();
    let _: SyncStatus = app.get("import_start", json!({}));
    app.wait_for_import();
    let again = app.wire.sent().iter().filter_map(imported_page).find(|page| finished.contains(page));
    assert_eq!(again, None);
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_cancelled_import_stays_cancelled_over_a_restart() {
    let mut app = TestApp::builder().leads(300).start();
    app.wire.hold_after(12);
    app.connect();
    wait_until_held(&app);
    let _: SyncStatus = app.get("import_cancel", json!({}));
    app.wait_for_status("the cancel", |status| status.import.state == ImportState::Cancelled);
    app.wire.release();
    app.restart();
    app.wait_for_status("the engine to rest", |status| status.polling.next_at_ms.is_some());
    assert_eq!(app.status().import.state, ImportState::Cancelled);
    let _: SyncStatus = app.get("import_start", json!({}));
    app.wait_for_import();
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_running_import_is_not_started_twice() {
    let app = TestApp::builder().leads(300).start();
    app.wire.hold_after(12);
    app.connect();
    wait_until_held(&app);
    assert_eq!(app.fails("import_start", json!({})).code, cadencia_contract::ErrorCode::ImportRunning);
    app.wire.release();
    app.wait_for_import();
    assert_eq!(app.log("import_started", 500).len(), 1);
}

#[test]
fn an_import_can_be_repeated_and_finds_the_same() {
    let app = TestApp::builder().leads(120).start();
    app.connect_and_import();
    let first = app.mirror_snapshot();
    let _: SyncStatus = app.get("import_start", json!({}));
    wait_for("the second import", || match app.log("import_finished", 500).len() {
        2 => ControlFlow::Break(()),
        other => ControlFlow::Continue(format!("{other} finished")),
    });
    app.wait_for_import();
    assert!(app.mirror_snapshot() == first, "a second import changes nothing");
    app.assert_mirror_equals_simulator();
}

#[test]
fn an_empty_account_is_imported_too() {
    let app = TestApp::builder().leads(0).start();
    app.connect();
    let status = app.wait_for_import();
    assert_eq!(status.counts.leads, 0);
    app.assert_mirror_equals_simulator();
}

#[test]
fn an_import_keeps_to_seven_requests_a_second_without_a_single_refusal() {
    let app = TestApp::builder().leads(20).rate_limit().start();
    app.wire.follow_real_time();
    app.connect();
    app.wait_for_import();
    assert!(app.wire.sent().len() > 14, "it lasted longer than two seconds' worth of requests");
    assert_eq!(app.sim.stats().by_status.get(&429), None);
}

#[test]
fn a_deletion_while_the_import_is_cancelled_hides_no_neighbour() {
    let app = TestApp::builder().leads(900).start();
    app.wire.hold_after(16);
    app.connect();
    wait_until_held(&app);
    let _: SyncStatus = app.get("import_cancel", json!({}));
    app.wait_for_status("the cancel", |status| status.import.state == ImportState::Cancelled);
    app.wire.release();
    app.wait_for_status("the engine to rest", |status| status.polling.next_at_ms.is_some());
    assert!(!finished_pages(&app).is_empty());
    // What comes after them moves forward, over the edge of pages that are not read again.
    let leads: Vec<i64> =
        cadencia_tests::of_simulator(&app.sim.state_snapshot())["leads"].keys().copied().collect();
    for id in leads.iter().take(120) {
        assert!(app.sim.delete_card("leads", u32::try_from(*id).unwrap()));
    }
    app.advance(std::time::Duration::from_secs(30));
    app.poll();
    let _: SyncStatus = app.get("import_start", json!({}));
    app.wait_for_import();
    app.poll();
    app.assert_mirror_equals_simulator();
}

#[test]
fn cancelling_an_import_that_waits_for_kommo_cancels_it_at_once() {
    let mut app = TestApp::builder().leads(60).start();
    app.sim.set_fault(
        cadencia_sim::Fault::always(cadencia_sim::FaultName::ServerError).on_path("/api/v4/tasks"),
    );
    app.connect();
    app.wait_for_problem(cadencia_contract::ErrorCode::KommoUnavailable);
    let _: SyncStatus = app.get("import_cancel", json!({}));
    app.wait_for_status("the cancel", |status| status.import.state == ImportState::Cancelled);
    app.restart();
    assert_eq!(app.status().import.state, ImportState::Cancelled, "it stays cancelled");
}
