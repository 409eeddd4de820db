//! Webhooks: what Kommo delivers is kept, looked at once, and never believed.

use bytes::Bytes;
use cadencia_contract::{
    DeliveryDetail, DeliveryList, DeliveryState, DeliveryView, LeadDetail, WebhookState, WebhookTest,
    WebhookView,
};
use cadencia_sim::{Fault, FaultName};
use cadencia_tests::{TestApp, wait_for};
use kommo::{HttpConfig, HttpTransport, Transport as _};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::time::Duration;

const EVENTS: &str = "/webhook/kommo/events";

/// Where the listener is, by a number: Kommo's simulator calls it there.
fn way_in(app: &TestApp) -> String {
    app.app().listener_url().expect("the listener runs").replace("localhost", "127.0.0.1")
}

fn subscribe(app: &TestApp) -> WebhookView {
    app.get("webhook_set", json!({"public_url": way_in(app)}))
}

fn deliveries(app: &TestApp) -> Vec<DeliveryView> {
    app.get::<DeliveryList>("delivery_list", json!({})).rows
}

/// Lets Kommo deliver what is due, and waits until all of it was looked at.
fn deliver(app: &TestApp) -> usize {
    let count = app.block_on(app.sim.deliver_due());
    wait_until_handled(app);
    count
}

fn wait_until_handled(app: &TestApp) {
    wait_for("every delivery to be looked at", || {
        let list: DeliveryList = app.get("delivery_list", json!({}));
        match list.summary.waiting {
            0 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(format!("{:?}", list.rows)),
        }
    });
}

fn post(app: &TestApp, path: &str, headers: &[(&str, &str)], body: &[u8]) -> u16 {
    let mut request = http::Request::post(format!("{}{path}", way_in(app)));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Bytes::copy_from_slice(body)).unwrap();
    let transport = HttpTransport::new(HttpConfig::default()).unwrap();
    app.block_on(transport.send(request)).unwrap().status().as_u16()
}

fn secret(app: &TestApp) -> String {
    use secrecy::ExposeSecret as _;
    let mirror = app.block_on(app.app().mirror(None)).unwrap();
    let known = app.block_on(mirror.read(cadencia_store::webhook::get)).unwrap().unwrap();
    known.secret.expose_secret().to_owned()
}

fn rename_in_kommo(app: &TestApp, id: i64, name: &str) {
    let path = format!("/api/v4/leads/{id}");
    let status = app.block_on(app.someone_writes(http::Method::PATCH, &path, &json!({"name": name})));
    assert_eq!(status, 200);
}

fn first_lead(app: &TestApp) -> i64 {
    app.sim.state_snapshot()["leads"][0]["id"].as_i64().unwrap()
}

fn lead(app: &TestApp, id: i64) -> LeadDetail {
    app.get("lead_get", json!({"lead_id": id.to_string()}))
}

#[test]
fn a_change_in_kommo_is_here_by_its_webhook_without_a_poll() {
    let app = TestApp::start();
    app.connect_and_import();
    assert_eq!(subscribe(&app).state, WebhookState::Active);
    let polls = app.log("poll_finished", 500).len();
    let id = first_lead(&app);
    rename_in_kommo(&app, id, "Chegou na hora");
    assert!(deliver(&app) > 0);
    assert_eq!(lead(&app, id).row.name, "Chegou na hora");
    assert_eq!(app.log("poll_finished", 500).len(), polls);
    let [row] = deliveries(&app).try_into().unwrap();
    assert_eq!((row.state, row.changes, row.times), (DeliveryState::Done, 1, 1));
    assert_eq!(row.kinds, ["lead_updated"]);
    assert_eq!(row.lead_kommo_id.map(|id| id.0), Some(id));
    assert_eq!(app.log("lead_changed", 50).len(), 1);
    let detail: DeliveryDetail = app.get("delivery_get", json!({"id": row.id}));
    assert!(detail.pairs.iter().any(|pair| pair.value == "Chegou na hora"));
    let today = |app: &TestApp| {
        let list: DeliveryList = app.get("delivery_list", json!({}));
        (list.summary.today, list.summary.total)
    };
    assert_eq!(today(&app), (1, 1));
    app.advance(Duration::from_secs(24 * 3_600));
    assert_eq!(today(&app), (0, 1));
}

