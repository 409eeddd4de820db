//! The first two ways of signing in, the `.env` file, and what bad input answers.

use cadencia_contract::{
    AccountList, ConnectionState, EnvImportPreview, EnvProblemReason, ErrorCode, MappingView, SignInMethod,
    SignInOutcome,
};
use cadencia_sim::{Fault, FaultName};
use cadencia_tests::{TestApp, wait_for};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::time::Duration;

/// A request for the second way with everything right.
fn with_code(app: &TestApp) -> Value {
    let known = app.sim.credentials();
    json!({
        "subdomain": known.subdomain,
        "client_id": known.client_id,
        "client_secret": known.client_secret,
        "redirect_uri": known.redirect_uri,
        "code": known.authorization_code,
    })
}

fn with_token(app: &TestApp) -> Value {
    let known = app.sim.credentials();
    json!({"subdomain": known.subdomain, "token": known.long_lived_token})
}

/// The request with one field replaced.
fn but(mut request: Value, field: &str, value: impl Into<Value>) -> Value {
    request[field] = value.into();
    request
}

fn accounts(app: &TestApp) -> AccountList {
    app.get("account_list", json!({}))
}

/// Changes what the registry knows of the only account, while the program does not run.
fn change_row(app: &TestApp, change: impl FnOnce(&mut cadencia_store::accounts::Account) + Send + 'static) {
    let (file, key) = (app.folder().join("cadencia.db"), app.key());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let registry = cadencia_store::Registry::open(&file, &key).await.unwrap();
        let changed = move |tx: &cadencia_store::Transaction<'_>| {
            let mut row = cadencia_store::accounts::list(tx)?.remove(0);
            change(&mut row);
            cadencia_store::accounts::update(tx, &row)
        };
        assert!(registry.write(changed).await.unwrap());
        registry.close().await;
    });
}

/// How often Kommo's token endpoint was asked.
fn exchanges(app: &TestApp) -> usize {
    app.wire.sent().iter().filter(|sent| sent.path.starts_with("/oauth2")).count()
}

#[test]
fn an_address_is_understood_however_it_is_pasted() {
    let app = TestApp::builder().without_engines().start();
    let name = app.sim.credentials().subdomain;
    for typed in [
        name.clone(),
        format!("{name}.kommo.com"),
        format!(" https://{}.kommo.com/leads/list/?page=2 ", name.to_uppercase()),
    ] {
        let outcome: SignInOutcome =
            app.get("sign_in_long_lived", but(with_token(&app), "subdomain", typed.clone()));
        assert_eq!(outcome.account.subdomain, name, "{typed}");
    }
    assert_eq!(accounts(&app).accounts.len(), 1);
}

#[test]
fn bad_input_to_the_first_way_is_told_apart() {
    let app = TestApp::builder().without_engines().start();
    let good = with_token(&app);
    let token = good["token"].as_str().unwrap().to_owned();
    let wrong_signature = format!("{}AAAA", &token[..token.len() - 4]);
    for (field, value, code) in [
        ("subdomain", "", ErrorCode::InvalidSubdomain),
        ("subdomain", "www.google.com", ErrorCode::InvalidSubdomain),
        ("subdomain", "no spaces here", ErrorCode::InvalidSubdomain),
        ("subdomain", "www", ErrorCode::InvalidSubdomain),
        ("subdomain", "anotheraccount", ErrorCode::SubdomainUnknown),
        ("token", "", ErrorCode::TokenMalformed),
        ("token", "not a token", ErrorCode::TokenMalformed),
        ("token", "a.b.c", ErrorCode::TokenMalformed),
        ("token", wrong_signature.as_str(), ErrorCode::TokenRefused),
        ("account_id", "0192f0c0-0000-7000-8000-000000000000", ErrorCode::AccountUnknown),
    ] {
        let error = app.fails("sign_in_long_lived", but(good.clone(), field, value));
        assert_eq!(error.code, code, "{field} = {value:?}");
        assert!(error.hint.is_some() || code == ErrorCode::AccountUnknown, "{code:?} offers a way out");
    }
    assert_eq!(accounts(&app).accounts, vec![]);
    assert_eq!(
        app.account_files(),
        Vec::<std::path::PathBuf>::new(),
        "a refused sign-in leaves nothing behind"
    );
}

