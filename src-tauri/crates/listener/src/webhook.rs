//! Deliveries of Kommo's webhooks, their set-up, and the test of the way in.

use crate::door::{DeliveryOutcome, Request};
use crate::route::{Doors, keyed};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use secrecy::SecretString;
use tower_http::limit::RequestBodyLimitLayer;

/// A delivery is no longer than this. Recorded ones have a few kilobytes.
const DELIVERY_LIMIT: usize = 1024 * 1024;
/// Where a proxy that adds the secret puts it.
const SECRET_HEADER: &str = "x-cadencia-secret";
/// No secret is longer.
const LONGEST_SECRET: usize = 200;

/// The routes that take deliveries, with a limit of their own.
pub(crate) fn deliveries() -> Router<Doors> {
    Router::new()
        .route("/webhook/kommo/events/{secret}", post(event).get(alive).head(alive))
        .route("/webhook/kommo/events", post(event_of_proxy))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(DELIVERY_LIMIT))
}

/// Kommo's page for webhooks looks whether an address answers before it takes it (recorded). Says nothing of the secret.
async fn alive() -> StatusCode {
    StatusCode::OK
}

async fn event(
    State(doors): State<Doors>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    deliver(&doors, secret, &headers, body).await
}

async fn event_of_proxy(State(doors): State<Doors>, headers: HeaderMap, body: Bytes) -> Response {
    let secret = headers.get(SECRET_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    match secret {
        Some(secret) => deliver(&doors, secret, &headers, body).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn deliver(doors: &Doors, secret: String, headers: &HeaderMap, body: Bytes) -> Response {
    if secret.len() > LONGEST_SECRET {
        return StatusCode::NOT_FOUND.into_response();
    }
    if let Some(refused) = refused(headers) {
        return refused.into_response();
    }
    let secret = SecretString::from(secret);
    let again = |status: StatusCode| (status, [(header::RETRY_AFTER, "60")]).into_response();
    match doors.ask(|answer| Request::Delivery { secret, body, answer }).await {
        Some(DeliveryOutcome::Kept) => StatusCode::OK.into_response(),
        Some(DeliveryOutcome::Unknown) => StatusCode::NOT_FOUND.into_response(),
        Some(DeliveryOutcome::TooMany) => again(StatusCode::TOO_MANY_REQUESTS),
        Some(DeliveryOutcome::NotReady) | None => again(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// Kommo sends forms, as they are. A body that would first have to be unpacked, or is something else, is not taken.
fn refused(headers: &HeaderMap) -> Option<StatusCode> {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    let is_packed =
        text(header::CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity"));
    let is_form = text(header::CONTENT_TYPE).is_none_or(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        kind.is_empty() || kind == "application/x-www-form-urlencoded"
    });
    (is_packed || !is_form).then_some(StatusCode::UNSUPPORTED_MEDIA_TYPE)
}

/// Subscribes, or ends that.
pub(crate) async fn set_up(State(doors): State<Doors>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(body) = serde_json::from_slice::<serde_json::Value>(&body) else {
        // Whoever has no key learns nothing of what a body should be.
        let nothing = serde_json::Value::Null;
        return keyed(&doors, &headers, |answer| Request::WebhookSetup { body: nothing, answer }).await;
    };
    keyed(&doors, &headers, |answer| Request::WebhookSetup { body, answer }).await
}

/// Answers a test of the way in.
pub(crate) async fn reach(State(doors): State<Doors>, Path(number): Path<String>) -> Response {
    if number.len() > LONGEST_SECRET {
        return StatusCode::NOT_FOUND.into_response();
    }
    match doors.ask(|answer| Request::Reach { number, answer }).await {
        Some(Some(proof)) => proof.into_response(),
        Some(None) => (StatusCode::NOT_FOUND, Json(serde_json::json!({}))).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use crate::{DeliveryOutcome, KeyHolder, Request, router};
    use axum::body::Body;
    use axum::http::StatusCode;
    use secrecy::ExposeSecret as _;
    use tokio::sync::mpsc;
    use tower::ServiceExt as _;

    async fn deliver(path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> (StatusCode, usize) {
        let (requests, mut incoming) = mpsc::channel(1);
        let taken = tokio::spawn(async move {
            let mut taken = 0;
            while let Some(request) = incoming.recv().await {
                if let Request::Delivery { secret, answer, .. } = request {
                    let is_known = secret.expose_secret() == "right";
                    taken += usize::from(is_known);
                    let outcome = if is_known { DeliveryOutcome::Kept } else { DeliveryOutcome::Unknown };
                    let _ = answer.send(outcome);
                }
            }
            taken
        });
        let mut request = axum::http::Request::builder().method("POST").uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let routes = router(requests, KeyHolder::default());
        let status = routes.oneshot(request.body(Body::from(body)).unwrap()).await.unwrap().status();
        (status, taken.await.unwrap())
    }

    #[tokio::test]
    async fn a_delivery_is_taken_by_its_secret_alone() {
        const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        let body = || b"leads[add][0][id]=1".to_vec();
        let events = "/webhook/kommo/events";
        for (path, headers, expected) in [
            (format!("{events}/right"), vec![FORM], StatusCode::OK),
            (format!("{events}/right"), vec![], StatusCode::OK),
            (format!("{events}/wrong"), vec![FORM], StatusCode::NOT_FOUND),
            (events.to_owned(), vec![FORM], StatusCode::NOT_FOUND),
            (events.to_owned(), vec![FORM, ("x-cadencia-secret", "right")], StatusCode::OK),
            (
                format!("{events}/right"),
                vec![("content-type", "application/json")],
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ),
            (
                format!("{events}/right"),
                vec![FORM, ("content-encoding", "gzip")],
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ),
        ] {
            let (status, taken) = deliver(&path, &headers, body()).await;
            assert_eq!(status, expected, "{path} {headers:?}");
            assert_eq!(taken, usize::from(expected == StatusCode::OK), "{path} {headers:?}");
        }
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_refused_unread() {
        let (status, taken) = deliver("/webhook/kommo/events/right", &[], vec![b'a'; 2 * 1024 * 1024]).await;
        assert_eq!((status, taken), (StatusCode::PAYLOAD_TOO_LARGE, 0));
    }
}
