use std::sync::Arc;

use std::time::Duration;

use kommo::oauth::{self, AuthorizeMode, Credentials, OAuthError};
use kommo::{Budget, Hindrance, TokenError, Transport};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

use crate::server::{Broken, Reply, Server, fixture};

const PAIR: &str = r#"{"token_type":"Bearer","expires_in":86400,"server_time":1790000000,
    "access_token":"eyJ0.access","refresh_token":"def502refresh"}"#;

fn credentials() -> Credentials {
    Credentials {
        client_id: "6d1a".to_owned(),
        client_secret: "canary+secret&=".into(),
        redirect_uri: "http://localhost:8000/auth/kommo/callback".to_owned(),
    }
}

fn account() -> Url {
    "https://acme.kommo.com".parse().unwrap()
}

async fn refresh(server: &Server) -> Result<oauth::TokenPair, OAuthError> {
    oauth::refresh(&server.transport(), &account(), &credentials(), &"def502old".into()).await
}

#[tokio::test]
async fn a_code_is_exchanged_as_json_on_the_accounts_host() {
    let server = Server::answering([Reply::json(PAIR)]);
    let code = SecretString::from(" def502code \n");
    let pair = oauth::exchange_code(&server.transport(), &account(), &credentials(), &code).await.unwrap();
    assert_eq!(pair.access.expose_secret(), "eyJ0.access");
    assert_eq!(pair.refresh.expose_secret(), "def502refresh");
    assert_eq!(pair.expires_in_s, 86_400);
    assert_eq!(pair.server_time, Some(1_790_000_000));
    let seen = &server.seen()[0];
    assert_eq!(seen.path, "/oauth2/access_token");
    assert_eq!(seen.headers["host"], "acme.kommo.com");
    assert_eq!(seen.headers["content-type"], "application/json");
    let body: Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(
        body,
        json!({
            "client_id": "6d1a",
            "client_secret": "canary+secret&=",
            "grant_type": "authorization_code",
            "code": "def502code",
            "redirect_uri": "http://localhost:8000/auth/kommo/callback"
        })
    );
}

#[tokio::test]
async fn a_refresh_repeats_the_redirect_address() {
    let server = Server::answering([Reply::json(PAIR)]);
    refresh(&server).await.unwrap();
    let body: Value = serde_json::from_str(&server.seen()[0].body).unwrap();
    assert_eq!(
        body,
        json!({
            "client_id": "6d1a",
            "client_secret": "canary+secret&=",
            "grant_type": "refresh_token",
            "refresh_token": "def502old",
            "redirect_uri": "http://localhost:8000/auth/kommo/callback"
        })
    );
}

#[tokio::test]
async fn an_answer_may_leave_out_or_misspell_what_is_known_anyway() {
    let bodies = [
        r#"{"access_token":"a","refresh_token":"r"}"#,
        r#"{"access_token":"a","refresh_token":"r","expires_in":"86400","server_time":null}"#,
        r#"{"access_token":"a","refresh_token":"r","expires_in":86400.0,"token_type":"bearer","new":[1]}"#,
    ];
    for body in bodies {
        let pair = refresh(&Server::answering([Reply::json(body)])).await.unwrap();
        assert_eq!(pair.expires_in_s, 86_400, "{body}");
        assert_eq!(pair.server_time, None);
    }
}