#[test]
fn a_missing_field_is_named() {
    let app = TestApp::builder().without_engines().start();
    let error = app.fails("sign_in_long_lived", json!({"subdomain": "acme"}));
    assert_eq!((error.code, error.detail.as_str()), (ErrorCode::InvalidRequest, "token"));
    assert_eq!(app.fails("no_such_command", json!({})).code, ErrorCode::UnknownCommand);
}

#[test]
fn an_expired_or_revoked_long_lived_token_is_told_apart() {
    let app = TestApp::builder().without_engines().start();
    let good = with_token(&app);
    app.sim.revoke_access();
    assert_eq!(app.fails("sign_in_long_lived", good.clone()).code, ErrorCode::TokenRefused);
    app.advance(Duration::from_secs(366 * 24 * 3_600));
    assert_eq!(app.fails("sign_in_long_lived", good).code, ErrorCode::TokenExpired);
}

#[test]
fn an_expired_token_is_told_by_kommos_clock() {
    // This computer's clock is two years behind: by it the token would still be good.
    let app = TestApp::builder().without_engines().clock_is_off_by(-2 * 365 * 24 * 3_600_000).start();
    let good = with_token(&app);
    app.advance(Duration::from_secs(366 * 24 * 3_600));
    assert_eq!(app.fails("sign_in_long_lived", good).code, ErrorCode::TokenExpired);
}

#[test]
fn bad_input_to_the_second_way_is_told_apart() {
    let app = TestApp::builder().without_engines().start();
    let garbage = "def502".to_owned() + &"0".repeat(690);
    let redirect = "http://localhost:9999/elsewhere";
    for (field, value, code) in [
        ("subdomain", "", ErrorCode::InvalidSubdomain),
        ("subdomain", "anotheraccount", ErrorCode::WrongAccount),
        ("client_id", "00000000-0000-4000-8000-000000000000", ErrorCode::ClientIdWrong),
        ("client_id", "", ErrorCode::InvalidRequest),
        ("client_secret", "wrong", ErrorCode::ClientSecretWrong),
        ("client_secret", "", ErrorCode::InvalidRequest),
        ("redirect_uri", redirect, ErrorCode::RedirectMismatch),
        ("redirect_uri", "", ErrorCode::InvalidRequest),
        ("code", garbage.as_str(), ErrorCode::CodeInvalid),
        ("code", "", ErrorCode::InvalidRequest),
    ] {
        let error = app.fails("sign_in_code", but(with_code(&app), field, value));
        assert_eq!(error.code, code, "{field} = {value:?}");
        if code == ErrorCode::InvalidRequest {
            assert_eq!(error.detail, field);
        }
        if code == ErrorCode::RedirectMismatch {
            assert_eq!(error.detail, redirect);
        }
    }
    assert_eq!(accounts(&app).accounts, vec![]);
}

#[test]
fn a_code_lives_twenty_minutes_and_works_once() {
    let app = TestApp::builder().without_engines().start();
    let late = with_code(&app);
    app.advance(Duration::from_secs(20 * 60));
    assert_eq!(app.fails("sign_in_code", late).code, ErrorCode::CodeExpired);
    let once = with_code(&app);
    let outcome: SignInOutcome = app.get("sign_in_code", once.clone());
    assert_eq!(outcome.account.method, SignInMethod::Oauth);
    assert_eq!(app.fails("sign_in_code", once).code, ErrorCode::CodeUsed);
    assert_eq!(accounts(&app).accounts.len(), 1, "the connection already made is left alone");
    assert_eq!(app.account().connection, ConnectionState::Starting);
}

#[test]
fn faults_of_kommo_while_signing_in_are_told_apart_and_leave_nothing_behind() {
    for (name, code) in [
        (FaultName::ServerError, ErrorCode::KommoUnavailable),
        (FaultName::RateLimited, ErrorCode::RateLimited),
        (FaultName::IpBlocked, ErrorCode::IpBlocked),
        (FaultName::HtmlInsteadOfJson, ErrorCode::KommoUnreadable),
        (FaultName::TruncatedBody, ErrorCode::KommoUnreadable),
        (FaultName::Unpaid, ErrorCode::AccountUnpaid),
    ] {
        let app = TestApp::builder().without_engines().start();
        app.sim.set_fault(Fault::always(name));
        assert_eq!(app.fails("sign_in_long_lived", with_token(&app)).code, code, "{name:?}, token");
        assert_eq!(app.fails("sign_in_code", with_code(&app)).code, code, "{name:?}, code");
        assert_eq!(accounts(&app).accounts, vec![], "{name:?}");
        assert_eq!(app.account_files().len(), 0, "{name:?}");
    }
}

