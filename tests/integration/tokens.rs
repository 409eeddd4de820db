//! Renewing the access token: once, whoever asks, and never in vain.

use cadencia_contract::{ConnectionState, ErrorCode, HealthProbe, HealthReport, HealthState};
use cadencia_sim::{Fault, FaultName};
use cadencia_store::credentials::{self, StoredCredentials};
use cadencia_tests::{TestApp, wait_for};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use std::ops::ControlFlow;
use std::time::Duration;

/// Signed in with a code; engines at rest, so that only the test asks Kommo for anything.
fn signed_in() -> TestApp {
    let app = TestApp::builder().leads(20).without_engines().start();
    app.connect_with_code();
    app
}

/// Asks Kommo for the account, with whatever token there is.
fn sign_in_works(app: &TestApp) -> bool {
    state_of(&app.get("health_check", json!({}))) == HealthState::Good
}

fn state_of(report: &HealthReport) -> HealthState {
    report.items.iter().find(|item| item.probe == HealthProbe::SignIn).unwrap().state
}

/// What keeps Kommo from being asked for the account.
fn problem(app: &TestApp) -> Option<ErrorCode> {
    let report: HealthReport = app.get("health_check", json!({}));
    report.items.iter().find(|item| item.probe == HealthProbe::SignIn).unwrap().problem
}

/// A person does not want to wait.
fn try_again(app: &TestApp) {
    app.get::<serde_json::Value>("sync_poll_now", json!({}));
}

/// How often a pair was asked for, as far as remembered.
fn asked_for_pairs(app: &TestApp) -> usize {
    app.wire.sent().iter().filter(|sent| sent.path == "/oauth2/access_token").count()
}

fn stored(app: &TestApp) -> StoredCredentials {
    let read = app.with_mirror(async |store| store.read(credentials::get).await);
    read.unwrap().expect("signed in")
}

fn refresh_token(app: &TestApp) -> String {
    stored(app).credentials.refresh_token.unwrap().expose_secret().to_owned()
}

/// Does something to the account's database, beside the program.
fn run_sql(app: &TestApp, sql: &'static str) {
    app.with_mirror(async |store| {
        store
            .write(move |tx| {
                tx.execute_batch(sql).unwrap();
                Ok(())
            })
            .await
            .unwrap();
    });
}

fn wait_for_a_refresh_under_way(app: &TestApp) {
    wait_for("the refresh to be under way", || {
        let is_asked =
            |sent: &cadencia_tests::Sent| sent.path == "/oauth2/access_token" && sent.status.is_none();
        match app.wire.sent().iter().any(is_asked) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(format!("{:?}", app.wire.sent().last())),
        }
    });
}

/// Fifty tasks in two processes ask at the same time.
fn fifty_tasks_in_two_processes(app: &TestApp) -> Vec<HealthReport> {
    let second = app.second_process();
    let asking: Vec<_> = (0..50)
        .map(|number| {
            let process = if number % 2 == 0 { app } else { &second };
            let caller = process.app().clone();
            process.handle().spawn(async move { caller.call("health_check", json!({})).await })
        })
        .collect();
    let answers = asking.into_iter().map(|task| {
        let answer = app.handle().block_on(task).unwrap().unwrap();
        serde_json::from_value(answer).unwrap()
    });
    answers.collect()
}

#[test]
fn fifty_tasks_in_two_processes_renew_an_expired_token_with_one_request() {
    for is_strict in [false, true] {
        let app = signed_in();
        if is_strict {
            app.sim.set_fault(Fault::always(FaultName::RefreshStrict));
        }
        app.sim.expire_access_tokens();
        let reports = fifty_tasks_in_two_processes(&app);
        assert!(reports.iter().all(|report| state_of(report) == HealthState::Good), "strict: {is_strict}");
        assert_eq!(app.sim.stats().oauth_refreshes, 1, "strict: {is_strict}");
        assert!(sign_in_works(&app));
    }
}

#[test]
fn a_token_that_ran_out_by_the_clock_is_renewed_with_one_request_before_it_is_used() {
    let app = signed_in();
    app.advance(Duration::from_secs(24 * 3_600));
    let reports = fifty_tasks_in_two_processes(&app);
    assert!(reports.iter().all(|report| state_of(report) == HealthState::Good));
    assert_eq!(app.sim.stats().oauth_refreshes, 1);
    assert_eq!(app.sim.stats().by_status.get(&401), None, "the old token was not even tried");
}