#[test]
fn deliveries_that_come_twice_and_out_of_order_change_nothing_twice() {
    let app = TestApp::start();
    app.connect_and_import();
    subscribe(&app);
    app.sim.set_fault(Fault::always(FaultName::DuplicateDelivery));
    app.sim.set_fault(Fault::always(FaultName::ReorderedDelivery));
    for seed in 0..4 {
        app.sim.people_edit(20, 900 + seed);
        app.advance(Duration::from_secs(2));
    }
    deliver(&app);
    app.poll();
    app.assert_mirror_equals_simulator();
    let rows = deliveries(&app);
    assert!(rows.iter().all(|row| row.times >= 2), "each was told as one that came twice");
    let messages = app.log("message_received", 500).len();
    // Each is looked at again when somebody asks for it, and nothing new is found.
    let again: DeliveryList = app.get("delivery_replay", json!({"id": rows[0].id}));
    assert_eq!(again.rows[0].id, rows[0].id);
    wait_until_handled(&app);
    assert_eq!(app.log("message_received", 500).len(), messages);
    app.assert_mirror_equals_simulator();
}

#[test]
fn what_is_not_kommos_is_refused_or_marked_and_harms_nothing_beside_it() {
    let app = TestApp::start();
    app.connect_and_import();
    subscribe(&app);
    let right = format!("{EVENTS}/{}", secret(&app));
    let form = ("content-type", "application/x-www-form-urlencoded");
    let good = |id: i64| format!("account[id]={}&leads[update][0][id]={id}", app.account().kommo_id.0);
    let id = first_lead(&app);
    for (path, headers, body, status) in [
        (format!("{EVENTS}/wrong"), vec![form], good(id), 404),
        (EVENTS.to_owned(), vec![form], good(id), 404),
        (right.clone(), vec![("content-type", "application/json")], "{}".to_owned(), 415),
        (right.clone(), vec![form, ("content-encoding", "gzip")], good(id), 415),
        (right.clone(), vec![form], "x".repeat(2 * 1024 * 1024), 413),
        (right.clone(), vec![form], "<html>".to_owned(), 200),
        (right.clone(), vec![form], String::new(), 200),
        (right.clone(), vec![form], "account[id]=1&leads[update][0][id]=1".to_owned(), 200),
        (right.clone(), vec![form], good(99_999_999), 200),
        (right.clone(), vec![form], format!("a{}=1", "[x]".repeat(2_000)), 200),
        (right.clone(), vec![form], good(id), 200),
    ] {
        assert_eq!(post(&app, &path, &headers, body.as_bytes()), status, "{path} {headers:?} {:.40}", body);
    }
    let garbage: Vec<u8> = (0..=255).collect();
    assert_eq!(post(&app, &right, &[form], &garbage), 200);
    wait_until_handled(&app);
    let rows = deliveries(&app);
    let count = |state| rows.iter().filter(|row| row.state == state).count();
    assert_eq!(rows.len(), 7, "{rows:#?}");
    assert_eq!(count(DeliveryState::Waiting), 0);
    assert!(count(DeliveryState::Unreadable) >= 3, "{rows:#?}");
    assert_eq!(rows.iter().filter(|row| row.reason.as_deref() == Some("other_account")).count(), 1);
    assert!(count(DeliveryState::Done) >= 2, "{rows:#?}");
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_delivery_that_was_answered_survives_the_power_cut() {
    let mut app = TestApp::start();
    app.connect_and_import();
    subscribe(&app);
    let id = first_lead(&app);
    rename_in_kommo(&app, id, "Antes da queda");
    app.wire.hold_after(0);
    assert!(app.block_on(app.sim.deliver_due()) > 0);
    app.crash_and_restart();
    wait_until_handled(&app);
    wait_for("the change", || match lead(&app, id).row.name {
        name if name == "Antes da queda" => ControlFlow::Break(()),
        name => ControlFlow::Continue(name),
    });
}

#[test]
fn after_a_week_asleep_with_the_hook_switched_off_all_is_found_and_the_hook_repaired() {
    let app = TestApp::start();
    app.connect_and_import();
    subscribe(&app);
    app.sim.set_fault(Fault::always(FaultName::HookDisabled));
    let before = app.wire.sent().len();
    app.sim.people_edit(60, 4_711);
    app.advance(Duration::from_secs(7 * 24 * 3_600));
    wait_for("the hook to be repaired", || {
        let view: WebhookView = app.get("webhook_get", json!({}));
        match (view.state, view.repairs) {
            (WebhookState::Active, 1..) => ControlFlow::Break(()),
            seen => ControlFlow::Continue(format!("{seen:?}")),
        }
    });
    app.sim.clear_faults();
    app.poll();
    app.assert_mirror_equals_simulator();
    let is_write = |sent: &&cadencia_tests::Sent| sent.method != "GET" && !sent.path.ends_with("/webhooks");
    let sent = app.wire.sent();
    assert_eq!(sent[before..].iter().filter(is_write).count(), 0, "nothing but the hook is written");
    assert_eq!(app.log("webhook_repaired", 500).len(), 1);
}

#[test]
fn why_there_is_no_webhook_is_told() {
    for (fault, reason) in [(FaultName::PlanWithoutWebhooks, "plan"), (FaultName::NonAdmin, "no_right")] {
        let app = TestApp::builder().fault(Fault::always(fault)).start();
        app.connect_and_import();
        let view = subscribe(&app);
        assert_eq!((view.state, view.reason.as_deref()), (WebhookState::Refused, Some(reason)));
        app.sim.clear_faults();
        let view: WebhookView = app.get("webhook_check", json!({}));
        assert_eq!((view.state, view.reason), (WebhookState::Active, None));
        let off: WebhookView = app.get("webhook_set", json!({}));
        assert_eq!((off.state, off.public_url), (WebhookState::Off, None));
    }
}

/// What is subscribed in Kommo.
fn subscribed(app: &TestApp) -> Vec<String> {
    let request = app.request_of_someone(http::Method::GET, "/api/v4/webhooks", &Value::Null);
    let answer = app.block_on(kommo::RouterTransport::new(app.sim.router()).send(request)).unwrap();
    let list: Value = serde_json::from_slice(answer.body()).unwrap();
    let hooks = list["_embedded"]["webhooks"].as_array().unwrap();
    hooks.iter().map(|hook| hook["destination"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_address_that_could_not_be_given_up_is_given_up_later() {
    let app = TestApp::start();
    app.connect_and_import();
    subscribe(&app);
    app.sim.set_fault(Fault::once(FaultName::ServerError).on_path("/api/v4/webhooks").on_method("DELETE"));
    let view: WebhookView = app.get("webhook_set", json!({"public_url": "https://novo.example"}));
    assert_eq!(view.state, WebhookState::Failing);
    let view: WebhookView = app.get("webhook_check", json!({}));
    assert_eq!(view.state, WebhookState::Active);
    let left = subscribed(&app);
    assert!(left.len() == 1 && left[0].starts_with("https://novo.example/"), "{} addresses", left.len());
}

#[test]
fn an_address_that_was_replaced_while_kommo_was_asked_is_given_up() {
    let app = TestApp::start();
    app.connect_and_import();
    app.wire.forget_sent();
    app.wire.hold_after(0);
    let set = |url: &str| app.call("webhook_set", json!({"public_url": url})).unwrap();
    std::thread::scope(|both| {
        both.spawn(|| set("https://antes.example"));
        wait_for("the first question", || match app.wire.sent().len() {
            0 => ControlFlow::Continue(String::new()),
            _ => ControlFlow::Break(()),
        });
        both.spawn(|| set("https://depois.example"));
        wait_for("the second address to be noted", || {
            let view: WebhookView = app.get("webhook_get", json!({}));
            match view.public_url.as_deref() {
                Some("https://depois.example") => ControlFlow::Break(()),
                seen => ControlFlow::Continue(format!("{seen:?}")),
            }
        });
        app.wire.release();
    });
    let left = subscribed(&app);
    assert!(left.len() == 1 && left[0].starts_with("https://depois.example/"), "{} addresses", left.len());
}

#[test]
fn an_address_that_leads_elsewhere_is_found_out_by_the_test_of_the_way() {
    let app = TestApp::start();
    app.connect_and_import();
    subscribe(&app);
    // Here the way out ends at the simulated Kommo, which knows no such number.
    let test: WebhookTest = app.get("webhook_test", json!({}));
    assert_eq!((test.is_reached, test.problem.as_deref()), (false, Some("status")));
    let error = app.fails("webhook_set", json!({"public_url": "http://meu-pc.local"}));
    assert_eq!(error.code, cadencia_contract::ErrorCode::PublicUrlInvalid);
}

#[test]
fn the_setup_route_does_what_the_page_does_and_needs_the_key() {
    use secrecy::ExposeSecret as _;
    let app = TestApp::start();
    app.connect_and_import();
    let body = json!({"public_url": way_in(&app)}).to_string();
    assert_eq!(post(&app, "/webhook/kommo/setup", &[], body.as_bytes()), 401);
    let key = app.block_on(app.app().local_api_key()).unwrap();
    let bearer = format!("Bearer {}", key.expose_secret());
    assert_eq!(post(&app, "/webhook/kommo/setup", &[("authorization", &bearer)], body.as_bytes()), 200);
    assert_eq!(post(&app, "/webhook/kommo/setup", &[("authorization", &bearer)], b"nothing"), 400);
    let view: WebhookView = app.get("webhook_get", json!({}));
    assert_eq!(view.state, WebhookState::Active);
    let shown: Value = app.get("webhook_get", json!({}));
    assert!(!shown.to_string().contains(&secret(&app)), "the secret is not shown");
}

#[test]
fn a_delivery_that_kommo_does_not_explain_holds_up_no_other_and_no_message() {
    let app = TestApp::builder().simulated().start();
    app.connect();
    let engine = app.block_on(app.app().engine(None)).unwrap();
    app.block_on(async { engine.import().await }).unwrap();
    app.get::<Value>("webhook_set", json!({"public_url": "https://cadencia.example"}));
    let (secret, account) = (secrecy::SecretString::from(secret(&app)), app.account().kommo_id.0);
    let id = first_lead(&app);
    rename_in_kommo(&app, id, "Chegou apesar disso");
    let say = |body: String| {
        let body = Bytes::from(format!("account[id]={account}&{body}"));
        assert!(app.block_on(app.app().deliver_webhook(&secret, body)));
    };
    say(format!("task[update][0][id]=99&task[update][0][element_id]={id}&task[update][0][element_type]=2"));
    say(format!("leads[update][0][id]={id}"));
    say("message[add][0][id]=m1&message[add][0][text]=Oi&message[add][0][type]=incoming".to_owned());
    app.wire.refuse(Some("/api/v4/tasks"));

    let look = || app.block_on(async { engine.inbox_once().await });
    assert!(look().is_err(), "Kommo refuses to show the task");
    assert_eq!(lead(&app, id).row.name, "Chegou apesar disso");
    assert_eq!(app.log("message_received", 100).len(), 1);
    let waiting = || app.get::<DeliveryList>("delivery_list", json!({})).summary.waiting;
    assert_eq!(waiting(), 1, "only the delivery about the task waits");

    app.advance(Duration::from_secs(601));
    look().unwrap();
    assert_eq!(waiting(), 0, "its cards come with a poll");
    assert_eq!(app.log("message_received", 100).len(), 1);
}