#[test]
fn without_a_network_signing_in_says_so() {
    let app = TestApp::builder().without_engines().start();
    app.wire.cut(true);
    assert_eq!(app.fails("sign_in_long_lived", with_token(&app)).code, ErrorCode::NetworkUnreachable);
    assert_eq!(app.fails("sign_in_code", with_code(&app)).code, ErrorCode::NetworkUnreachable);
    app.wire.cut(false);
    app.wire.lose_answers("/oauth2/", 1);
    assert_eq!(app.fails("sign_in_code", with_code(&app)).code, ErrorCode::TimedOut);
    app.connect();
}

#[test]
fn after_an_ip_block_a_person_can_try_again_at_once() {
    let app = TestApp::builder().without_engines().start();
    app.sim.set_fault(Fault::once(FaultName::IpBlocked));
    assert_eq!(app.fails("sign_in_long_lived", with_token(&app)).code, ErrorCode::IpBlocked);
    app.connect();
}

#[test]
fn signing_in_again_keeps_the_data() {
    let app = TestApp::builder().leads(80).start();
    let first = app.connect_and_import();
    let before = app.mirror_snapshot();
    let outcome = app.connect_with_code();
    assert!(outcome.was_known);
    assert_eq!(outcome.account.id, first.account.id);
    assert_eq!(outcome.account.method, SignInMethod::Oauth);
    app.poll();
    assert!(app.mirror_snapshot() == before);
    assert_eq!(app.log("import_started", 500).len(), 1, "nothing is imported anew");
}

#[test]
fn signing_in_again_moves_an_account_to_its_new_address() {
    let mut app = TestApp::builder().leads(40).start();
    let first = app.connect_and_import().account;
    app.end();
    // What a rename in Kommo leaves behind: an address at which the account no longer answers.
    change_row(&app, |row| {
        row.base_url = "https://formername.kommo.com".into();
        row.subdomain = "formername".into();
    });
    app.start_again();
    app.sim.people_edit(5, 3);
    let outcome = app.connect();
    assert!(outcome.was_known);
    assert_eq!((outcome.account.id, outcome.account.web_url), (first.id.clone(), first.web_url.clone()));
    app.poll();
    app.assert_mirror_equals_simulator();
    app.restart();
    assert_eq!(app.account().web_url, first.web_url, "and it is kept");
    app.poll();
    assert_eq!(app.account().connection, ConnectionState::Connected);
}

#[test]
fn a_passing_fault_after_a_code_was_exchanged_does_not_burn_the_code() {
    for fault in [FaultName::ServerError, FaultName::HtmlInsteadOfJson, FaultName::Unpaid] {
        let app = TestApp::builder().without_engines().start();
        let request = with_code(&app);
        app.sim.set_fault(Fault::always(fault).on_path("/api/v4/account"));
        app.fails("sign_in_code", request.clone());
        app.sim.clear_faults();
        let outcome: SignInOutcome = app.get("sign_in_code", request.clone());
        assert_eq!(outcome.account.method, SignInMethod::Oauth, "{fault:?}");
        assert_eq!(exchanges(&app), 1, "{fault:?}: what the code bought is proven again");
        assert_eq!(app.fails("sign_in_code", request).code, ErrorCode::CodeUsed, "and it works once");
    }
}

#[test]
fn what_a_code_bought_is_kept_for_ten_minutes_and_for_nobody_else() {
    let app = TestApp::builder().without_engines().start();
    let request = with_code(&app);
    app.sim.set_fault(Fault::always(FaultName::ServerError).on_path("/api/v4/account"));
    app.fails("sign_in_code", request.clone());
    app.sim.clear_faults();
    for (field, value, code) in [
        ("client_id", "00000000-0000-4000-8000-000000000000", ErrorCode::ClientIdWrong),
        ("client_secret", "wrong", ErrorCode::ClientSecretWrong),
        ("code", "wrong", ErrorCode::CodeInvalid),
    ] {
        assert_eq!(app.fails("sign_in_code", but(request.clone(), field, value)).code, code, "{field}");
    }
    app.advance(Duration::from_secs(600));
    assert_eq!(app.fails("sign_in_code", request).code, ErrorCode::CodeUsed);
}