#[tokio::test]
async fn recorded_refusals_become_the_errors_they_are() {
    type Check = fn(&OAuthError) -> bool;
    let table: [(u16, &str, Check); 10] = [
        (400, "oauth_code_expired", |error| matches!(error, OAuthError::CodeExpired)),
        (400, "oauth_code_reused", |error| matches!(error, OAuthError::CodeUsed)),
        (400, "oauth_code_garbage", |error| matches!(error, OAuthError::CodeInvalid)),
        (400, "oauth_client_id", |error| matches!(error, OAuthError::ClientId)),
        (400, "oauth_client_secret_missing", |error| matches!(error, OAuthError::ClientSecret)),
        (400, "oauth_redirect_mismatch", |error| matches!(error, OAuthError::RedirectMismatch)),
        (400, "oauth_wrong_account", |error| matches!(error, OAuthError::WrongAccount)),
        (400, "oauth_www_host", |error| matches!(error, OAuthError::WrongHost)),
        (401, "oauth_refresh_revoked", |error| matches!(error, OAuthError::Revoked)),
        (401, "oauth_client_auth_failed", |error| matches!(error, OAuthError::ClientAuthFailed)),
    ];
    for (status, file, check) in table {
        let body = fixture(&format!("errors/{file}.json"));
        let error = refresh(&Server::answering([Reply::with_status(status, body)])).await.unwrap_err();
        assert!(check(&error), "{file}: {error:?}");
        assert!(error.is_definitive(), "{file}");
    }
}

