//! The routes.

use crate::door::{CallbackOutcome, JsonAnswer, LoginOutcome, Request};
use crate::page::{Page, PageLanguage};
use crate::webhook;
use axum::extract::{Query, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::{Arc, RwLock};
use subtle::ConstantTimeEq as _;
use tokio::sync::{mpsc, oneshot};
use tower_http::limit::RequestBodyLimitLayer;

const BODY_LIMIT: usize = 64 * 1024;

/// The local API key, replaceable while the listener runs. Without one every keyed route refuses.
#[derive(Clone, Debug, Default)]
pub struct KeyHolder(Arc<RwLock<Option<SecretString>>>);

impl KeyHolder {
    /// Puts another key in place, or none.
    pub fn set(&self, key: Option<SecretString>) {
        *self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = key;
    }

    /// Compares in constant time.
    fn admits(&self, headers: &HeaderMap) -> bool {
        let given = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        let key = self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        match (given, key.as_ref()) {
            (Some(given), Some(key)) => given.as_bytes().ct_eq(key.expose_secret().as_bytes()).into(),
            _ => false,
        }
    }
}

#[derive(Clone)]
pub(crate) struct Doors {
    requests: mpsc::Sender<Request>,
    key: KeyHolder,
}

impl Doors {
    /// Passes a request on and waits for its answer; none when nobody is there.
    pub(crate) async fn ask<T>(&self, make: impl FnOnce(oneshot::Sender<T>) -> Request) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.requests.send(make(answer)).await.ok()?;
        answered.await.ok()
    }
}

/// The listener's routes. `requests` is read by the app.
pub fn router(requests: mpsc::Sender<Request>, key: KeyHolder) -> Router {
    Router::new()
        .route("/auth/kommo/login", get(login))
        .route("/auth/kommo/callback", get(callback))
        .route("/auth/kommo/status", get(status))
        .route("/auth/kommo/refresh", post(refresh))
        .route("/auth/kommo/logout", post(logout))
        .route("/webhook/kommo/reach/{number}", get(webhook::reach))
        .route("/webhook/kommo/setup", post(webhook::set_up))
        .route("/health", get(|| async { Json(serde_json::json!({"status": "ok"})) }))
        .fallback(|headers: HeaderMap| async move { Page::NotFound.response(language(&headers)) })
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .merge(webhook::deliveries())
        .with_state(Doors { requests, key })
}

fn language(headers: &HeaderMap) -> PageLanguage {
    PageLanguage::from_accept_language(headers.get(header::ACCEPT_LANGUAGE))
}

async fn login(State(doors): State<Doors>, headers: HeaderMap) -> Response {
    match doors.ask(|answer| Request::Login { answer }).await {
        Some(LoginOutcome::Redirect(to)) => {
            (StatusCode::FOUND, [(header::LOCATION, to), (header::CACHE_CONTROL, "no-store".to_owned())])
                .into_response()
        }
        Some(LoginOutcome::NothingToSignInTo) => Page::NothingToSignInTo.response(language(&headers)),
        None => Page::NotReady.response(language(&headers)),
    }
}

async fn callback(State(doors): State<Doors>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let Some(query) = query.filter(|query| query.len() <= 8 * 1024) else {
        return Page::Callback(CallbackOutcome::Expired).response(language(&headers));
    };
    match doors.ask(|answer| Request::Callback { query, answer }).await {
        Some(outcome) => Page::Callback(outcome).response(language(&headers)),
        None => Page::NotReady.response(language(&headers)),
    }
}

#[derive(serde::Deserialize)]
struct AccountQuery {
    account_id: Option<String>,
}

async fn status(State(doors): State<Doors>, headers: HeaderMap) -> Response {
    keyed(&doors, &headers, |answer| Request::Status { answer }).await
}

async fn refresh(State(doors): State<Doors>, Query(of): Query<AccountQuery>, headers: HeaderMap) -> Response {
    keyed(&doors, &headers, |answer| Request::Refresh { account_id: of.account_id, answer }).await
}

async fn logout(State(doors): State<Doors>, Query(of): Query<AccountQuery>, headers: HeaderMap) -> Response {
    keyed(&doors, &headers, |answer| Request::Logout { account_id: of.account_id, answer }).await
}

pub(crate) async fn keyed(
    doors: &Doors,
    headers: &HeaderMap,
    make: impl FnOnce(oneshot::Sender<JsonAnswer>) -> Request,
) -> Response {
    if !doors.key.admits(headers) {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response();
    }
    match doors.ask(make).await {
        Some(JsonAnswer { status, body }) => {
            (StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(body))
                .into_response()
        }
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    async fn ask(method: &str, path: &str, key: Option<&str>) -> (StatusCode, String) {
        let (requests, mut incoming) = mpsc::channel(1);
        let holder = KeyHolder::default();
        holder.set(Some(SecretString::from("right-key")));
        tokio::spawn(async move {
            while let Some(request) = incoming.recv().await {
                match request {
                    Request::Login { answer } => {
                        drop(answer.send(LoginOutcome::Redirect("https://k.example/oauth".into())))
                    }
                    Request::Callback { query, answer } => {
                        let outcome = if query.contains("error=") {
                            CallbackOutcome::Refused
                        } else {
                            CallbackOutcome::Done
                        };
                        let _ = answer.send(outcome);
                    }
                    Request::Delivery { answer, .. } => drop(answer.send(crate::DeliveryOutcome::Kept)),
                    Request::Reach { answer, .. } => drop(answer.send(None)),
                    Request::Status { answer }
                    | Request::WebhookSetup { answer, .. }
                    | Request::Refresh { answer, .. }
                    | Request::Logout { answer, .. } => {
                        drop(answer.send(JsonAnswer { status: 200, body: serde_json::json!({"ok": true}) }));
                    }
                }
            }
        });
        let mut request = axum::http::Request::builder().method(method).uri(path);
        if let Some(key) = key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        let response = router(requests, holder).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn routes_that_need_the_key_say_nothing_without_it() {
        for (method, path) in
            [("GET", "/auth/kommo/status"), ("POST", "/auth/kommo/refresh"), ("POST", "/auth/kommo/logout")]
        {
            for key in [None, Some(""), Some("wrong-key"), Some("right-key-and-more")] {
                assert_eq!(
                    ask(method, path, key).await,
                    (StatusCode::UNAUTHORIZED, String::new()),
                    "{path} {key:?}"
                );
            }
            assert_eq!(ask(method, path, Some("right-key")).await.0, StatusCode::OK, "{path}");
        }
    }

    #[tokio::test]
    async fn nothing_from_the_query_is_written_into_a_page() {
        let (status, body) =
            ask("GET", "/auth/kommo/callback?error=%3Cscript%3Ealert(1)%3C/script%3E&state=abc", None).await;
        assert_eq!(status, StatusCode::OK);
        assert!(!body.contains("alert(1)") && !body.contains("abc"));
        assert!(body.contains("não autorizar"));
    }

    #[tokio::test]
    async fn a_login_goes_to_kommo_and_a_callback_without_query_is_void() {
        assert_eq!(ask("GET", "/auth/kommo/login", None).await.0, StatusCode::FOUND);
        assert_eq!(ask("GET", "/auth/kommo/callback", None).await.0, StatusCode::GONE);
        assert_eq!(ask("GET", "/nowhere", None).await.0, StatusCode::NOT_FOUND);
    }
}
