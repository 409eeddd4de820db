//! Faults of Kommo while an account is imported: it ends right, or waits with the right reason, and nothing is lost.

use cadencia_contract::{ConnectionState, ErrorCode, ImportEntityState, ImportState, ImportedEntity};
use cadencia_sim::{Fault, FaultName};
use cadencia_tests::{TestApp, wait_for};
use serde_json::json;
use std::ops::ControlFlow;
use std::time::Duration;

/// A fault that a second attempt gets over: nobody has to notice.
fn passes_unseen(fault: Fault) {
    let app = TestApp::builder().leads(270).fault(fault).start();
    app.connect_and_import();
    app.assert_mirror_equals_simulator();
}

/// A fault that lasts: the import waits with `code`, keeps what it has, and goes on by itself when the fault is gone.
fn waits_and_goes_on(fault: Fault, code: ErrorCode, connection: ConnectionState) {
    let app = TestApp::builder().leads(270).fault(fault).start();
    app.connect();
    let status = app.wait_for_problem(code);
    assert_eq!(status.connection, connection);
    let status =
        app.wait_for_status("the import to wait", |status| status.import.state == ImportState::Waiting);
    assert!(status.problem.is_some_and(|problem| problem.retry_at.is_some()), "tried again by itself");
    app.sim.clear_faults();
    app.advance_to_retry();
    let status = app.wait_for_import();
    assert_eq!((status.connection, status.problem), (ConnectionState::Connected, None));
    app.assert_mirror_equals_simulator();
}

fn on_contacts(name: FaultName) -> Fault {
    Fault::always(name).on_path("/api/v4/contacts")
}

#[test]
fn one_server_error_passes_unseen() {
    passes_unseen(Fault::once(FaultName::ServerError).after(9));
}

#[test]
fn one_429_passes_unseen() {
    passes_unseen(Fault::once(FaultName::RateLimited).after(9));
}

#[test]
fn one_answer_that_breaks_off_loses_nothing() {
    passes_unseen(Fault::once(FaultName::TruncatedBody).on_path("/api/v4/contacts"));
}

#[test]
fn lasting_server_errors_are_waited_out() {
    waits_and_goes_on(
        on_contacts(FaultName::ServerError),
        ErrorCode::KommoUnavailable,
        ConnectionState::Offline,
    );
}

#[test]
fn lasting_429s_are_waited_out() {
    waits_and_goes_on(on_contacts(FaultName::RateLimited), ErrorCode::RateLimited, ConnectionState::Limited);
}

#[test]
fn lasting_broken_json_is_waited_out() {
    waits_and_goes_on(
        on_contacts(FaultName::TruncatedBody),
        ErrorCode::KommoUnreadable,
        ConnectionState::Offline,
    );
}

#[test]
fn web_pages_instead_of_json_are_waited_out() {
    waits_and_goes_on(
        on_contacts(FaultName::HtmlInsteadOfJson),
        ErrorCode::KommoUnreadable,
        ConnectionState::Offline,
    );
}

#[test]
fn a_blocked_address_is_waited_out() {
    waits_and_goes_on(on_contacts(FaultName::IpBlocked), ErrorCode::IpBlocked, ConnectionState::Limited);
}

#[test]
fn an_unpaid_account_is_waited_out() {
    waits_and_goes_on(on_contacts(FaultName::Unpaid), ErrorCode::AccountUnpaid, ConnectionState::Offline);
}

#[test]
fn a_page_that_repeats_is_not_believed() {
    waits_and_goes_on(
        Fault::always(FaultName::PageRepeats).on_path("/api/v4/leads"),
        ErrorCode::KommoUnreadable,
        ConnectionState::Offline,
    );
}

#[test]
fn a_computer_without_network_goes_on_when_it_is_back() {
    let app = TestApp::builder().leads(270).start();
    app.wire.hold_after(12);
    app.connect();
    app.wait_for_status("the import", |status| status.import.state == ImportState::Running);
    app.wire.cut(true);
    app.wire.release();
    let status = app.wait_for_problem(ErrorCode::NetworkUnreachable);
    assert_eq!(status.connection, ConnectionState::Offline);
    app.wire.cut(false);
    app.advance_to_retry();
    app.wait_for_import();
    app.assert_mirror_equals_simulator();
}