#[tokio::test]
async fn passing_faults_never_mean_that_the_sign_in_is_gone() {
    type Check = fn(&OAuthError) -> bool;
    let page = "<html><body>Sign in to the hotel network</body></html>";
    let table: [(Reply, Check); 11] = [
        (Reply::html(403, &fixture("errors/error_403_ip_block.html")), |error| {
            matches!(error, OAuthError::Blocked)
        }),
        (
            Reply::with_status(429, fixture("errors/error_429.json")),
            |error| matches!(error, OAuthError::RateLimited { retry_after: Some(wait) } if *wait == Duration::from_secs(300)),
        ),
        (
            Reply::html(429, "slow").header("retry-after", "7"),
            |error| matches!(error, OAuthError::RateLimited { retry_after: Some(wait) } if *wait == Duration::from_secs(7)),
        ),
        (Reply::with_status(500, "{}"), |error| matches!(error, OAuthError::Server { status: 500 })),
        (Reply::html(504, page), |error| matches!(error, OAuthError::Server { status: 504 })),
        (Reply::html(401, page), |error| matches!(error, OAuthError::Malformed { .. })),
        (Reply::html(200, page), |error| matches!(error, OAuthError::Malformed { .. })),
        (Reply::json(r#"{"access_token":"a","refr"#), |error| matches!(error, OAuthError::Malformed { .. })),
        (Reply::json(r#"{"access_token":"a"}"#), |error| matches!(error, OAuthError::Malformed { .. })),
        (Reply::with_status(404, "{}"), |error| matches!(error, OAuthError::UnknownHost)),
        (Reply::with_status(302, ""), |error| matches!(error, OAuthError::Malformed { .. })),
    ];
    for (reply, check) in table {
        let shown = format!("{reply:?}");
        let error = refresh(&Server::answering([reply])).await.unwrap_err();
        assert!(check(&error), "{shown}: {error:?}");
        assert!(!error.is_definitive(), "{shown}");
    }
}

#[tokio::test]
async fn a_hint_nobody_knows_is_definitive_by_its_status() {
    for (status, definitive) in [(400, true), (401, true), (402, false), (422, false)] {
        let reply = Reply::with_status(status, r#"{"hint":"Something new"}"#);
        let error = refresh(&Server::answering([reply])).await.unwrap_err();
        assert!(matches!(&error, OAuthError::Refused { hint: Some(hint), .. } if hint == "Something new"));
        assert_eq!(error.is_definitive(), definitive, "{status}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_told_from_a_request_that_never_left() {
    let token = SecretString::from("def502old");
    let error = oauth::refresh(
        &(Arc::new(Broken::BeforeSend) as Arc<dyn Transport>),
        &account(),
        &credentials(),
        &token,
    )
    .await
    .unwrap_err();
    assert!(matches!(error, OAuthError::NotSent(_)));
    let error = oauth::refresh(
        &(Arc::new(Broken::AfterSend) as Arc<dyn Transport>),
        &account(),
        &credentials(),
        &token,
    )
    .await
    .unwrap_err();
    assert!(matches!(error, OAuthError::Ambiguous(_)));
    assert!(!error.is_definitive());
}

#[tokio::test]
async fn no_error_and_no_credential_shows_a_secret() {
    let reply = Reply::json(r#"{"access_token":"canary-access","refr"#);
    let error = refresh(&Server::answering([reply])).await.unwrap_err();
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    let reply = Reply::json(r#"{"access_token":["canary-access"],"refresh_token":"r"}"#);
    let error = refresh(&Server::answering([reply])).await.unwrap_err();
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    assert!(!format!("{:?}", credentials()).contains("canary"));
}

#[test]
fn the_address_to_consent_at_has_kommos_three_parameters() {
    let base: Url = oauth::DEFAULT_AUTHORIZE_BASE.parse().unwrap();
    let address = oauth::authorize_url(&base, "6d1a", "a b&c", AuthorizeMode::PostMessage).unwrap();
    assert_eq!(
        address.as_str(),
        "https://www.kommo.com/oauth?client_id=6d1a&state=a+b%26c&mode=post_message"
    );
    let address = oauth::authorize_url(&base, "6d1a", "s", AuthorizeMode::Popup).unwrap();
    assert_eq!(address.query_pairs().last().unwrap().1, "popup");
}

#[tokio::test]
async fn whoever_waits_for_a_token_learns_why_there_is_none() {
    let page = "<html>";
    let seven = Some(Duration::from_secs(7));
    let table = [
        (Reply::html(403, page), Hindrance::Blocked),
        (Reply::html(429, page).header("retry-after", "7"), Hindrance::RateLimited { retry_after: seven }),
        (Reply::with_status(500, "{}"), Hindrance::Server),
        (Reply::with_status(404, "{}"), Hindrance::Server),
        (Reply::with_status(402, "{}"), Hindrance::Server),
        (Reply::html(401, page), Hindrance::Unreadable),
    ];
    for (reply, expected) in table {
        let shown = format!("{reply:?}");
        let error = TokenError::from(refresh(&Server::answering([reply])).await.unwrap_err());
        let TokenError::Unavailable { why, .. } = error else { panic!("{shown}: {error:?}") };
        assert_eq!(why, expected, "{shown}");
    }
    let revoked = Reply::with_status(401, fixture("errors/oauth_refresh_revoked.json"));
    let error = refresh(&Server::answering([revoked])).await.unwrap_err();
    assert!(matches!(TokenError::from(error), TokenError::SignedOut));
    for (broken, expected) in
        [(Broken::BeforeSend, Hindrance::Unreachable), (Broken::AfterSend, Hindrance::NoAnswer)]
    {
        let transport = Arc::new(broken) as Arc<dyn Transport>;
        let token = SecretString::from("def502old");
        let error = oauth::refresh(&transport, &account(), &credentials(), &token).await.unwrap_err();
        let error = TokenError::from(error);
        assert!(matches!(error, TokenError::Unavailable { why, .. } if why == expected), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_token_endpoint_asks_of_everybody_reaches_the_budget() {
    let after = async |reply| {
        let budget = Budget::unlimited();
        refresh(&Server::answering([reply])).await.unwrap_err().heed(&budget);
        (budget.is_blocked(), budget.usage().paused_for.map(|left| left.as_secs()))
    };
    let slow = |seconds| Reply::with_status(429, "{}").header("retry-after", seconds);
    assert_eq!(after(Reply::html(403, "<html>")).await, (true, None));
    assert_eq!(after(slow("300")).await, (false, Some(300)));
    assert_eq!(after(slow("0")).await, (false, Some(1)));
    assert_eq!(after(Reply::with_status(429, "{}")).await, (false, Some(5)));
    assert_eq!(after(Reply::with_status(500, "{}")).await, (false, None));
    assert_eq!(after(Reply::with_status(403, "{}")).await, (false, None));
}
