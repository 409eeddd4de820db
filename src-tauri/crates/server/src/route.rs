//! The routes.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use cadencia_app::App;
use cadencia_contract::{ApiError, ErrorCode};
use secrecy::{ExposeSecret as _, SecretString};
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

/// A dropped `.env` file is the largest thing a screen sends.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// What a page cannot say of itself, and what no page of ours needs. The rest stands in the built page: it names the
/// hash of its own start script, and a second policy without that hash would stop it.
const CONTENT_POLICY: &str = "connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'self'; \
                              form-action 'none'";

#[derive(Clone)]
struct Host {
    app: App,
    key: Arc<SecretString>,
    stopping: CancellationToken,
}

/// All routes. Streams of events end when `stopping` is cancelled. `ui` is the folder of the built interface.
pub fn router(app: App, key: SecretString, ui: Option<PathBuf>, stopping: CancellationToken) -> Router {
    let host = Host { app, key: Arc::new(key), stopping };
    let mut routes = Router::new()
        .route("/call/{command}", post(call))
        .route("/events", get(events))
        .route_layer(middleware::from_fn_with_state(host.clone(), require_key))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .with_state(host);
    if let Some(folder) = ui {
        let page = ServeFile::new(folder.join("index.html"));
        routes = routes.fallback_service(ServeDir::new(folder).fallback(page));
    }
    routes
        .layer(SetResponseHeaderLayer::overriding(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(CONTENT_POLICY),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
}

async fn require_key(State(host): State<Host>, headers: HeaderMap, request: Request, next: Next) -> Response {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let admitted =
        given.is_some_and(|given| given.as_bytes().ct_eq(host.key.expose_secret().as_bytes()).into());
    if admitted {
        next.run(request).await
    } else {
        (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response()
    }
}

async fn call(State(host): State<Host>, Path(command): Path<String>, body: axum::body::Bytes) -> Response {
    let request = if body.iter().all(u8::is_ascii_whitespace) {
        Ok(serde_json::json!({}))
    } else {
        serde_json::from_slice(&body)
    };
    let answer = match request {
        Ok(request) => host.app.call(&command, request).await,
        Err(error) => {
            Err(ApiError::new(ErrorCode::InvalidRequest).with_detail(format!("line {}", error.line())))
        }
    };
    match answer {
        Ok(response) => Json(response).into_response(),
        Err(error) => (status_of(error.code), Json(error)).into_response(),
    }
}

/// The nearest HTTP status; the screen goes by the code in the body.
fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::InvalidRequest
        | ErrorCode::InvalidSubdomain
        | ErrorCode::TokenMalformed
        | ErrorCode::PassphraseTooShort
        | ErrorCode::EnvUnreadable => StatusCode::BAD_REQUEST,
        ErrorCode::UnknownCommand
        | ErrorCode::AccountUnknown
        | ErrorCode::LeadUnknown
        | ErrorCode::LogUnknown => StatusCode::NOT_FOUND,
        ErrorCode::VaultLocked | ErrorCode::WrongPassphrase => StatusCode::LOCKED,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::CONFLICT,
    }
}

async fn events(State(host): State<Host>) -> impl IntoResponse {
    let mut events = host.app.subscribe();
    let stream = async_stream::stream! {
        // Tells the reader at once that it is connected.
        yield Ok::<_, Infallible>(Event::default().comment("connected"));
        loop {
            let event = tokio::select! {
                event = events.recv() => event,
                () = host.stopping.cancelled() => break,
            };
            match event {
                Ok(event) => match Event::default().json_data(&event) {
                    Ok(event) => yield Ok(event),
                    Err(error) => tracing::error!(%error, "an event cannot be written as JSON"),
                },
                // A reader that is too slow reads its state anew.
                Err(RecvError::Lagged(_)) => yield Ok(Event::default().event("lagged").data("{}")),
                Err(RecvError::Closed) => break,
            }
        }
    };
    Sse::new(stream).keep_alive(KeepAlive::default())
}
