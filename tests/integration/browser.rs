//! The third way: the system's browser and the listener, over a real socket.

use bytes::Bytes;
use cadencia_contract::{AppEvent, ErrorCode, SignInBrowserStarted, SignInMethod, SignInResult};
use cadencia_sim::{Fault, FaultName};
use cadencia_tests::{TestApp, wait_for};
use http::{Request, StatusCode, header};
use kommo::{HttpConfig, HttpTransport, RouterTransport, Transport};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::time::Duration;

/// What a browser sees.
#[derive(Debug)]
struct Seen {
    status: StatusCode,
    location: Option<String>,
    body: String,
}

/// Opens an address of the listener, as a browser on this computer does.
fn open(app: &TestApp, method: &str, path: &str, key: Option<&str>) -> Seen {
    let base = app.app().listener_url().unwrap().replace("localhost", "127.0.0.1");
    let mut request = Request::builder().method(method).uri(format!("{base}{path}"));
    if let Some(key) = key {
        request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
    }
    let request = request.body(Bytes::new()).unwrap();
    app.handle().block_on(async {
        let http = HttpTransport::new(HttpConfig::default()).unwrap();
        seen(&http.send(request).await.unwrap())
    })
}

/// Opens the consent page at Kommo and presses a button.
fn at_kommo(app: &TestApp, started: &SignInBrowserStarted, button: &str) -> String {
    let request =
        Request::get(format!("{}&auto={button}", started.authorization_url)).body(Bytes::new()).unwrap();
    let kommo = RouterTransport::new(app.sim.router());
    let page = app.handle().block_on(async { seen(&kommo.send(request).await.unwrap()) });
    assert_eq!(page.status, StatusCode::FOUND, "{page:?}");
    let location = page.location.unwrap();
    // The integration names port 8000; the listener of this test has another.
    location.strip_prefix("http://localhost:8000").unwrap().to_owned()
}

fn seen(answer: &http::Response<Bytes>) -> Seen {
    let location = answer.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
    Seen { status: answer.status(), location, body: String::from_utf8(answer.body().to_vec()).unwrap() }
}

fn begin(app: &TestApp) -> SignInBrowserStarted {
    let known = app.sim.credentials();
    app.get(
        "sign_in_browser_start",
        json!({
            "client_id": known.client_id,
            "client_secret": known.client_secret,
            "redirect_uri": known.redirect_uri,
        }),
    )
}

fn result_of(app: &TestApp, started: &SignInBrowserStarted) -> SignInResult {
    wait_for("the end of the sign-in", || {
        let told = app.events().into_iter().find_map(|event| match event {
            AppEvent::SignInFinished { attempt_id, result } if attempt_id == started.attempt_id => {
                Some(result)
            }
            _ => None,
        });
        told.map_or(ControlFlow::Continue("nothing told".to_owned()), ControlFlow::Break)
    })
}

fn failure(result: SignInResult) -> ErrorCode {
    match result {
        SignInResult::Failed { error } => error.code,
        SignInResult::Done { account } => panic!("{} signed in", account.name),
    }
}

#[test]
fn a_person_signs_in_through_the_browser() {
    let app = TestApp::builder().leads(30).start();
    let started = begin(&app);
    let callback = at_kommo(&app, &started, "allow");
    let page = open(&app, "GET", &callback, None);
    assert_eq!(page.status, StatusCode::OK);
    match result_of(&app, &started) {
        SignInResult::Done { account } => assert_eq!(account.method, SignInMethod::Oauth),
        SignInResult::Failed { error } => panic!("{error:?}"),
    }
    app.wait_for_import();
    app.assert_mirror_equals_simulator();
}

#[test]
fn without_a_redirect_url_the_listeners_own_is_used() {
    let app = TestApp::builder().without_engines().start();
    let started: SignInBrowserStarted =
        app.get("sign_in_browser_start", json!({"client_id": "a", "client_secret": "b"}));
    let own = format!("{}/auth/kommo/callback", app.app().listener_url().unwrap());
    assert_eq!(started.redirect_uri, own);
    for field in ["client_id", "client_secret"] {
        let mut request = json!({"client_id": "a", "client_secret": "b"});
        request[field] = json!("  ");
        let error = app.fails("sign_in_browser_start", request);
        assert_eq!((error.code, error.detail.as_str()), (ErrorCode::InvalidRequest, field));
    }
}

#[test]
fn a_refusal_in_the_browser_is_told() {
    let app = TestApp::builder().without_engines().start();
    let started = begin(&app);
    let callback = at_kommo(&app, &started, "refuse");
    let page = open(&app, "GET", &callback, None);
    assert!(!page.body.is_empty());
    assert_eq!(failure(result_of(&app, &started)), ErrorCode::SignInRefused);
}

