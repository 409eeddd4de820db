use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use kommo::contacts::ContactsQuery;
use kommo::leads::{LeadPatch, LeadsQuery};
use kommo::{
    Budget, BuildError, Client, Error, ErrorKind, Hindrance, MalformedKind, PageRequest, Priority,
    RequestRecord, RetryClass, StaticToken, TokenError, TokenSource,
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

use crate::server::{Reply, Server, client, fixture};

const LEAD: &str = r#"{"id":5,"name":"Ana"}"#;

fn unauthorized() -> Reply {
    Reply::with_status(401, fixture("errors/error_401.json"))
}

/// Gives `old`, then `new` once asked for another.
#[derive(Default)]
struct Renewing {
    renewals: AtomicU32,
    fails: Option<fn() -> TokenError>,
}

#[async_trait]
impl TokenSource for Renewing {
    async fn access_token(&self) -> Result<SecretString, TokenError> {
        Ok("old".into())
    }

    async fn renewed(&self, refused: &SecretString) -> Result<SecretString, TokenError> {
        assert_eq!(refused.expose_secret(), "old");
        self.renewals.fetch_add(1, Ordering::Relaxed);
        match self.fails {
            Some(error) => Err(error()),
            None => Ok("new".into()),
        }
    }
}

fn renewing_client(server: &Server, tokens: &Arc<Renewing>) -> Client {
    Client::builder("https://acme.kommo.com".parse().unwrap())
        .transport(server.transport())
        .tokens(Arc::clone(tokens) as Arc<dyn TokenSource>)
        .budget(Budget::unlimited())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_request_carries_token_user_agent_host_and_accept() {
    let server = Server::answering([Reply::json(LEAD)]);
    let lead = server.client().leads().get(5, &[]).await.unwrap().unwrap();
    assert_eq!(lead.name, "Ana");
    let seen = &server.seen()[0];
    let header = |name: &str| seen.headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!(header("authorization"), "Bearer canary-token");
    assert_eq!(header("host"), "acme.kommo.com");
    assert_eq!(header("user-agent"), kommo::DEFAULT_USER_AGENT);
    assert!(header("accept").contains("application/json"));
}

#[tokio::test]
async fn an_object_that_is_not_there_is_none_by_204_and_by_404() {
    let server = Server::answering([Reply::empty(), Reply::with_status(404, "{}")]);
    let client = server.client();
    assert!(client.leads().get(5, &[]).await.unwrap().is_none());
    assert!(client.loss_reasons().get(5).await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_after_passing_faults() {
    let faults = [
        Reply::with_status(500, ""),
        Reply::html(200, "<html>"),
        Reply::json(r#"{"id":5,"na"#),
        Reply::json(""),
    ];
    for fault in faults {
        let server = Server::answering([fault.clone(), fault, Reply::json(LEAD)]);
        let lead = server.client().leads().get(5, &[]).await.unwrap();
        // An empty answer to a read is no fault: it is how Kommo says that there is nothing.
        let expected = if lead.is_some() { 3 } else { 1 };
        assert_eq!(server.seen().len(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_web_page_with_404_does_not_mean_that_there_is_nothing() {
    let page = Reply::html(404, "<html>Not found</html>");
    let server = Server::answering([page.clone(), Reply::json(LEAD)]);
    assert!(server.client().leads().get(5, &[]).await.unwrap().is_some(), "a passing page is read past");
    let server = Server::answering(vec![page; 3]);
    let error = server.client().leads().get(5, &[]).await.unwrap_err();
    assert!(matches!(error, Error::Malformed { what: MalformedKind::Html, .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_web_page_with_401_costs_no_refresh() {
    let tokens = Arc::new(Renewing::default());
    let server = Server::answering([Reply::html(401, "<html>Sign in to the network"), Reply::json(LEAD)]);
    assert!(renewing_client(&server, &tokens).leads().get(5, &[]).await.unwrap().is_some());
    assert_eq!(tokens.renewals.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn a_read_is_not_repeated_more_than_twice() {
    let server = Server::answering(vec![Reply::with_status(503, ""); 3]);
    let error = server.client().leads().get(5, &[]).await.unwrap_err();
    assert!(matches!(error, Error::Server { status: 503, .. }), "{error:?}");
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_stays_truncated_or_a_web_page_says_so() {
    for (reply, expected) in [
        (Reply::json(r#"{"_embedded":{"leads":[{"id":1},{"id""#), MalformedKind::Truncated),
        (Reply::html(200, "<!DOCTYPE html><p>Maintenance"), MalformedKind::Html),
    ] {
        let server = Server::answering(vec![reply; 3]);
        let error =
            server.client().leads().list(&LeadsQuery::default(), PageRequest::default()).await.unwrap_err();
        let Error::Malformed { what, request, .. } = error else { panic!("{error:?}") };
        assert_eq!(what, expected);
        assert_eq!(request.status, Some(200));
    }
}

#[tokio::test]
async fn a_refused_read_is_not_repeated() {
    for status in [400, 402, 422] {
        let server = Server::answering([Reply::with_status(status, "{}")]);
        assert!(server.client().leads().get(5, &[]).await.is_err());
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_for_reads_and_for_writes() {
    let tokens = Arc::new(Renewing::default());
    let server = Server::answering([unauthorized(), Reply::json(LEAD)]);
    renewing_client(&server, &tokens).leads().get(5, &[]).await.unwrap();
    let server_of_writes = Server::answering([unauthorized(), Reply::json(LEAD)]);
    renewing_client(&server_of_writes, &tokens).leads().update_one(5, &LeadPatch::default()).await.unwrap();
    assert_eq!(tokens.renewals.load(Ordering::Relaxed), 2);
    for server in [server, server_of_writes] {
        let tokens: Vec<String> = server
            .seen()
            .iter()
            .map(|seen| seen.headers["authorization"].to_str().unwrap().to_owned())
            .collect();
        assert_eq!(tokens, ["Bearer old", "Bearer new"]);
    }
}

#[tokio::test]
async fn a_renewed_token_that_is_refused_too_ends_the_call() {
    let tokens = Arc::new(Renewing::default());
    let server = Server::answering([unauthorized(), unauthorized()]);
    let error = renewing_client(&server, &tokens).leads().get(5, &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(tokens.renewals.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_now_is_told_from_a_dead_sign_in() {
    let passing: fn() -> TokenError =
        || TokenError::Unavailable { why: Hindrance::Unreachable, source: "no network".into() };
    let dead: fn() -> TokenError = || TokenError::SignedOut;
    for (fails, kind) in [(passing, ErrorKind::TokenUnavailable), (dead, ErrorKind::Unauthorized)] {
        let tokens = Arc::new(Renewing { fails: Some(fails), ..Renewing::default() });
        let server = Server::answering([unauthorized()]);
        let error = renewing_client(&server, &tokens).leads().get(5, &[]).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_request_without_a_token_is_judged_by_why_there_is_none() {
    let minute = Some(Duration::from_secs(60));
    let table = [
        (Hindrance::Unreachable, RetryClass::NotProcessed),
        (Hindrance::NoAnswer, RetryClass::NotProcessed),
        (Hindrance::Server, RetryClass::NotProcessed),
        (Hindrance::Unreadable, RetryClass::NotProcessed),
        (Hindrance::NotWritable, RetryClass::NotProcessed),
        (Hindrance::StorageBroken, RetryClass::NotProcessed),
        (Hindrance::Blocked, RetryClass::Blocked),
        (Hindrance::RateLimited { retry_after: minute }, RetryClass::RateLimited { retry_after: minute }),
    ];
    for (why, class) in table {
        let request = Client::builder("https://acme.kommo.com".parse().unwrap())
            .transport(Server::default().transport())
            .tokens(Arc::new(Without(why)))
            .build()
            .unwrap();
        let error = request.leads().get(5, &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TokenUnavailable, "{why:?}");
        assert_eq!(error.retry_class(), class, "{why:?}");
    }
}

/// Has no token for this reason.
struct Without(Hindrance);

#[async_trait]
impl TokenSource for Without {
    async fn access_token(&self) -> Result<SecretString, TokenError> {
        Err(TokenError::Unavailable { why: self.0, source: "none".into() })
    }

    async fn renewed(&self, _: &SecretString) -> Result<SecretString, TokenError> {
        self.access_token().await
    }
}

#[tokio::test]
async fn a_401_about_rights_costs_neither_a_refresh_nor_the_sign_in() {
    let tokens = Arc::new(Renewing::default());
    let server = Server::answering([unauthorized(), Reply::json(r#"{"id":1}"#)]);
    let error = renewing_client(&server, &tokens).webhooks().list(None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert_eq!(error.request().path, "/api/v4/webhooks");
    assert_eq!(server.seen()[1].path, "/api/v4/account");
    assert_eq!(tokens.renewals.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_dead_token_is_renewed_also_where_401_may_be_about_rights() {
    let tokens = Arc::new(Renewing::default());
    let users = r#"{"_embedded":{"users":[{"id":1}]}}"#;
    let server = Server::answering([unauthorized(), unauthorized(), Reply::json(users)]);
    let client = renewing_client(&server, &tokens);
    let page =
        client.users().list(&kommo::users::UsersQuery::default(), PageRequest::default()).await.unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(tokens.renewals.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_pause_ended_by_hand_lets_a_waiting_read_go_on() {
    let server =
        Server::answering([Reply::with_status(429, fixture("errors/error_429.json")), Reply::json(LEAD)]);
    let client = server.client();
    let started = Instant::now();
    let reading = tokio::spawn({
        let client = client.clone();
        async move { client.leads().get(5, &[]).await }
    });
    while client.budget().usage().paused_for.is_none() {
        tokio::task::yield_now().await;
    }
    client.budget().resume();
    assert!(reading.await.unwrap().unwrap().is_some());
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn after_a_429_everybody_waits_the_time_it_names() {
    let server = Server::answering([
        Reply::with_status(429, fixture("errors/error_429.json")),
        Reply::json(LEAD),
        Reply::json(LEAD),
    ]);
    let client = server.client();
    let other = client.with_priority(Priority::Import);
    let started = Instant::now();
    client.leads().get(5, &[]).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(300));
    other.leads().get(5, &[]).await.unwrap();
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_429_that_names_no_time_worth_the_name_is_not_repeated_at_full_speed() {
    for body in [r#"{"retry_after":0}"#, r#"{"retry_after":0.001}"#] {
        let server = Server::answering([
            Reply::with_status(429, body),
            Reply::with_status(429, body),
            Reply::with_status(429, body),
        ]);
        let client = server.client();
        let started = Instant::now();
        let error = client.leads().get(5, &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooManyRequests);
        // One second after the first, two after the second, and four for whoever comes next.
        assert_eq!(started.elapsed().as_secs(), 3, "{body}");
        assert_eq!(client.budget().usage().paused_for.map(|left| left.as_secs()), Some(4));
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_meets_a_429_comes_back_and_leaves_the_pause_behind() {
    let server = Server::answering([Reply::with_status(429, fixture("errors/error_429.json"))]);
    let client = server.client();
    let error = client.leads().update_one(5, &LeadPatch::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooManyRequests);
    assert_eq!(client.budget().usage().paused_for, Some(Duration::from_secs(300)));
}

#[tokio::test]
async fn after_the_html_403_nothing_is_sent_until_somebody_says_so() {
    let server =
        Server::answering([Reply::html(403, &fixture("errors/error_403_ip_block.html")), Reply::json(LEAD)]);
    let client = server.client();
    assert_eq!(client.leads().get(5, &[]).await.unwrap_err().kind(), ErrorKind::Blocked);
    assert_eq!(client.leads().get(5, &[]).await.unwrap_err().kind(), ErrorKind::BudgetBlocked);
    assert_eq!(server.seen().len(), 1);
    client.budget().unblock();
    assert!(client.leads().get(5, &[]).await.unwrap().is_some());
}

#[tokio::test]
async fn the_observer_gets_every_attempt_and_no_secret() {
    let records: Arc<Mutex<Vec<RequestRecord>>> = Arc::default();
    let server = Server::answering([
        unauthorized().header("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        Reply::json(r#"{"_embedded":{"contacts":[{"id":1}]}}"#).header("x-request-id", "req-2"),
    ]);
    let client = Client::builder("https://acme.kommo.com".parse().unwrap())
        .transport(server.transport())
        .tokens(Arc::new(Renewing::default()))
        .budget(Budget::unlimited())
        .observer(Arc::new({
            let records = Arc::clone(&records);
            move |record: &RequestRecord| records.lock().unwrap().push(record.clone())
        }))
        .wall_clock(|| 784_111_770_000)
        .build()
        .unwrap()
        .with_priority(Priority::Webhook);
    assert_eq!(client.server_time_offset(), None);
    let query = ContactsQuery::default().matching("+5511999990000");
    client.contacts().list(&query, PageRequest::first(50)).await.unwrap();
    let records = records.lock().unwrap();
    assert_eq!(records.len(), 2);
    assert_eq!((records[0].attempt, records[1].attempt), (1, 2));
    assert_eq!((records[0].status, records[1].status), (Some(401), Some(200)));
    assert_eq!((records[0].error, records[1].error), (Some(ErrorKind::Unauthorized), None));
    assert_eq!(records[0].server_time_ms, Some(784_111_777_000));
    assert_eq!(records[1].request_id.as_deref(), Some("req-2"));
    assert_eq!(records[1].priority, Priority::Webhook);
    assert_eq!(records[1].path, "/api/v4/contacts");
    assert_eq!(records[1].query, "query=…&page=1&limit=50");
    assert!(records[1].bytes_received > 0);
    let offset = client.server_time_offset().unwrap();
    assert!((7_000..8_000).contains(&offset), "{offset}");
    let shown = format!("{records:?}");
    assert!(!shown.contains("9999") && !shown.contains("old") && !shown.contains("new"), "{shown}");
}

#[tokio::test]
async fn a_computer_that_sleeps_during_a_request_learns_no_wrong_time_from_it() {
    let now = || Reply::json("17").header("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    let server = Server::answering([now(), now()]);
    let client = Client::builder("https://acme.kommo.com".parse().unwrap())
        .transport(server.transport())
        .tokens(Arc::new(StaticToken::new("t".to_owned())))
        .budget(Budget::unlimited())
        .wall_clock({
            // Eight hours pass at each look from the third on: between the two ends of the second request.
            let looks = AtomicI64::new(0);
            move || 784_111_770_000 + (looks.fetch_add(1, Ordering::Relaxed) - 2).max(0) * 8 * 3_600_000
        })
        .build()
        .unwrap();
    let _ = client.leads().get(5, &[]).await;
    let offset = client.server_time_offset().unwrap();
    assert!((7_000..8_000).contains(&offset), "{offset}");
    let _ = client.leads().get(5, &[]).await;
    assert_eq!(client.server_time_offset(), Some(offset));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_recorded_as_a_fault() {
    let records: Arc<Mutex<Vec<RequestRecord>>> = Arc::default();
    let server = Server::answering([Reply::json("17")]);
    let client = Client::builder("https://acme.kommo.com".parse().unwrap())
        .transport(server.transport())
        .tokens(Arc::new(StaticToken::new("t".to_owned())))
        .budget(Budget::unlimited())
        .observer(Arc::new({
            let records = Arc::clone(&records);
            move |record: &RequestRecord| records.lock().unwrap().push(record.clone())
        }))
        .build()
        .unwrap();
    assert!(client.leads().get(5, &[]).await.is_err());
    assert_eq!(records.lock().unwrap()[0].error, Some(ErrorKind::Malformed));
}

#[test]
fn a_client_needs_an_address_with_a_host_and_a_token_source() {
    let tokens: Arc<dyn TokenSource> = Arc::new(StaticToken::new("t".to_owned()));
    let transport = Server::default().transport();
    for address in ["mailto:a@example.org", "file:///tmp"] {
        let built = Client::builder(address.parse().unwrap())
            .transport(Arc::clone(&transport))
            .tokens(Arc::clone(&tokens))
            .build();
        assert!(matches!(built, Err(BuildError::BaseUrl)), "{address}");
    }
    let address: url::Url = "https://acme.kommo.com/some/path?query".parse().unwrap();
    let built = Client::builder(address.clone()).transport(Arc::clone(&transport)).build();
    assert!(matches!(built, Err(BuildError::NoTokens)));
    let built = Client::builder(address).transport(transport).tokens(tokens).user_agent("a\nb").build();
    assert!(matches!(built, Err(BuildError::UserAgent(_))));
}

#[tokio::test]
async fn a_token_with_a_line_break_is_not_sent() {
    let server = Server::answering([]);
    let client = Client::builder("https://acme.kommo.com".parse().unwrap())
        .transport(server.transport())
        .tokens(Arc::new(StaticToken::new("canary\ntoken".to_owned())))
        .budget(Budget::unlimited())
        .retries(kommo::RetryPolicy { max_attempts: 1, ..kommo::RetryPolicy::default() })
        .build()
        .unwrap();
    let error = client.leads().get(5, &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSent);
    assert!(!format!("{error:?}").contains("canary"));
}

#[test]
fn nothing_that_is_shown_shows_the_token() {
    let server = Server::answering([]);
    let client = client(server.transport(), Budget::unlimited());
    assert!(!format!("{client:?}").contains("canary"));
    assert!(!format!("{:?}", StaticToken::new("canary".to_owned())).contains("canary"));
}
