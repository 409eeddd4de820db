//! One attempt: token, budget, transport, classification, record.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Request, Response};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

use super::Client;
use super::call::{Answer, Call};
use crate::budget::{REASON_OF_BLOCK, WAIT_AFTER_UNTIMED_429};
use crate::error::{Error, MalformedKind, RequestSummary, Result, from_answer};
use crate::http_date;
use crate::record::RequestRecord;
use crate::transport::{BoxError, TransportError};

/// An answer that took longer says nothing of the server's clock when another did: somewhere in between it was stamped.
const LONGEST_TO_TELL_TIME_MS: i64 = 10_000;

impl Client {
    pub(super) async fn exchange<T>(
        &self,
        call: &Call,
        token: &SecretString,
        attempt: u32,
        read: fn(Answer) -> Result<T>,
    ) -> Result<T> {
        let mut summary = call.summary();
        let request = match self.request(call, token) {
            Ok(request) => request,
            Err(error) => {
                let source = TransportError::BeforeSend(error);
                return Err(Error::NotSent { request: summary, source });
            }
        };
        let permit = match self.inner.budget.acquire(self.priority).await {
            Ok(permit) => permit,
            Err(blocked) => {
                return Err(Error::BudgetBlocked { request: summary, reason: blocked.reason });
            }
        };
        let started_at_ms = (self.inner.wall_clock)();
        let started = Instant::now();
        let outcome = self.inner.transport.send(request).await;
        let duration = started.elapsed();
        summary.duration = duration;

        let mut record = RequestRecord {
            method: call.method.clone(),
            path: call.path.clone(),
            query: call.params.shown(),
            status: None,
            started_at_ms,
            duration,
            waited: permit.waited(),
            attempt,
            priority: self.priority,
            bytes_sent: call.body.as_ref().map_or(0, Bytes::len),
            bytes_received: 0,
            error: None,
            request_id: None,
            server_time_ms: None,
        };
        let result = match outcome {
            Ok(response) => self.judge(summary, response, &mut record).and_then(read),
            Err(error) => Err(without_answer(summary, error)),
        };
        self.heed(result.as_ref().err(), attempt);
        record.error = result.as_ref().err().map(Error::kind);
        if let Some(observer) = &self.inner.observer {
            observer.finished(&record);
        }
        result
    }

    fn request(&self, call: &Call, token: &SecretString) -> Result<Request<Bytes>, BoxError> {
        let query = call.params.encoded();
        let separator = if query.is_empty() { "" } else { "?" };
        let uri = format!("{}{}{separator}{query}", self.inner.origin, call.path);
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))?;
        bearer.set_sensitive(true);
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(uri)
            .header(AUTHORIZATION, bearer)
            .header(USER_AGENT, self.inner.user_agent.clone())
            .header(ACCEPT, "application/hal+json, application/json");
        if call.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        Ok(request.body(call.body.clone().unwrap_or_default())?)
    }

    fn judge(
        &self,
        mut summary: Box<RequestSummary>,
        response: Response<Bytes>,
        record: &mut RequestRecord,
    ) -> Result<Answer> {
        let (parts, body) = response.into_parts();
        let status = parts.status.as_u16();
        let request_id = header(&parts.headers, "x-request-id");
        summary.status = Some(status);
        summary.request_id.clone_from(&request_id);
        record.status = Some(status);
        record.request_id = request_id;
        record.bytes_received = body.len();
        record.server_time_ms =
            parts.headers.get(DATE).and_then(|date| http_date::parse_ms(date.to_str().ok()?));
        if let Some(server) = record.server_time_ms {
            self.note_server_time(server, record.started_at_ms);
        }
        if parts.status.is_success() {
            Ok(Answer { summary, headers: parts.headers, body })
        } else {
            Err(from_answer(summary, status, &parts.headers, &body))
        }
    }

    // The server stamps its answer some time between the two ends; a `Date` is cut to whole seconds. The ends are both read
    // from the wall clock: a computer that slept in between has a monotonic clock that stood still.
    fn note_server_time(&self, server_ms: i64, started_at_ms: i64) {
        let took = (self.inner.wall_clock)().saturating_sub(started_at_ms);
        let is_known = self.inner.offset_ms.load(Ordering::Relaxed) != super::NO_OFFSET;
        if is_known && !(0..=LONGEST_TO_TELL_TIME_MS).contains(&took) {
            return;
        }
        let offset = server_ms.saturating_add(500).saturating_sub(started_at_ms.saturating_add(took / 2));
        self.inner.offset_ms.store(offset, Ordering::Relaxed);
    }

    /// What the server asks of everybody goes to the budget that everybody shares.
    fn heed(&self, error: Option<&Error>, attempt: u32) {
        match error {
            Some(Error::TooManyRequests { retry_after, .. }) => {
                // A server that names no time, or next to none, is left alone longer with every attempt.
                let least = super::LEAST_WAIT_AFTER_429 * 2_u32.pow(attempt.saturating_sub(1).min(6));
                let wait = retry_after.unwrap_or(WAIT_AFTER_UNTIMED_429).max(least);
                tracing::warn!(seconds = wait.as_secs(), "Kommo asks for a pause");
                self.inner.budget.refused(wait);
            }
            Some(Error::Blocked { .. }) => {
                tracing::error!("Kommo blocks this address; all requests stop");
                self.inner.budget.block(REASON_OF_BLOCK);
            }
            _ => {}
        }
    }
}

fn without_answer(request: Box<RequestSummary>, error: TransportError) -> Error {
    match error {
        TransportError::BeforeSend(_) => Error::NotSent { request, source: error },
        TransportError::AfterSend(_) => Error::Ambiguous { request, source: error },
        TransportError::TooLarge { .. } => {
            Error::Malformed { request, what: MalformedKind::TooLarge, source: Some(Box::new(error)) }
        }
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