#[test]
fn with_storage_that_cannot_be_written_no_refresh_is_spent() {
    for is_strict in [false, true] {
        let app = signed_in();
        if is_strict {
            app.sim.set_fault(Fault::always(FaultName::RefreshStrict));
        }
        let before = refresh_token(&app);
        let no_room = "CREATE TRIGGER no_room BEFORE UPDATE ON credentials
                       BEGIN SELECT RAISE(FAIL, 'no room'); END";
        run_sql(&app, no_room);
        app.sim.expire_access_tokens();
        let reports = fifty_tasks_in_two_processes(&app);
        assert!(reports.iter().all(|report| state_of(report) == HealthState::Bad));
        assert_eq!(app.sim.stats().oauth_refreshes, 0, "strict: {is_strict}");
        assert_ne!(app.account().connection, ConnectionState::NeedsSignIn);
        run_sql(&app, "DROP TRIGGER no_room");
        assert_eq!(refresh_token(&app), before);
        app.advance(Duration::from_secs(60));
        assert!(sign_in_works(&app), "with room again the same token is spent");
        assert_eq!(app.sim.stats().oauth_refreshes, 1);
    }
}

#[test]
fn without_the_lock_that_processes_share_no_refresh_is_spent() {
    let app = signed_in();
    let lock = app.account_files()[0].with_extension("lock");
    let _ = std::fs::remove_file(&lock);
    std::fs::create_dir(&lock).unwrap();
    app.sim.expire_access_tokens();
    assert_eq!(problem(&app), Some(ErrorCode::StorageFull));
    assert_eq!(app.sim.stats().oauth_refreshes, 0);
    assert_ne!(app.account().connection, ConnectionState::NeedsSignIn);
    std::fs::remove_dir(&lock).unwrap();
    app.advance(Duration::from_secs(60));
    assert!(sign_in_works(&app));
    assert_eq!(app.sim.stats().oauth_refreshes, 1);
}

#[test]
fn a_lost_answer_is_asked_for_once_more_with_the_old_token() {
    let app = signed_in();
    app.sim.expire_access_tokens();
    app.wire.lose_answers("/oauth2/access_token", 1);
    assert!(sign_in_works(&app));
    assert_eq!(app.sim.stats().oauth_refreshes, 2);
    assert_eq!(app.sim.stats().oauth_refreshes_granted, 2);
}

#[test]
fn an_answer_lost_twice_keeps_the_old_token_for_later() {
    let mut app = signed_in();
    let before = refresh_token(&app);
    app.sim.expire_access_tokens();
    app.wire.lose_answers("/oauth2/access_token", 2);
    // A lost answer is asked for once more; the other thing that the check asks Kommo has to wait.
    assert_eq!(problem(&app), Some(ErrorCode::TimedOut));
    assert_eq!(app.sim.stats().oauth_refreshes, 2);
    assert_eq!(refresh_token(&app), before);
    // Even a crash right then loses nothing: the old token is good until the new one is used.
    app.crash_and_restart();
    assert!(sign_in_works(&app));
    assert_ne!(refresh_token(&app), before);
}

#[test]
fn passing_faults_of_the_token_endpoint_are_told_apart_and_never_lose_the_sign_in() {
    for (name, code) in [
        (FaultName::ServerError, ErrorCode::KommoUnavailable),
        (FaultName::RateLimited, ErrorCode::RateLimited),
        (FaultName::IpBlocked, ErrorCode::IpBlocked),
        (FaultName::HtmlInsteadOfJson, ErrorCode::KommoUnreadable),
        (FaultName::TruncatedBody, ErrorCode::KommoUnreadable),
    ] {
        let app = signed_in();
        let before = refresh_token(&app);
        app.sim.expire_access_tokens();
        app.sim.set_fault(Fault::always(name).on_path("/oauth2"));
        assert_eq!(problem(&app), Some(code), "{name:?}");
        assert_ne!(app.account().connection, ConnectionState::NeedsSignIn, "{name:?}");
        assert_eq!(refresh_token(&app), before, "{name:?}");
        app.sim.clear_faults();
        try_again(&app);
        assert!(sign_in_works(&app), "{name:?}");
    }
    let app = signed_in();
    app.advance(Duration::from_secs(24 * 3_600));
    app.wire.cut(true);
    assert_eq!(problem(&app), Some(ErrorCode::NetworkUnreachable));
    app.wire.cut(false);
    try_again(&app);
    assert!(sign_in_works(&app));
    assert_ne!(app.account().connection, ConnectionState::NeedsSignIn);
}

