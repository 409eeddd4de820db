//! One request from arrival to answer: counting, limits, faults, sign-in, handler, faults again.

use std::net::SocketAddr;
use std::sync::PoisonError;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, OriginalUri, Request};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value;

use crate::answer::{Answer, BLOCKED_PAGE, GATEWAY_TIMEOUT_PAGE, Outcome, Refusal, STRAY_PAGE};
use crate::call::{Call, HostMeans};
use crate::faults::FaultName;
use crate::limits::Verdict;
use crate::query::Query;
use crate::simulator::Simulator;
use crate::state::World;

pub(crate) type Handler = fn(&mut World, &Call<'_>) -> Outcome;

/// Who may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// `/api/...`: a bearer token, limits, all faults.
    Api,
    /// The token endpoint: limits and transport faults, no bearer token.
    Open,
    /// Web pages for people: neither limited nor broken.
    Page,
}

const MAX_BODY: usize = 16 * 1024 * 1024;
const SLOW_S: u32 = 3;
const SKEW_S: u32 = 3 * 60 * 60;

/// What goes out: status, type of content and bytes.
struct Wire {
    status: u16,
    content_type: &'static str,
    body: Vec<u8>,
    location: Option<String>,
}

impl Wire {
    fn html(status: u16, body: &str) -> Self {
        Self { status, content_type: "text/html", body: body.as_bytes().to_vec(), location: None }
    }
}

impl From<Refusal> for Wire {
    fn from(refusal: Refusal) -> Self {
        Self {
            status: refusal.status,
            content_type: "application/problem+json",
            body: refusal.body.to_string().into_bytes(),
            location: None,
        }
    }
}

impl From<Answer> for Wire {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Json { status, body, .. } => Self {
                status,
                content_type: "application/hal+json",
                body: serde_json::to_vec(&body).unwrap_or_default(),
                location: None,
            },
            Answer::Written { body, .. } => {
                Self { status: 200, content_type: "application/hal+json", body, location: None }
            }
            Answer::Empty(status) => Self { status, content_type: "", body: Vec::new(), location: None },
            Answer::Text { status, body } => Self {
                status,
                content_type: "text/plain; charset=utf-8",
                body: body.into_bytes(),
                location: None,
            },
            Answer::Html { status, body } => Self {
                status,
                content_type: "text/html; charset=utf-8",
                body: body.into_bytes(),
                location: None,
            },
            Answer::Redirect(location) => {
                Self { status: 302, content_type: "", body: Vec::new(), location: Some(location) }
            }
        }
    }
}

/// Serves one request. The arrival is counted before anything else, so that the limit is precise.
pub(crate) async fn exchange(
    sim: Simulator,
    door: Door,
    handler: Handler,
    request: Request,
) -> Response<Body> {
    let now_ms = sim.shared.clock.now_ms();
    let verdict = match door {
        Door::Page => Verdict::Pass,
        Door::Api | Door::Open => arrive(&sim, &request, now_ms),
    };
    let request = whole_path(request);
    let method = request.method().as_str().to_owned();
    let path = request.uri().path().to_owned();
    sim.count(|stats| stats.arrived(&method, &path));
    let wire = match verdict {
        Verdict::Blocked => Wire::html(403, BLOCKED_PAGE),
        Verdict::TooMany => Refusal::too_many_requests(1).into(),
        Verdict::Pass => answer(&sim, door, handler, request, &method, &path).await,
    };
    sim.count(|stats| stats.answered(wire.status));
    respond(&sim, wire)
}

/// Nested routers see a shortened path; everything here speaks of the whole one.
fn whole_path(mut request: Request) -> Request {
    if let Some(OriginalUri(uri)) = request.extensions_mut().remove::<OriginalUri>() {
        *request.uri_mut() = uri;
    }
    request
}

fn arrive(sim: &Simulator, request: &Request, now_ms: i64) -> Verdict {
    let caller = match request.extensions().get::<ConnectInfo<SocketAddr>>() {
        Some(ConnectInfo(address)) => address.ip().to_string(),
        None => "in-process".to_owned(),
    };
    let mut limiter = sim.shared.limiter.lock().unwrap_or_else(PoisonError::into_inner);
    limiter.arrive(&caller, now_ms, sim.shared.config.rate_limit)
}

