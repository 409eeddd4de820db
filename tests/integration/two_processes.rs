//! Two programs on one data folder: one keeps an account in sync, the other shows it.

use cadencia_contract::{
    AppEvent, ConnectionState, ErrorCode, HealthProbe, HealthReport, LeadList, SyncStatus,
};
use cadencia_tests::{TestApp, wait_for};
use serde_json::json;
use std::ops::ControlFlow;
use std::time::Duration;

fn problem(status: &SyncStatus) -> Option<ErrorCode> {
    status.problem.as_ref().map(|problem| problem.code)
}

fn leads(app: &TestApp) -> LeadList {
    app.get("lead_list", json!({}))
}

#[test]
fn one_of_two_programs_keeps_the_account_in_sync_and_the_other_shows_it() {
    let first = TestApp::builder().leads(40).start();
    first.connect_and_import();
    let second = first.second_process();
    assert_eq!(problem(&first.status()), None);
    assert_eq!(problem(&second.status()), Some(ErrorCode::RunsElsewhere));
    assert_eq!(second.account().problem, Some(ErrorCode::RunsElsewhere));
    for command in ["sync_poll_now", "import_start", "import_cancel"] {
        assert_eq!(second.fails(command, json!({})).code, ErrorCode::RunsElsewhere, "{command}");
    }
    let health: HealthReport = second.get("health_check", json!({}));
    let polling = health.items.iter().find(|item| item.probe == HealthProbe::Polling).unwrap();
    assert_eq!(polling.problem, Some(ErrorCode::RunsElsewhere));

    first.wire.forget_sent();
    first.sim.people_edit(5, 3);
    first.poll();
    let asked = first.wire.sent().iter().filter(|sent| sent.path == "/api/v4/leads").count();
    assert_eq!(asked, 1, "one poll of one program");
    wait_for("the second program to tell its window", || {
        let told = second.events().into_iter().any(|event| matches!(event, AppEvent::LeadsChanged { .. }));
        if told { ControlFlow::Break(()) } else { ControlFlow::Continue("nothing told".to_owned()) }
    });
    assert_eq!(leads(&second), leads(&first));
}

#[test]
fn the_other_program_takes_over_when_the_first_ends_or_crashes() {
    for is_crash in [false, true] {
        let mut first = TestApp::builder().leads(40).start();
        // The first ends before its import: what the second knew at its start is old by then.
        first.wire.hold_after(6);
        first.connect();
        wait_for("the import to be under way", || match first.wire.is_holding() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(format!("{:?}", first.status().import)),
        });
        let second = first.second_process();
        assert_eq!(problem(&second.status()), Some(ErrorCode::RunsElsewhere));
        first.wire.release();
        first.wait_for_import();
        if is_crash {
            first.crash();
        } else {
            first.end();
        }
        second.sim.people_edit(5, 3);
        wait_for("the second program to take over", || {
            second.advance(Duration::from_secs(5));
            // While it takes over the account is not here for a moment.
            match second.call("sync_status", json!({})) {
                Ok(status) if status["problem"].is_null() => ControlFlow::Break(()),
                other => ControlFlow::Continue(format!("{other:?}")),
            }
        });
        second.poll();
        second.assert_mirror_equals_simulator();
        assert_eq!(second.log("import_started", 500).len(), 1, "nothing is imported anew");
    }
}

#[test]
fn a_sign_in_in_one_program_reaches_the_one_that_keeps_the_account_in_sync() {
    let first = TestApp::builder().leads(20).start();
    first.connect_with_code();
    first.wait_for_import();
    let second = first.second_process();
    first.sim.revoke_access();
    first.advance(Duration::from_secs(30));
    first.wait_for_status("the lost sign-in", |status| status.connection == ConnectionState::NeedsSignIn);
    second.connect_with_code();
    first.wait_for_status("the sign-in", |status| status.connection == ConnectionState::Connected);
    first.poll();
    first.assert_mirror_equals_simulator();
}