#[test]
fn a_bad_sign_in_never_harms_a_connection_already_made() {
    let app = TestApp::builder().leads(60).start();
    let id = app.connect_and_import().account.id;
    for fault in
        [FaultName::ServerError, FaultName::HtmlInsteadOfJson, FaultName::Unpaid, FaultName::IpBlocked]
    {
        app.sim.set_fault(Fault::once(fault).times(3).on_path("/api/v4/account"));
        app.fails("sign_in_long_lived", but(with_token(&app), "account_id", id.clone()));
        app.sim.clear_faults();
    }
    app.fails("sign_in_code", but(with_code(&app), "code", "wrong"));
    app.fails("sign_in_long_lived", but(with_token(&app), "token", "a.b.c"));
    assert_eq!(app.account().connection, ConnectionState::Connected);
    app.poll();
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_page_in_place_of_an_answer_says_nothing_about_the_token() {
    let app = TestApp::builder().without_engines().start();
    for (status, code) in [
        (401, ErrorCode::KommoUnreadable),
        // Where no account is, there is nobody to answer in JSON.
        (404, ErrorCode::SubdomainUnknown),
    ] {
        app.wire.answer_with_page("/api/v4/account", status);
        assert_eq!(app.fails("sign_in_long_lived", with_token(&app)).code, code, "{status}");
    }
    app.wire.answer_no_page();
    app.connect();
}

#[test]
fn a_token_of_another_account_is_refused_for_an_account_that_lost_its_sign_in() {
    let mut app = TestApp::builder().without_engines().start();
    let id = app.connect().account.id;
    app.end();
    // One simulator is one account: what is known here is made to be of another one.
    change_row(&app, |row| row.kommo_id = Some(cadencia_domain::id::KommoAccountId(1)));
    app.start_again();
    let error = app.fails("sign_in_long_lived", but(with_token(&app), "account_id", id.clone()));
    assert_eq!(error.code, ErrorCode::WrongAccount);
    assert!(!error.detail.is_empty(), "it says whose the token is");
    assert_eq!(
        app.fails("sign_in_code", but(with_code(&app), "account_id", id)).code,
        ErrorCode::WrongAccount
    );
    assert_eq!(accounts(&app).accounts.len(), 1);
}

#[test]
fn signing_out_forgets_the_tokens_and_keeps_the_leads() {
    let mut app = TestApp::builder().leads(60).start();
    app.connect_and_import();
    let id = app.account().id;
    let list: AccountList = app.get("account_sign_out", json!({"account_id": id}));
    assert_eq!(list.accounts[0].connection, ConnectionState::NeedsSignIn);
    let stored = app.with_mirror(async |store| store.read(cadencia_store::credentials::get).await.unwrap());
    assert!(stored.is_none_or(|stored| stored.credentials.refresh_token.is_none() && stored.needs_sign_in.is_some()));
    assert_eq!(app.fails("sync_poll_now", json!({})).code, ErrorCode::NeedsSignIn);
    app.wait_for_problem(ErrorCode::NeedsSignIn);
    assert_eq!(app.log("connection_trouble", 500).len(), 0, "a person signed out; nothing is wrong");
    app.wire.forget_sent();
    app.advance(Duration::from_secs(600));
    app.restart();
    app.advance(Duration::from_secs(600));
    assert_eq!(app.account().connection, ConnectionState::NeedsSignIn);
    let leads: cadencia_contract::LeadList = app.get("lead_list", json!({}));
    assert!(leads.total > 0);
    assert_eq!(app.wire.sent(), vec![], "a signed-out account asks Kommo nothing");
    assert!(app.connect().was_known);
    app.wait_for_import();
    app.assert_mirror_equals_simulator();
}

#[test]
fn forgetting_an_account_deletes_its_files() {
    let app = TestApp::builder().leads(60).start();
    app.connect_and_import();
    let id = app.account().id;
    let list: AccountList = app.get("account_forget", json!({"account_id": id}));
    assert_eq!(list, AccountList::default());
    let left: Vec<_> = app.files().into_iter().filter(|file| file.to_string_lossy().contains(&id)).collect();
    assert_eq!(left, Vec::<std::path::PathBuf>::new());
    assert_eq!(app.fails("lead_list", json!({})).code, ErrorCode::NoAccount);
    assert!(!app.connect().was_known);
    app.wait_for_import();
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_crash_while_forgetting_leaves_no_half_account() {
    let mut app = TestApp::builder().leads(40).start();
    app.connect_and_import();
    let id = app.account().id;
    app.crash();
    // The crash came after the row was marked and before the file was deleted: the only place where half is done.
    let (file, key) = (app.folder().join("cadencia.db"), app.key());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let registry = cadencia_store::Registry::open(&file, &key).await.unwrap();
        let marked = |tx: &cadencia_store::Transaction<'_>| {
            let id = cadencia_store::accounts::list(tx)?.remove(0).id;
            cadencia_store::accounts::mark_removed(tx, &id, cadencia_domain::time::UtcMillis(1))
        };
        assert!(registry.write(marked).await.unwrap());
        registry.close().await;
    });
    assert_eq!(app.account_files().len(), 1);
    app.start_again();
    assert_eq!(accounts(&app), AccountList::default());
    let left: Vec<_> = app.files().into_iter().filter(|file| file.to_string_lossy().contains(&id)).collect();
    assert_eq!(left, Vec::<std::path::PathBuf>::new());
    assert!(!app.connect().was_known);
    app.wait_for_import();
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_crash_while_connecting_leaves_no_file_that_no_account_names() {
    for _ in 0..4 {
        let mut app = TestApp::builder().without_engines().start();
        let (caller, request) = (app.app().clone(), with_token(&app));
        let asked = app.handle().spawn(async move { caller.call("sign_in_long_lived", request).await });
        wait_for("the account's file", || match app.account_files().len() {
            0 => ControlFlow::Continue("none".to_owned()),
            _ => ControlFlow::Break(()),
        });
        drop(asked);
        app.crash_and_restart();
        assert_eq!(app.account_files().len(), accounts(&app).accounts.len());
        app.connect();
        assert_eq!(app.account_files().len(), 1);
    }
}