async fn answer(
    sim: &Simulator,
    door: Door,
    handler: Handler,
    request: Request,
    method: &str,
    path: &str,
) -> Wire {
    let faults = &sim.shared.faults;
    let strike = |name| faults.strike(name, method, path);
    if door != Door::Page {
        if let Some(fault) = strike(FaultName::Slow) {
            wait(fault.seconds.unwrap_or(SLOW_S)).await;
        }
        if strike(FaultName::IpBlocked).is_some() {
            return Wire::html(403, BLOCKED_PAGE);
        }
        if let Some(fault) = strike(FaultName::RateLimited) {
            return Refusal::too_many_requests(fault.seconds.unwrap_or(1)).into();
        }
        if strike(FaultName::ServerError).is_some() {
            return Refusal::server_error(&sim.next_request_id()).into();
        }
        if strike(FaultName::Forbidden).is_some() {
            return Refusal::not_admin().into();
        }
        if strike(FaultName::HtmlInsteadOfJson).is_some() {
            return Wire::html(200, STRAY_PAGE);
        }
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return Refusal::problem(413, "Request entity too large").into();
    };
    let mut call = read(sim, &parts, body);
    let outcome = serve(sim, door, handler, &mut call);
    sim.shared.hooks_changed.notify_one();
    let outcome = match outcome {
        Ok(Answer::Json { list: true, .. } | Answer::Written { list: true, .. })
            if call.strike(FaultName::EmptyList204) =>
        {
            Ok(Answer::none())
        }
        other => other,
    };
    let is_write = matches!(method, "POST" | "PATCH" | "DELETE" | "PUT");
    if door == Door::Api
        && is_write
        && outcome.is_ok()
        && let Some(fault) = strike(FaultName::TimeoutAfterWrite)
    {
        wait(fault.seconds.unwrap_or(0)).await;
        return Wire::html(504, GATEWAY_TIMEOUT_PAGE);
    }
    let mut wire: Wire = match outcome {
        Ok(answer) => answer.into(),
        Err(refusal) => refusal.into(),
    };
    if door != Door::Page && wire.status == 200 && strike(FaultName::TruncatedBody).is_some() {
        wire.body.truncate(wire.body.len() / 2);
    }
    wire
}

fn read<'a>(sim: &'a Simulator, parts: &http::request::Parts, body: Bytes) -> Call<'a> {
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).or(parts.uri.host());
    let base = match host {
        Some(host) if host.ends_with(".kommo.com") => format!("https://{host}"),
        _ => sim.base_url(),
    };
    let mut headers = parts.headers.clone();
    if !headers.contains_key(header::HOST)
        && let Some(Ok(host)) = parts.uri.host().map(HeaderValue::from_str)
    {
        headers.insert(header::HOST, host);
    }
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("bearer ")))
        .map(|token| token.trim().to_owned());
    let now_ms = sim.shared.clock.now_ms();
    Call {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: Query::parse(parts.uri.query().unwrap_or_default()),
        headers,
        body,
        bearer,
        user: 0,
        base,
        now: now_ms.div_euclid(1000),
        now_ms,
        shown_page: None,
        faults: &sim.shared.faults,
        stats: &sim.shared.stats,
    }
}

/// The part under the lock: sign-in, then the handler. It never waits.
fn serve(sim: &Simulator, door: Door, handler: Handler, call: &mut Call<'_>) -> Outcome {
    let mut world = sim.world();
    if door == Door::Api {
        if call.host_means(&world.account.subdomain) == HostMeans::OtherAccount {
            return Err(Refusal::problem(404, "Account not found"));
        }
        let user = call.bearer.as_deref().and_then(|token| world.grants.user_of(token, call.now));
        let Some(user) = user.filter(|_| !call.strike(FaultName::Unauthorized)) else {
            return Err(Refusal::unauthorized());
        };
        call.user = in_name_of(&world, call).unwrap_or(Ok(user))?;
        if call.strike(FaultName::Unpaid) {
            return Err(Refusal::problem(402, "Payment required"));
        }
        if call.query.has_filters() && call.strike(FaultName::FilterIgnored) {
            call.query.drop_filters();
        }
        let page = call.query.text("page").and_then(|text| text.parse().ok()).unwrap_or(1);
        if page > 1 && call.method == "GET" && call.strike(FaultName::PageRepeats) {
            call.query.set_page(page - 1);
            call.shown_page = Some(page);
        }
    }
    handler(&mut world, call)
}

/// Kommo docs: oauth-20, `X-Context-User-ID`.
fn in_name_of(world: &World, call: &Call<'_>) -> Option<Result<u32, Refusal>> {
    let id = call.header("x-context-user-id")?;
    let known = id.parse().ok().and_then(|id| world.user(id)).map(|user| user.id);
    Some(known.ok_or_else(Refusal::unauthorized))
}

#[expect(clippy::disallowed_methods, reason = "a late answer is what this fault is")]
async fn wait(seconds: u32) {
    if seconds > 0 {
        tokio::time::sleep(Duration::from_secs(u64::from(seconds))).await;
    }
}

fn respond(sim: &Simulator, wire: Wire) -> Response<Body> {
    let mut response = Response::new(Body::from(wire.body));
    *response.status_mut() = StatusCode::from_u16(wire.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if !wire.content_type.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(wire.content_type));
    }
    if let Some(Ok(location)) = wire.location.as_deref().map(HeaderValue::from_str) {
        headers.insert(header::LOCATION, location);
    }
    if let Ok(date) = HeaderValue::from_str(&http_date(sim)) {
        headers.insert(header::DATE, date);
    }
    if let Ok(id) = HeaderValue::from_str(&sim.next_request_id()) {
        headers.insert("x-request-id", id);
    }
    response
}

fn http_date(sim: &Simulator) -> String {
    let faults = &sim.shared.faults;
    let skew_s = if faults.is_on(FaultName::ClockSkew) {
        i64::from(faults.seconds(FaultName::ClockSkew).unwrap_or(SKEW_S))
    } else {
        0
    };
    let at = chrono::DateTime::from_timestamp(sim.shared.clock.now_s() + skew_s, 0).unwrap_or_default();
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A JSON answer of the control interface: never limited, counted or broken.
pub(crate) fn plain_json(status: u16, body: &Value) -> Response<Body> {
    json_text(status, body.to_string())
}

/// The same from JSON that is written already.
pub(crate) fn json_text(status: u16, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
