//! Reads the bodies of unsuccessful answers. Branches on the status first and never on Kommo's words.

use std::time::Duration;

use http::HeaderMap;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use serde::Deserialize;

use super::{Error, FieldProblem, MalformedKind, RequestSummary};
use crate::wire::lenient;

/// `application/problem+json`, with every part optional.
#[derive(Debug, Default, Deserialize)]
struct Problem {
    #[serde(default, deserialize_with = "lenient::string")]
    title: String,
    #[serde(default, deserialize_with = "lenient::string")]
    detail: String,
    #[serde(default, deserialize_with = "lenient::float_opt")]
    retry_after: Option<f64>,
    #[serde(default, rename = "validation-errors", deserialize_with = "lenient::list")]
    validation_errors: Vec<ItemProblems>,
}

#[derive(Debug, Deserialize)]
struct ItemProblems {
    #[serde(default, deserialize_with = "lenient::string_opt")]
    request_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    errors: Vec<OneProblem>,
}

#[derive(Debug, Deserialize)]
struct OneProblem {
    #[serde(default, deserialize_with = "lenient::string")]
    code: String,
    #[serde(default, deserialize_with = "lenient::string")]
    path: String,
    #[serde(default, deserialize_with = "lenient::string")]
    detail: String,
}

/// Whether a body is a web page rather than JSON.
pub(crate) fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    match body.iter().find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xEF | 0xBB | 0xBF)) {
        Some(b'<') => true,
        Some(b'{' | b'[') => false,
        _ => {
            let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
            kind.to_ascii_lowercase().contains("html")
        }
    }
}

/// Turns an answer that is not a success into an error.
pub(crate) fn from_answer(
    request: Box<RequestSummary>,
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
) -> Error {
    let html = is_html(headers, body);
    let parsed: Option<Problem> = if html { None } else { serde_json::from_slice(body).ok() };
    let is_json = parsed.is_some();
    let Problem { title, detail, retry_after, validation_errors } = parsed.unwrap_or_default();
    let detail = if detail.is_empty() { title } else { detail };
    match status {
        // A page of something in between (a proxy, a captive portal) says nothing about token or object. Only the
        // block of an address is a page of Kommo's own, and a 429 means the same whoever sends it.
        400..=499 if html && !matches!(status, 403 | 429) => {
            Error::Malformed { request, what: MalformedKind::Html, source: None }
        }
        400 => Error::Validation { request, errors: flatten(validation_errors), detail },
        401 => Error::Unauthorized { request, detail, is_json },
        402 => Error::PaymentRequired { request, detail },
        403 if html => Error::Blocked { request },
        403 => Error::Forbidden { request, detail },
        404 => Error::NotFound { request, detail },
        422 => Error::Unprocessable { request, detail },
        429 => Error::TooManyRequests { request, retry_after: wait(retry_after, headers) },
        500..=599 => Error::Server { request, status },
        _ if (400..500).contains(&status) => Error::Rejected { request, detail },
        _ => Error::Malformed { request, what: MalformedKind::Status, source: None },
    }
}

fn flatten(items: Vec<ItemProblems>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    for item in items {
        for problem in item.errors {
            problems.push(FieldProblem {
                request_id: item.request_id.clone(),
                code: problem.code,
                path: problem.path,
                detail: problem.detail,
            });
        }
    }
    problems
}

// The body names the seconds (Kommo docs: http-codes); a header is not documented but seen in other clients.
fn wait(in_body: Option<f64>, headers: &HeaderMap) -> Option<Duration> {
    let in_header = || headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse::<f64>().ok();
    let seconds = in_body.or_else(in_header)?;
    // A day is more than Kommo ever asks; the bound keeps nonsense from stopping the client for good.
    (seconds.is_finite() && seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(86_400.0)))
}