#[test]
fn a_token_endpoint_that_fails_is_not_asked_with_every_request() {
    for name in [FaultName::ServerError, FaultName::HtmlInsteadOfJson] {
        let app = signed_in();
        app.advance(Duration::from_secs(24 * 3_600 - 200));
        app.sim.set_fault(Fault::always(name).on_path("/oauth2"));
        for _ in 0..10 {
            assert!(sign_in_works(&app), "{name:?}: the token is good for some minutes yet");
        }
        assert_eq!(asked_for_pairs(&app), 2, "{name:?}: for the code, and once for the next");
        app.advance(Duration::from_secs(3));
        assert!(sign_in_works(&app));
        assert_eq!(asked_for_pairs(&app), 3, "{name:?}: after a while once more");
        app.advance(Duration::from_secs(300));
        let reports = fifty_tasks_in_two_processes(&app);
        assert!(reports.iter().all(|report| state_of(report) == HealthState::Bad), "{name:?}");
        assert_eq!(asked_for_pairs(&app), 5, "{name:?}: once for each process");
        app.sim.clear_faults();
        app.advance(Duration::from_secs(60));
        assert!(sign_in_works(&app), "{name:?}");
    }
}

#[test]
fn a_block_at_the_token_endpoint_stops_every_request_until_somebody_tries_again() {
    let app = signed_in();
    app.sim.expire_access_tokens();
    app.sim.set_fault(Fault::always(FaultName::IpBlocked).on_path("/oauth2"));
    assert_eq!(problem(&app), Some(ErrorCode::IpBlocked));
    assert!(app.status().rate.is_blocked);
    app.wire.forget_sent();
    app.sim.clear_faults();
    app.advance(Duration::from_secs(3_600));
    assert_eq!(problem(&app), Some(ErrorCode::IpBlocked));
    assert_eq!(app.wire.sent(), vec![]);
    try_again(&app);
    assert!(sign_in_works(&app));
}

#[test]
fn a_429_of_the_token_endpoint_pauses_every_request() {
    let app = signed_in();
    app.advance(Duration::from_secs(24 * 3_600));
    app.sim.set_fault(Fault::always(FaultName::RateLimited).on_path("/oauth2").seconds(300));
    assert_eq!(problem(&app), Some(ErrorCode::RateLimited));
    assert!(app.status().rate.paused_until_ms.is_some());
    app.wire.forget_sent();
    app.advance(Duration::from_secs(299));
    assert_eq!(problem(&app), Some(ErrorCode::RateLimited));
    assert_eq!(app.wire.sent(), vec![]);
}

#[test]
fn whoever_signs_in_again_is_not_put_off() {
    let app = signed_in();
    app.advance(Duration::from_secs(24 * 3_600));
    app.sim.set_fault(Fault::always(FaultName::ServerError).on_path("/oauth2"));
    assert!(!sign_in_works(&app));
    app.sim.clear_faults();
    app.wire.forget_sent();
    assert!(!sign_in_works(&app), "the next try is not due yet");
    assert_eq!(app.wire.sent(), vec![]);
    app.connect_with_code();
    // What was brought is refused at once: the answer to that is asked for now.
    app.sim.expire_access_tokens();
    assert!(sign_in_works(&app));
}