#[test]
fn a_program_that_starts_leaves_alone_what_another_is_connecting() {
    let app = TestApp::builder().without_engines().start();
    let (caller, request) = (app.app().clone(), with_token(&app));
    let asked = app.handle().spawn(async move { caller.call("sign_in_long_lived", request).await });
    wait_for("the account's file", || match app.account_files().len() {
        0 => ControlFlow::Continue("none".to_owned()),
        _ => ControlFlow::Break(()),
    });
    let second = app.second_process();
    app.handle().block_on(asked).unwrap().unwrap();
    assert_eq!(app.account_files().len(), 1);
    assert!(accounts(&second).accounts.len() <= 1);
    let stored = app.with_mirror(async |store| store.read(cadencia_store::credentials::get).await.unwrap());
    assert!(stored.is_some());
}

#[test]
fn a_dropped_env_file_signs_in_and_proposes_a_mapping() {
    let app = TestApp::builder().without_engines().start();
    let known = app.sim.credentials();
    let state = app.sim.state_snapshot();
    let (pipeline, stage) = (&state["pipelines"][0]["id"], &state["pipelines"][0]["statuses"][1]["id"]);
    let text = format!(
        "KOMMO_SUBDOMAIN={}\nKOMMO_CLIENT_ID={}\nKOMMO_CLIENT_SECRET={}\nKOMMO_REDIRECT_URI={}\n\
         KOMMO_LONG_LIVED_TOKEN={}\nKOMMO_PIPELINE_ID={pipeline}\nKOMMO_STAGE_NEW={stage}\nKOMMO_FIELD_GONE=999999\n\
         KOMMO_STAGE_BAD=soon\nOTHER=1\n",
        known.subdomain, known.client_id, known.client_secret, known.redirect_uri, known.long_lived_token
    );
    let raw = app.call("env_import_preview", json!({"text": text})).unwrap().to_string();
    assert!(
        !raw.contains(&known.client_secret) && !raw.contains(&known.long_lived_token),
        "secrets stay in the core"
    );
    let preview: EnvImportPreview = app.get("env_import_preview", json!({"text": text}));
    assert!(preview.has_client_secret && preview.has_long_lived_token);
    assert!(preview.token_expires_at_ms.is_some());
    let problems: Vec<_> = preview.problems.iter().map(|problem| (problem.line, problem.reason)).collect();
    assert_eq!(problems, vec![(9, EnvProblemReason::NotANumber)]);
    let outcome: SignInOutcome = app.get("env_import_sign_in", json!({"draft_id": preview.draft_id}));
    assert_eq!(outcome.account.method, SignInMethod::LongLived);
    let gone = app.fails("env_import_sign_in", json!({"draft_id": preview.draft_id}));
    assert_eq!(gone.code, ErrorCode::SignInExpired, "a draft works once");
    let home = std::sync::Arc::clone(app.home());
    drop(app);
    let app = TestApp::builder().at_home(&home).start();
    app.wait_for_import();
    let mapping: MappingView = app.get("mapping_get", json!({}));
    let found: Vec<_> =
        mapping.proposals.iter().map(|line| (line.key.as_str(), line.found_name.is_some())).collect();
    assert_eq!(
        found,
        vec![("KOMMO_PIPELINE_ID", true), ("KOMMO_STAGE_NEW", true), ("KOMMO_FIELD_GONE", false)]
    );
}