#[test]
fn answers_that_never_come_are_waited_out() {
    let app = TestApp::builder().leads(270).start();
    app.wire.lose_answers("/api/v4/contacts", u32::MAX);
    app.connect();
    app.wait_for_problem(ErrorCode::TimedOut);
    app.wire.lose_answers("/api/v4/contacts", 0);
    app.advance_to_retry();
    app.wait_for_import();
    app.assert_mirror_equals_simulator();
}

#[test]
fn one_empty_answer_where_a_list_belongs_loses_nothing() {
    for path in ["/api/v4/leads", "/api/v4/contacts", "/api/v4/tasks", "/api/v4/leads/notes"] {
        for after in [0, 1] {
            let app = TestApp::builder().leads(270).without_engines().start();
            app.connect();
            let home = std::sync::Arc::clone(app.home());
            drop(app);
            home.sim.set_fault(Fault::once(FaultName::EmptyList204).on_path(path).after(after));
            let app = TestApp::builder().at_home(&home).start();
            wait_for("the import, past a fault that was noticed", || {
                let status = app.status();
                if status.problem.as_ref().is_some_and(|problem| problem.retry_at.is_some()) {
                    app.advance(Duration::from_secs(10));
                }
                match status.import.state == ImportState::Finished && status.polling.next_at_ms.is_some() {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(format!("{:?} {:?}", status.problem, status.import.state)),
                }
            });
            let found = cadencia_tests::differences(
                &app.mirror_snapshot(),
                &cadencia_tests::of_simulator(&app.sim.state_snapshot()),
            );
            assert_eq!(found, Vec::<String>::new(), "204 on {path} after {after} requests");
        }
    }
}

#[test]
fn a_server_that_ignores_every_filter_changes_nothing() {
    let app = TestApp::builder().leads(270).fault(Fault::always(FaultName::FilterIgnored)).start();
    app.connect_and_import();
    app.poll();
    app.assert_mirror_equals_simulator();
    app.advance(Duration::from_secs(26 * 3_600));
    app.poll();
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_user_without_rights_still_gets_the_leads() {
    let app = TestApp::builder().leads(270).fault(Fault::always(FaultName::NonAdmin)).start();
    app.connect();
    let status = app.wait_for_import();
    assert_eq!(status.connection, ConnectionState::Connected);
    let leads = status.import.entities.iter().find(|found| found.entity == ImportedEntity::Leads).unwrap();
    assert_eq!(leads.state, ImportEntityState::Done);
    let mapping: cadencia_contract::MappingView = app.get("mapping_get", json!({}));
    assert!(mapping.users_refused);
    let mut live = cadencia_tests::of_simulator(&app.sim.state_snapshot());
    live.remove("users");
    assert_eq!(cadencia_tests::differences(&app.mirror_snapshot(), &live), Vec::<String>::new());
}

#[test]
fn a_revoked_token_stops_the_import_until_somebody_signs_in_again() {
    let app = TestApp::builder()
        .leads(270)
        .fault(Fault::always(FaultName::Unauthorized).on_path("/api/v4/tasks"))
        .start();
    app.connect();
    let status =
        app.wait_for_status("the lost sign-in", |status| status.connection == ConnectionState::NeedsSignIn);
    assert_eq!(status.problem.map(|problem| problem.code), Some(ErrorCode::NeedsSignIn));
    let leads: cadencia_contract::LeadList = app.get("lead_list", json!({}));
    assert!(leads.total > 0, "what is here stays readable");
    app.sim.clear_faults();
    let outcome = app.connect();
    assert!(outcome.was_known);
    app.wait_for_import();
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_fault_of_ours_while_a_page_is_read_loses_nothing() {
    let app = TestApp::builder().leads(120).start();
    app.wire.panic_at("/api/v4/tasks");
    app.connect();
    let status = app.wait_for_problem(ErrorCode::KommoUnreadable);
    assert_eq!(status.problem.map(|problem| problem.detail), Some("panicked".to_owned()));
    assert_eq!(app.take_panics().len(), 1);
    app.advance_to_retry();
    app.wait_for_import();
    app.assert_mirror_equals_simulator();
}