#[test]
fn a_callback_works_once_in_time_and_only_with_a_state_of_ours() {
    let app = TestApp::builder().without_engines().start();
    let known = app.sim.credentials();
    let forged =
        format!("/auth/kommo/callback?code={}&state=guessed&referer=x.kommo.com", known.authorization_code);
    for path in [
        forged.as_str(),
        "/auth/kommo/callback",
        "/auth/kommo/callback?code=1",
        "/auth/kommo/callback?state=",
    ] {
        let page = open(&app, "GET", path, None);
        assert_eq!(page.status, StatusCode::GONE, "{path}: {page:?}");
        assert!(!page.body.contains("guessed"), "nothing of a request is written into a page");
    }
    assert_eq!(app.get::<cadencia_contract::AccountList>("account_list", json!({})).accounts, vec![]);
    let oauth =
        |app: &TestApp| app.wire.sent().iter().filter(|sent| sent.path.starts_with("/oauth2")).count();
    assert_eq!(oauth(&app), 0, "a forged callback asks Kommo nothing");

    let started = begin(&app);
    let callback = at_kommo(&app, &started, "allow");
    let first = open(&app, "GET", &callback, None);
    assert!(matches!(result_of(&app, &started), SignInResult::Done { .. }));
    let again = open(&app, "GET", &callback, None);
    assert_ne!(first.body, again.body, "the second use is told to be void");
    assert_eq!(oauth(&app), 1);

    let late = begin(&app);
    let callback = at_kommo(&app, &late, "allow");
    app.advance(Duration::from_secs(600));
    let page = open(&app, "GET", &callback, None);
    assert_eq!(page.body, again.body);
    assert_eq!(oauth(&app), 1);

    let given_up = begin(&app);
    app.get::<Value>("sign_in_browser_cancel", json!({"attempt_id": given_up.attempt_id}));
    let page = open(&app, "GET", &at_kommo(&app, &given_up, "allow"), None);
    assert_eq!(page.body, again.body);
    assert_eq!(oauth(&app), 1);
}

#[test]
fn bad_input_and_faults_behind_the_browser_are_told_apart() {
    let app = TestApp::builder().without_engines().start();
    let known = app.sim.credentials();
    let with = |secret: &str, redirect: &str| -> SignInBrowserStarted {
        let request =
            json!({"client_id": known.client_id, "client_secret": secret, "redirect_uri": redirect});
        app.get("sign_in_browser_start", request)
    };
    let wrong_secret = with("wrong", &known.redirect_uri);
    open(&app, "GET", &at_kommo(&app, &wrong_secret, "allow"), None);
    assert_eq!(failure(result_of(&app, &wrong_secret)), ErrorCode::ClientSecretWrong);
    let mismatch = with(&known.client_secret, "http://localhost:8000/other");
    open(&app, "GET", &at_kommo(&app, &mismatch, "allow"), None);
    assert_eq!(failure(result_of(&app, &mismatch)), ErrorCode::RedirectMismatch);
    for (fault, code) in [
        (FaultName::ServerError, ErrorCode::KommoUnavailable),
        (FaultName::HtmlInsteadOfJson, ErrorCode::KommoUnreadable),
        (FaultName::TruncatedBody, ErrorCode::KommoUnreadable),
        (FaultName::Unpaid, ErrorCode::AccountUnpaid),
    ] {
        let started = begin(&app);
        let callback = at_kommo(&app, &started, "allow");
        app.sim.set_fault(Fault::always(fault));
        open(&app, "GET", &callback, None);
        assert_eq!(failure(result_of(&app, &started)), code, "{fault:?}");
        app.sim.clear_faults();
    }
    assert_eq!(app.get::<cadencia_contract::AccountList>("account_list", json!({})).accounts, vec![]);
}

#[test]
fn the_secret_key_is_never_sent_to_a_host_that_is_not_kommos() {
    let app = TestApp::builder().without_engines().start();
    let started = begin(&app);
    let callback =
        at_kommo(&app, &started, "allow").replace("solarhorizonte.kommo.com", "kommo.com.evil.example");
    assert!(callback.contains("evil"), "{callback}");
    open(&app, "GET", &callback, None);
    assert_eq!(failure(result_of(&app, &started)), ErrorCode::InvalidSubdomain);
    assert_eq!(app.wire.sent(), vec![]);
}

#[test]
fn the_keyed_routes_need_the_local_key_and_do_what_they_say() {
    let app = TestApp::builder().leads(20).without_engines().start();
    app.connect_with_code();
    let key = app.handle().block_on(app.app().local_api_key()).unwrap().expose_secret().to_owned();
    for (method, path) in
        [("GET", "/auth/kommo/status"), ("POST", "/auth/kommo/refresh"), ("POST", "/auth/kommo/logout")]
    {
        for wrong in [None, Some("wrong"), Some("")] {
            assert_eq!(open(&app, method, path, wrong).status, StatusCode::UNAUTHORIZED, "{path}");
        }
    }
    let status = open(&app, "GET", "/auth/kommo/status", Some(&key));
    assert!(status.body.contains(&app.account().id));
    assert_eq!(open(&app, "POST", "/auth/kommo/refresh", Some(&key)).status, StatusCode::OK);
    assert_eq!(app.sim.stats().oauth_refreshes, 1);
    let login = open(&app, "GET", "/auth/kommo/login", None);
    assert_eq!(login.status, StatusCode::FOUND);
    assert_eq!(open(&app, "POST", "/auth/kommo/logout", Some(&key)).status, StatusCode::OK);
    assert_eq!(app.account().connection, cadencia_contract::ConnectionState::NeedsSignIn);
    assert_eq!(open(&app, "GET", "/nothing/here", None).status, StatusCode::NOT_FOUND);
}