#[test]
fn an_engine_waits_out_a_token_endpoint_that_fails() {
    let app = TestApp::builder().leads(20).start();
    app.connect_with_code();
    app.wait_for_import();
    for (name, code, connection) in [
        (FaultName::ServerError, ErrorCode::KommoUnavailable, ConnectionState::Offline),
        (FaultName::RateLimited, ErrorCode::RateLimited, ConnectionState::Limited),
        (FaultName::IpBlocked, ErrorCode::IpBlocked, ConnectionState::Limited),
    ] {
        app.sim.set_fault(Fault::always(name).on_path("/oauth2"));
        app.advance(Duration::from_secs(24 * 3_600));
        let status = app.wait_for_problem(code);
        assert_eq!(status.connection, connection, "{name:?}");
        app.sim.clear_faults();
        app.advance_to_retry();
        app.wait_for_status("the connection to come back", |status| {
            status.connection == ConnectionState::Connected && status.polling.next_at_ms.is_some()
        });
    }
    assert_eq!(app.sim.stats().oauth_refreshes_granted, 3);
}

#[test]
fn a_definitive_refusal_asks_for_signing_in_again_and_stops_asking_kommo() {
    let mut app = TestApp::builder().leads(20).start();
    app.connect_with_code();
    app.wait_for_import();
    app.sim.revoke_access();
    app.advance(Duration::from_secs(30));
    app.wait_for_status("the lost sign-in", |status| status.connection == ConnectionState::NeedsSignIn);
    assert_eq!(app.account().problem, Some(ErrorCode::NeedsSignIn));
    assert!(stored(&app).needs_sign_in.is_some());
    wait_for("the loss in the log", || match app.log("sign_in_lost", 500).len() {
        0 => ControlFlow::Continue("nothing".to_owned()),
        _ => ControlFlow::Break(()),
    });
    assert_eq!(app.sim.stats().oauth_refreshes, 1);
    app.wait_for_problem(ErrorCode::NeedsSignIn);
    app.wire.forget_sent();
    app.advance(Duration::from_secs(3_600));
    for _ in 0..2 {
        app.restart();
        app.wait_for_problem(ErrorCode::NeedsSignIn);
        app.advance(Duration::from_secs(3_600));
    }
    assert_eq!(app.account().connection, ConnectionState::NeedsSignIn, "and still after a restart");
    assert_eq!(app.wire.sent(), vec![]);
    assert_eq!(app.log("sign_in_lost", 500).len(), 1, "told once");
    assert!(app.connect_with_code().was_known);
    app.wait_for_import();
    app.poll();
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_refused_long_lived_token_asks_for_signing_in_again() {
    let app = TestApp::builder().leads(20).start();
    app.connect_and_import();
    app.sim.revoke_access();
    app.advance(Duration::from_secs(30));
    app.wait_for_status("the lost sign-in", |status| status.connection == ConnectionState::NeedsSignIn);
    assert_eq!(app.sim.stats().oauth_refreshes, 0);
}

/// As [`signed_in`], with the long-lived token.
fn signed_in_for_long() -> TestApp {
    let app = TestApp::builder().leads(20).without_engines().start();
    app.connect();
    app
}

#[test]
fn a_page_in_place_of_an_answer_costs_no_long_lived_token() {
    for status in [401, 403, 404] {
        let app = signed_in_for_long();
        app.wire.answer_with_page("/api/v4", status);
        assert!(!sign_in_works(&app), "{status}");
        assert_eq!(stored(&app).needs_sign_in, None, "{status}");
        assert_ne!(app.account().connection, ConnectionState::NeedsSignIn, "{status}");
    }
}

#[test]
fn one_refusal_costs_no_long_lived_token_that_is_still_good() {
    let app = signed_in_for_long();
    app.sim.set_fault(Fault::once(FaultName::Unauthorized).on_path("/api/v4/account"));
    assert!(sign_in_works(&app), "asked once more, it was good");
    assert_eq!(stored(&app).needs_sign_in, None);
}

#[test]
fn a_refusal_that_cannot_be_confirmed_costs_no_long_lived_token() {
    let app = signed_in_for_long();
    // Asked once more, Kommo does not answer.
    app.sim.set_fault(Fault::once(FaultName::Unauthorized));
    app.sim.set_fault(Fault::always(FaultName::ServerError).after(1));
    let report: HealthReport = app.get("health_check", json!({}));
    let problem = report.items.iter().find(|item| item.probe == HealthProbe::SignIn).unwrap().problem;
    assert_eq!(problem, Some(ErrorCode::KommoUnavailable));
    assert_eq!(stored(&app).needs_sign_in, None);
    app.sim.clear_faults();
    app.advance(Duration::from_secs(60));
    assert!(sign_in_works(&app));
}

#[test]
fn a_running_engine_renews_its_token_day_after_day() {
    let app = TestApp::builder().leads(20).start();
    app.connect_with_code();
    app.wait_for_import();
    for day in 1..=5 {
        let before = app.last_poll().unwrap().id.0;
        app.advance(Duration::from_secs(24 * 3_600));
        app.wait_for_poll_after(before);
        assert_eq!(app.sim.stats().oauth_refreshes, day);
    }
    assert_eq!(app.account().connection, ConnectionState::Connected);
}

#[test]
fn a_sign_in_of_a_person_wins_over_a_refresh_under_way() {
    for signs_out_first in [false, true] {
        let app = signed_in();
        app.advance(Duration::from_secs(24 * 3_600));
        app.wire.hold_after(0);
        let caller = app.app().clone();
        let asking = app.handle().spawn(async move { caller.call("health_check", json!({})).await });
        wait_for_a_refresh_under_way(&app);
        let brought = app.sim.credentials().long_lived_token;
        let token = SecretString::from(brought.clone());
        let fresh = app.with_mirror(async move |store| {
            // Another process stores what a person brought meanwhile.
            store
                .write(move |tx| {
                    let mut newer = credentials::get(tx)?.unwrap().credentials;
                    newer.access_token = token;
                    newer.expires_at = None;
                    if signs_out_first {
                        credentials::forget(tx)?;
                    }
                    credentials::put(tx, &newer, cadencia_domain::time::UtcMillis(1))
                })
                .await
                .unwrap()
        });
        app.wire.release();
        app.handle().block_on(asking).unwrap().unwrap();
        let kept = stored(&app);
        assert_eq!(kept.generation, fresh, "signs out first: {signs_out_first}");
        assert_eq!(kept.credentials.access_token.expose_secret(), brought);
        assert_eq!(kept.needs_sign_in, None);
    }
}

#[test]
fn a_renewal_under_way_outlives_whoever_asked_for_it() {
    let mut app = signed_in();
    app.sim.set_fault(Fault::always(FaultName::RefreshStrict));
    app.advance(Duration::from_secs(24 * 3_600));
    app.wire.hold_after(0);
    let caller = app.app().clone();
    let asking = app.handle().spawn(async move { caller.call("health_check", json!({})).await });
    wait_for_a_refresh_under_way(&app);
    // The window is closed, the import is cancelled.
    asking.abort();
    assert!(app.handle().block_on(asking).unwrap_err().is_cancelled());
    let before = stored(&app).generation;
    app.wire.release();
    wait_for("the new pair to be stored", || match stored(&app).generation {
        now if now > before => ControlFlow::Break(()),
        now => ControlFlow::Continue(format!("generation {now}")),
    });
    app.restart();
    assert!(sign_in_works(&app));
    assert_eq!(app.sim.stats().oauth_refreshes, 1);
}

#[test]
fn a_pair_that_could_not_be_stored_is_stored_later_and_no_other_is_asked_for() {
    let app = signed_in();
    app.sim.set_fault(Fault::always(FaultName::RefreshStrict));
    app.advance(Duration::from_secs(24 * 3_600));
    app.wire.hold_after(0);
    let caller = app.app().clone();
    let asking = app.handle().spawn(async move { caller.call("health_check", json!({})).await });
    wait_for_a_refresh_under_way(&app);
    // There was room when it was asked for, and there is none when it comes.
    run_sql(
        &app,
        "CREATE TRIGGER no_room BEFORE UPDATE ON credentials BEGIN SELECT RAISE(FAIL, 'no room'); END",
    );
    app.wire.release();
    app.handle().block_on(asking).unwrap().unwrap();
    assert_ne!(app.account().connection, ConnectionState::NeedsSignIn);
    run_sql(&app, "DROP TRIGGER no_room");
    app.advance(Duration::from_secs(60));
    assert!(sign_in_works(&app), "the pair that Kommo gave is used");
    assert_eq!(app.sim.stats().oauth_refreshes, 1);
}
