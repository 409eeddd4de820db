//! Sign-in: codes, refresh tokens in both modes, and the recorded refusals.

use axum::body::Body;
use cadencia_sim::{Credentials, Fault, FaultName};
use http::Request;
use serde_json::{Value, json};

use crate::client::{Client, Seen, fixture};

async fn token(client: &Client, body: &Value, host: &str) -> Seen {
    let request = Request::builder()
        .method("POST")
        .uri("/oauth2/access_token")
        .header("host", host)
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    client.send(request).await
}

fn code_grant(known: &Credentials) -> Value {
    json!({
        "client_id": known.client_id,
        "client_secret": known.client_secret,
        "grant_type": "authorization_code",
        "code": known.authorization_code,
        "redirect_uri": known.redirect_uri,
    })
}

fn refresh_grant(known: &Credentials, refresh_token: &Value) -> Value {
    let mut body = code_grant(known);
    body["grant_type"] = json!("refresh_token");
    body["refresh_token"] = refresh_token.clone();
    body
}

const HOST: &str = "solarhorizonte.kommo.com";

fn assert_is(seen: &Seen, name: &str) {
    let wanted = fixture(&format!("errors/{name}.json"));
    assert_eq!(seen.json(), wanted, "{name}");
    assert_eq!(u64::from(seen.status.as_u16()), wanted["status"].as_u64().unwrap(), "{name}");
}

#[tokio::test]
async fn a_code_can_be_used_only_once_and_gives_a_working_token() {
    let mut client = Client::new(5);
    let grant = code_grant(&client.sim.credentials());
    let seen = token(&client, &grant, HOST).await;
    assert_eq!(seen.status, 200);
    let body = seen.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(86400)));
    client.token = body["access_token"].as_str().unwrap().to_owned();
    assert!(client.token.len() > 1000, "an access token is long");
    assert_eq!(client.get("account").await.status, 200);
    assert_is(&token(&client, &grant, HOST).await, "oauth_code_reused");
}

#[tokio::test]
async fn a_code_lives_twenty_minutes() {
    let client = Client::new(5);
    let grant = code_grant(&client.sim.credentials());
    client.sim.advance(20 * 60);
    assert_is(&token(&client, &grant, HOST).await, "oauth_code_expired");
}

#[tokio::test]
async fn every_recorded_refusal_of_the_token_endpoint_is_answered() {
    let client = Client::new(5);
    let good = code_grant(&client.sim.credentials());
    let with = |key: &str, value: Value| {
        let mut body = good.clone();
        body[key] = value;
        body
    };
    let cases = [
        ("oauth_client_id", with("client_id", json!("nobody")), HOST),
        ("oauth_client_secret_missing", with("client_secret", Value::Null), HOST),
        ("oauth_client_auth_failed", with("client_secret", json!("wrong")), HOST),
        ("oauth_redirect_mismatch", with("redirect_uri", json!("https://example.org/other")), HOST),
        ("oauth_code_garbage", with("code", json!("def502garbage")), HOST),
        ("oauth_wrong_account", good.clone(), "other.kommo.com"),
        ("oauth_www_host", good.clone(), "www.kommo.com"),
    ];
    for (name, body, host) in cases {
        assert_is(&token(&client, &body, host).await, name);
    }
    assert_eq!(token(&client, &good, HOST).await.status, 200, "no refusal spent the code");
}

#[tokio::test]
async fn gracefully_the_old_refresh_token_works_until_the_new_one_is_used() {
    let client = Client::new(5);
    let known = client.sim.credentials();
    let first = token(&client, &code_grant(&known), HOST).await.json()["refresh_token"].clone();
    let second = token(&client, &refresh_grant(&known, &first), HOST).await.json()["refresh_token"].clone();
    let again = token(&client, &refresh_grant(&known, &first), HOST).await;
    assert_eq!(again.status, 200, "the answer may have been lost on the way");
    assert_eq!(token(&client, &refresh_grant(&known, &second), HOST).await.status, 200);
    assert_is(&token(&client, &refresh_grant(&known, &first), HOST).await, "oauth_refresh_revoked");
    let stats = client.sim.stats();
    assert_eq!((stats.oauth_refreshes, stats.oauth_refreshes_granted), (4, 3));
}