#[test]
fn an_env_file_with_an_integration_signs_in_with_a_code() {
    let app = TestApp::builder().without_engines().start();
    let known = app.sim.credentials();
    let text = format!(
        "KOMMO_SUBDOMAIN={}\nKOMMO_CLIENT_ID={}\nKOMMO_CLIENT_SECRET={}\nKOMMO_REDIRECT_URI={}\n",
        known.subdomain, known.client_id, known.client_secret, known.redirect_uri
    );
    let preview: EnvImportPreview = app.get("env_import_preview", json!({"text": text}));
    let draft = preview.draft_id;
    let missing = app.fails("env_import_sign_in", json!({"draft_id": draft}));
    assert_eq!((missing.code, missing.detail.as_str()), (ErrorCode::InvalidRequest, "code"));
    let wrong = app.fails("env_import_sign_in", json!({"draft_id": draft, "code": "wrong"}));
    assert_eq!(wrong.code, ErrorCode::CodeInvalid, "and the draft is still there");
    let outcome: SignInOutcome =
        app.get("env_import_sign_in", json!({"draft_id": draft, "code": known.authorization_code}));
    assert_eq!(outcome.account.method, SignInMethod::Oauth);
}

#[test]
fn a_file_without_anything_of_ours_is_refused_and_a_draft_is_forgotten_in_time() {
    let app = TestApp::builder().without_engines().start();
    for text in ["", "HOME=/root\n", "\u{0}\u{1}binary", "KOMMO_NEW_THING=1\n"] {
        assert_eq!(
            app.fails("env_import_preview", json!({"text": text})).code,
            ErrorCode::EnvUnreadable,
            "{text:?}"
        );
    }
    let token = app.sim.credentials().long_lived_token;
    let text = format!("KOMMO_SUBDOMAIN=acme\nKOMMO_LONG_LIVED_TOKEN={token}\n");
    let preview: EnvImportPreview = app.get("env_import_preview", json!({"text": text}));
    app.advance(Duration::from_secs(600));
    let late = app.fails("env_import_sign_in", json!({"draft_id": preview.draft_id}));
    assert_eq!(late.code, ErrorCode::SignInExpired);
}

#[test]
fn the_demo_account_needs_nobody_and_is_gone_with_the_program() {
    let mut app = TestApp::start();
    let outcome: SignInOutcome = app.get("demo_start", json!({}));
    assert!(outcome.account.is_demo);
    app.wait_for_import();
    let leads: cadencia_contract::LeadList = app.get("lead_list", json!({}));
    assert!(leads.total > 0);
    let again: SignInOutcome = app.get("demo_start", json!({}));
    assert!(again.was_known);
    assert_eq!(app.wire.sent(), vec![], "the demo asks nothing of the outside world");
    app.restart();
    assert_eq!(accounts(&app), AccountList::default());
    assert_eq!(app.account_files().len(), 0);
}

#[test]
fn only_the_demo_accounts_time_can_be_moved() {
    let app = TestApp::builder().without_engines().start();
    app.connect();
    assert_eq!(app.fails("demo_clock_advance", json!({"advance_s": 60})).code, ErrorCode::NotDemo);
}
