//! Nothing secret and no telephone number is found where it does not belong. In a program of its own: it keeps all that
//! is logged in the process, and other tests would fill its memory where one process runs them all.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use cadencia_contract::LogExport;
use cadencia_sim::{Fault, FaultName};
use cadencia_tests::{TestApp, wait_for};
use kommo::{HttpConfig, HttpTransport};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;

static OUTPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static IS_WRITING: AtomicBool = AtomicBool::new(false);

/// Everything that is logged, at the finest level.
struct Capture;

impl Write for Capture {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        OUTPUT.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn capture() {
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(|| Capture)
        .with_filter(dynamic_filter_fn(|_, _| IS_WRITING.load(Ordering::Relaxed)));
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::set_global_default(subscriber).unwrap();
    IS_WRITING.store(true, Ordering::Relaxed);
}

/// Every text that must not be found, with what it is.
fn canaries(app: &TestApp, codes: &[String]) -> Vec<(&'static str, String)> {
    let known = app.sim.credentials();
    let mut all = vec![("long-lived token", known.long_lived_token), ("secret key", known.client_secret)];
    all.extend(app.wire.tokens().into_iter().map(|token| ("token of OAuth", token)));
    all.extend(codes.iter().map(|code| ("authorization code", code.clone())));
    // A token's signature alone would do as well.
    let signatures: Vec<_> = all
        .iter()
        .filter_map(|(_, text)| {
            text.rsplit_once('.').map(|(_, signature)| ("signature", signature.to_owned()))
        })
        .collect();
    all.extend(signatures);
    all.extend(phones(app).into_iter().map(|phone| ("phone", phone)));
    all
}

/// Every telephone number as it was typed, and its last digits as a person would search for them.
fn phones(app: &TestApp) -> BTreeSet<String> {
    let state = app.sim.state_snapshot();
    let field =
        &state["custom_fields"]["contacts"].as_array().unwrap().iter().find(|field| field["code"] == "PHONE");
    let field = field.unwrap()["id"].clone();
    let mut found = BTreeSet::new();
    for contact in state["contacts"].as_array().unwrap() {
        let values = contact["values"].as_array().unwrap().iter().filter(|value| value[0] == field);
        for typed in values.flat_map(|value| value[1].as_array().unwrap()).filter_map(|item| item[0].as_str())
        {
            let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
            found.insert(digits[digits.len().saturating_sub(8)..].to_owned());
            found.insert(typed.to_owned());
        }
    }
    assert!(found.len() > 20);
    found
}

/// Subscribes, takes deliveries good and bad by path and by header, and meets a fault of the subscription. Gives the
/// secret that the address carries.
fn deliver(app: &TestApp) -> String {
    let way_in = app.app().listener_url().unwrap().replace("localhost", "127.0.0.1");
    app.call("webhook_set", json!({"public_url": way_in})).unwrap();
    let mirror = app.block_on(app.app().mirror(None)).unwrap();
    let known = app.block_on(mirror.read(cadencia_store::webhook::get)).unwrap().unwrap();
    let secret = known.secret.expose_secret().to_owned();
    let (events, account) = (format!("{way_in}/webhook/kommo/events"), app.account().kommo_id.0);
    let transport = HttpTransport::new(HttpConfig::default()).unwrap();
    for (number, phone) in phones(app).iter().enumerate().take(5) {
        let typed = phone.replace('+', "%2B");
        let body = format!(
            "account[id]={account}&message[add][0][id]=m{number}&message[add][0][text]={typed}\
             &message[add][0][author][name]={typed}&leads[update][0][id]=1&leads[update][0][name]={typed}"
        );
        for body in [body.clone(), format!("{body}&{}=1", "[x]".repeat(40)), typed] {
            for (path, header) in [(format!("/{secret}"), ""), (String::new(), secret.as_str())] {
                let request = http::Request::post(format!("{events}{path}"))
                    .header("x-cadencia-secret", header)
                    .body(bytes::Bytes::from(body.clone()))
                    .unwrap();
                let answer = app.block_on(kommo::Transport::send(&transport, request)).unwrap();
                assert_eq!(answer.status(), 200);
            }
        }
    }
    app.sim.set_fault(Fault::once(FaultName::ServerError).times(3).on_path("/api/v4/webhooks"));
    app.call("webhook_check", json!({})).unwrap();
    app.call("webhook_check", json!({})).unwrap();
    app.sim.clear_faults();
    secret
}

fn assert_clean(place: &str, bytes: &[u8], canaries: &[(&'static str, String)]) {
    let text = String::from_utf8_lossy(bytes);
    for (what, canary) in canaries {
        if let Some(at) = text.find(canary.as_str()) {
            let line = text[..at].rfind('\n').map_or(0, |start| start + 1);
            let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
            let line = text[line..end].replace(canary.as_str(), "<HERE>");
            panic!("a {what} is found in {place}: {}", line.chars().take(600).collect::<String>());
        }
    }
}

#[test]
fn no_token_secret_code_or_phone_is_found_in_files_logs_errors_or_exports() {
    capture();
    let mut app = TestApp::builder().leads(120).start();
    let known = app.sim.credentials();
    let mut codes = vec![known.authorization_code.clone()];
    let mut shown = Vec::new();

    // Signing in, well and badly, each way.
    let good = json!({"subdomain": known.subdomain, "client_id": known.client_id,
        "client_secret": known.client_secret, "redirect_uri": known.redirect_uri, "code": known.authorization_code});
    for (field, wrong) in
        [("subdomain", "other"), ("client_id", "x"), ("redirect_uri", "http://x"), ("code", "x")]
    {
        let mut bad = good.clone();
        bad[field] = json!(wrong);
        shown.push(format!("{:?}", app.fails("sign_in_code", bad)));
    }
    shown.push(app.call("sign_in_code", &good).unwrap().to_string());
    shown.push(format!("{:?}", app.fails("sign_in_code", &good)));
    let bad_token =
        json!({"subdomain": known.subdomain, "token": known.long_lived_token, "account_id": {"no": 1}});
    shown.push(format!("{:?}", app.fails("sign_in_long_lived", bad_token)));
    let env = format!(
        "KOMMO_SUBDOMAIN={}\nKOMMO_CLIENT_SECRET={}\nKOMMO_LONG_LIVED_TOKEN={}\n",
        known.subdomain, known.client_secret, known.long_lived_token
    );
    shown.push(app.call("env_import_preview", json!({"text": env})).unwrap().to_string());
    app.connect();
    let code = app.sim.issue_code();
    codes.push(code.clone());
    let mut again = good;
    again["code"] = json!(code);
    shown.push(app.call("sign_in_code", &again).unwrap().to_string());
    app.wait_for_import();

    // Work, renewals, faults.
    app.sim.people_edit(150, 5);
    app.poll();
    app.sim.expire_access_tokens();
    app.poll();
    for name in [FaultName::ServerError, FaultName::TruncatedBody, FaultName::HtmlInsteadOfJson] {
        app.sim.set_fault(Fault::always(name));
        app.sim.people_edit(20, 6);
        app.advance(Duration::from_secs(30));
        app.wait_for_status("trouble", |status| status.problem.is_some());
        shown.push(app.call("health_check", json!({})).unwrap().to_string());
        app.sim.clear_faults();
        app.advance_to_retry();
        app.wait_for_status("the connection", |status| status.polling.next_at_ms.is_some());
    }
    app.wire.lose_answers("/oauth2/access_token", 1);
    app.sim.expire_access_tokens();
    app.poll();

    let webhook_secret = deliver(&app);

    // Searches for telephone numbers, also those that fail.
    for phone in phones(&app).iter().take(20) {
        app.call("lead_list", json!({"search": phone})).unwrap();
        app.call("log_list", json!({"search": phone})).unwrap();
    }
    // A panic while a token is in use.
    app.wire.panic_at("/api/v4/account");
    let caller = app.app().clone();
    let asked = app.handle().spawn(async move { caller.call("health_check", json!({})).await });
    assert!(app.handle().block_on(asked).unwrap_err().is_panic());
    let crash = app.take_panics();
    assert_eq!(crash.len(), 1);
    app.sim.revoke_access();
    app.advance(Duration::from_secs(30));
    app.wait_for_status("the lost sign-in", |status| {
        status.connection == cadencia_contract::ConnectionState::NeedsSignIn
    });
    shown.push(format!("{:?}", app.fails("sync_poll_now", json!({}))));

    // What a person can take away.
    let export: LogExport = app.get("log_export", json!({}));
    assert!(export.rows > 10);
    for event in app.events() {
        if !matches!(event, cadencia_contract::AppEvent::LogAppended { .. }) {
            shown.push(format!("{event:?}"));
        }
    }
    let mut canaries = canaries(&app, &codes);
    canaries.push(("secret of the webhook", webhook_secret));
    let (secrets, _): (Vec<_>, Vec<_>) = canaries.iter().cloned().partition(|(what, _)| *what != "phone");
    app.restart();
    app.crash_and_restart();
    wait_for("the files", || match app.files().len() {
        0 => ControlFlow::Continue("none".into()),
        _ => ControlFlow::Break(()),
    });
    for file in app.files() {
        assert_clean(&file.display().to_string(), &std::fs::read(&file).unwrap(), &canaries);
    }
    IS_WRITING.store(false, Ordering::Relaxed);
    let output = std::mem::take(&mut *OUTPUT.lock().unwrap_or_else(PoisonError::into_inner));
    let text = String::from_utf8_lossy(&output);
    for said in ["a pass ended early", "Kommo refuses the refresh token"] {
        assert!(text.contains(said), "{said:?} is not in {} bytes of output", output.len());
    }
    assert_clean("the output of a crash", crash.join("\n").as_bytes(), &canaries);
    assert_clean("the program's output", &output, &canaries);
    assert_clean("the exported log", export.csv.as_bytes(), &canaries);
    assert_clean("what commands and events tell", shown.join("\n").as_bytes(), &secrets);
}

#[test]
fn the_log_of_requests_shows_no_secret_and_no_search() {
    let app = TestApp::builder().leads(60).start();
    app.connect_with_code();
    app.wait_for_import();
    app.sim.set_fault(Fault::once(FaultName::ServerError).times(6));
    app.advance(Duration::from_secs(30));
    app.wait_for_status("trouble", |status| status.problem.is_some());
    let row = wait_for("a failed request in the log", || {
        app.log("request_failed", 500)
            .into_iter()
            .next()
            .map_or(ControlFlow::Continue("none".into()), ControlFlow::Break)
    });
    let detail: Value = app.call("log_get", json!({"log_id": row.id})).unwrap();
    let exchange = detail["exchange"].as_str().unwrap();
    assert!(exchange.starts_with("GET /api/v4/"), "{exchange}");
    let canaries = canaries(&app, &[]);
    assert_clean("a row of the log", detail.to_string().as_bytes(), &canaries);
    app.sim.clear_faults();
}