#[tokio::test]
async fn strictly_a_refresh_token_is_dead_after_its_first_use() {
    let client = Client::new(5);
    client.sim.set_fault(Fault::always(FaultName::RefreshStrict));
    let known = client.sim.credentials();
    let first = token(&client, &code_grant(&known), HOST).await.json()["refresh_token"].clone();
    assert_eq!(token(&client, &refresh_grant(&known, &first), HOST).await.status, 200);
    assert_is(&token(&client, &refresh_grant(&known, &first), HOST).await, "oauth_refresh_revoked");
}

#[tokio::test]
async fn an_access_token_lives_a_day_and_a_refresh_does_not_end_it() {
    let mut client = Client::new(5);
    let known = client.sim.credentials();
    let body = token(&client, &code_grant(&known), HOST).await.json();
    client.token = body["access_token"].as_str().unwrap().to_owned();
    token(&client, &refresh_grant(&known, &body["refresh_token"]), HOST).await;
    assert_eq!(client.get("account").await.status, 200);
    client.sim.advance(86_400);
    assert_eq!(client.get("account").await.status, 401);
}

#[tokio::test]
async fn a_refresh_token_unused_for_three_months_is_dead() {
    let client = Client::new(5);
    let known = client.sim.credentials();
    let first = token(&client, &code_grant(&known), HOST).await.json()["refresh_token"].clone();
    client.sim.advance(90 * 86_400);
    assert_is(&token(&client, &refresh_grant(&known, &first), HOST).await, "oauth_refresh_revoked");
}

#[tokio::test]
async fn revoking_access_ends_every_token() {
    let client = Client::new(5);
    let known = client.sim.credentials();
    let first = token(&client, &code_grant(&known), HOST).await.json()["refresh_token"].clone();
    client.sim.revoke_access();
    assert_eq!(client.get("account").await.status, 401);
    assert_is(&token(&client, &refresh_grant(&known, &first), HOST).await, "oauth_refresh_revoked");
}

#[tokio::test]
async fn a_form_is_understood_like_json() {
    let client = Client::new(5);
    let known = client.sim.credentials();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &known.client_id)
        .append_pair("client_secret", &known.client_secret)
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", &known.authorization_code)
        .append_pair("redirect_uri", &known.redirect_uri)
        .finish();
    let request = Request::builder()
        .method("POST")
        .uri("/oauth2/access_token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    assert_eq!(client.send(request).await.status, 200);
}

#[tokio::test]
async fn the_consent_page_leads_back_with_a_code_or_a_refusal() {
    let client = Client::new(5);
    let known = client.sim.credentials();
    let page =
        |extra: &str| format!("/oauth?client_id={}&state=a%26b%22&mode=post_message{extra}", known.client_id);
    let open = |uri: String| client.send(Request::builder().uri(uri).body(Body::empty()).unwrap());
    let shown = open(page("")).await;
    let html = String::from_utf8_lossy(&shown.bytes).into_owned();
    assert!(
        html.contains("Solar Horizonte") && html.contains("id=\"allow\"") && html.contains("id=\"refuse\"")
    );
    assert!(!html.contains("a&b\""), "what came in the query is escaped");

    let allowed = open(page("&auto=allow")).await;
    assert_eq!(allowed.status, 302);
    let target = url::Url::parse(allowed.header("location")).unwrap();
    let query: std::collections::BTreeMap<_, _> = target.query_pairs().into_owned().collect();
    assert!(target.as_str().starts_with(&known.redirect_uri));
    assert_eq!(query["state"], "a&b\"");
    assert_eq!(query["referer"], "solarhorizonte.kommo.com");
    assert_eq!(query["client_id"], known.client_id);
    let mut grant = code_grant(&known);
    grant["code"] = json!(query["code"]);
    assert_eq!(token(&client, &grant, HOST).await.status, 200);

    let refused = open(page("&auto=refuse")).await;
    assert!(refused.header("location").contains("error=access_denied"));
    assert!(!refused.header("location").contains("code="));
}

#[tokio::test]
async fn the_token_says_whose_it_is() {
    use base64::Engine;
    let client = Client::new(5);
    let parts: Vec<&str> = client.token.split('.').collect();
    assert_eq!(parts.len(), 3);
    let decode = |part: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap();
    let claims: Value = serde_json::from_slice(&decode(parts[1])).unwrap();
    let account = client.json("account").await;
    assert_eq!(claims["account_id"], account["id"]);
    assert_eq!(claims["sub"], json!(account["current_user_id"].to_string()));
    assert_eq!(claims["aud"], json!(client.sim.credentials().client_id));
    assert!(claims["exp"].as_i64().unwrap() > claims["iat"].as_i64().unwrap() + 300 * 86_400);
}
