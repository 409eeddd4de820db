//! One call from arguments to a typed answer, with the retries that are safe.

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep_until};

use super::Client;
use crate::error::{Error, ErrorKind, MalformedKind, RequestSummary, Result};
use crate::page::{Page, PageRequest};
use crate::query::Params;
use crate::retry::{Decision, Idempotency, jitter};
use crate::token::TokenError;
use crate::wire::envelope::{Envelope, Listed};
use crate::wire::fault::JsonFault;

/// A request before it has a token and a host.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub method: Method,
    pub path: String,
    pub params: Params,
    pub body: Option<Bytes>,
}

impl Call {
    pub(crate) fn get(path: impl Into<String>, params: Params) -> Self {
        Self { method: Method::GET, path: path.into(), params, body: None }
    }

    pub(crate) fn write<B: Serialize + ?Sized>(
        method: Method,
        path: impl Into<String>,
        body: &B,
    ) -> Result<Self> {
        let path = path.into();
        match serde_json::to_vec(body) {
            Ok(json) => Ok(Self { method, path, params: Params::default(), body: Some(json.into()) }),
            Err(error) => {
                let call = Self { method, path, params: Params::default(), body: None };
                let source = crate::transport::TransportError::BeforeSend(Box::new(error));
                Err(Error::NotSent { request: call.summary(), source })
            }
        }
    }

    /// Kommo documents 401, not 403, for users who are no administrators on some calls (Kommo docs:
    /// webhooks-list); the others that need an administrator are treated alike.
    fn may_answer_401_for_rights(&self) -> bool {
        let path = self.path.as_str();
        let writes = self.method != Method::GET;
        path.starts_with("/api/v4/webhooks")
            || path.starts_with("/api/v4/users")
            || (writes && (path.contains("/custom_fields") || path.contains("/pipelines")))
    }

    pub(crate) fn summary(&self) -> Box<RequestSummary> {
        Box::new(RequestSummary {
            method: self.method.clone(),
            path: self.path.clone(),
            status: None,
            request_id: None,
            duration: std::time::Duration::ZERO,
        })
    }
}

/// A successful answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub summary: Box<RequestSummary>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// The answer as JSON; `None` when it is empty (204, or 200 and 202 without a body).
    pub(crate) fn json<T: DeserializeOwned>(self) -> Result<Option<T>> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        let error = match serde_json::from_slice(&self.body) {
            Ok(value) => return Ok(Some(value)),
            Err(error) => error,
        };
        let what = if crate::error::is_html(&self.headers, &self.body) {
            MalformedKind::Html
        } else if error.is_eof() {
            MalformedKind::Truncated
        } else {
            MalformedKind::Shape
        };
        let source = Some(JsonFault::new(&error).into());
        Err(Error::Malformed { request: self.summary, what, source })
    }

    /// The answer as JSON where an empty one is a fault.
    pub(crate) fn json_required<T: DeserializeOwned>(self) -> Result<T> {
        let summary = self.summary.clone();
        self.json()?.ok_or(Error::Malformed { request: summary, what: MalformedKind::Empty, source: None })
    }

    /// The items of a list answer where none at all is a fault.
    pub(crate) fn items<T: Listed>(self) -> Result<Vec<T>> {
        let summary = self.summary.clone();
        let items = self.json::<Envelope<T>>()?.unwrap_or_default().items;
        if items.is_empty() {
            return Err(Error::Malformed { request: summary, what: MalformedKind::Empty, source: None });
        }
        Ok(items)
    }

    /// Done, whatever the answer says. A web page is not Kommo's answer, though.
    pub(crate) fn done(self) -> Result<()> {
        if crate::error::is_html(&self.headers, &self.body) {
            return Err(Error::Malformed { request: self.summary, what: MalformedKind::Html, source: None });
        }
        Ok(())
    }
}

impl Client {
    /// Sends a call and reads its answer with `read`; reads are repeated as the policy says, everything once
    /// more after a renewed token.
    pub(crate) async fn execute<T>(&self, call: &Call, read: fn(Answer) -> Result<T>) -> Result<T> {
        let idempotency = Idempotency::of(&call.method);
        let mut attempt = 1;
        let mut renewed = None;
        loop {
            let token = match &renewed {
                Some(token) => secrecy::SecretString::clone(token),
                None => self
                    .inner
                    .tokens
                    .access_token()
                    .await
                    .map_err(|source| Error::TokenUnavailable { request: call.summary(), source })?,
            };
            let error = match self.exchange(call, &token, attempt, read).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if let Error::Unauthorized { request, detail, .. } = &error
                && call.may_answer_401_for_rights()
                && self.is_accepted(&token).await
            {
                return Err(Error::Forbidden { request: request.clone(), detail: detail.clone() });
            }
            if matches!(error, Error::Unauthorized { .. }) && renewed.is_none() {
                renewed = Some(match self.inner.tokens.renewed(&token).await {
                    Ok(token) => token,
                    Err(TokenError::SignedOut) => return Err(error),
                    Err(source) => {
                        let request = Box::new(error.request().clone());
                        return Err(Error::TokenUnavailable { request, source });
                    }
                });
                attempt += 1;
                continue;
            }
            if idempotency != Idempotency::Safe || matches!(error, Error::TokenUnavailable { .. }) {
                return Err(error);
            }
            let step = self.inner.jitter_step.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let chance = jitter(self.inner.jitter_seed, step);
            match self.inner.retries.decide(error.retry_class(), attempt, idempotency, chance) {
                Decision::RetryAfter(wait) => {
                    let kind = error.kind();
                    tracing::debug!(path = %call.path, attempt, kind = kind.as_str(), "will read again");
                    // After a 429 the budget itself is paused, and may be resumed before its time.
                    if kind != ErrorKind::TooManyRequests {
                        sleep_until(Instant::now() + wait).await;
                    }
                    attempt += 1;
                }
                _ => return Err(error),
            }
        }
    }

    /// Whether the token is good for what every user may do. Asked before a 401 that may be about rights
    /// costs a refresh, or worse, the sign-in.
    async fn is_accepted(&self, token: &secrecy::SecretString) -> bool {
        let probe = Call::get("/api/v4/account", Params::default());
        self.exchange(&probe, token, 1, Answer::done).await.is_ok()
    }

    /// Reads an object; `None` when there is none (204 or 404).
    pub(crate) async fn find<T: DeserializeOwned>(&self, path: &str, params: Params) -> Result<Option<T>> {
        match self.execute(&Call::get(path, params), Answer::json).await {
            Err(Error::NotFound { .. }) => Ok(None),
            result => result,
        }
    }

    /// Reads an object that is always there.
    pub(crate) async fn read<T: DeserializeOwned>(&self, path: &str, params: Params) -> Result<T> {
        self.execute(&Call::get(path, params), Answer::json_required).await
    }

    /// Reads one page.
    pub(crate) async fn page<T: Listed>(
        &self,
        path: &str,
        mut params: Params,
        page: PageRequest,
    ) -> Result<Page<T>> {
        params.push("page", page.page);
        params.push("limit", page.limit);
        let envelope: Option<Envelope<T>> = self.execute(&Call::get(path, params), Answer::json).await?;
        let Envelope { items, has_next, total_items } = envelope.unwrap_or_default();
        let has_next = has_next && !items.is_empty();
        Ok(Page { items, page: page.page, has_next, total_items })
    }

    /// Reads a short list whole. Such lists have no pages; should one name a next page, it is followed.
    pub(crate) async fn all<T: Listed>(&self, path: &str, params: Params) -> Result<Vec<T>> {
        let mut items: Vec<T> = Vec::new();
        let mut first = None;
        for page in 1_u32.. {
            let mut params = params.clone();
            if page > 1 {
                params.push("page", page);
            }
            let call = Call::get(path, params);
            let envelope: Option<Envelope<T>> = self.execute(&call, Answer::json).await?;
            let envelope = envelope.unwrap_or_default();
            let first_of_page = envelope.items.first().map(Listed::identity);
            if page > 1 && first_of_page == first {
                let what = MalformedKind::PageRepeats;
                return Err(Error::Malformed { request: call.summary(), what, source: None });
            }
            first = first_of_page;
            items.extend(envelope.items);
            if !envelope.has_next || first.is_none() {
                break;
            }
        }
        Ok(items)
    }

    /// Writes and reads the list of what was written.
    pub(crate) async fn write_list<B: Serialize + ?Sized, T: Listed>(
        &self,
        method: Method,
        path: &str,
        body: &B,
    ) -> Result<Vec<T>> {
        self.execute(&Call::write(method, path, body)?, Answer::items).await
    }

    /// Writes and reads the object that was written.
    pub(crate) async fn write_one<B: Serialize + ?Sized, T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &B,
    ) -> Result<T> {
        self.execute(&Call::write(method, path, body)?, Answer::json_required).await
    }

    /// Writes where the answer says nothing more than that it was done.
    pub(crate) async fn write_only<B: Serialize + ?Sized>(
        &self,
        method: Method,
        path: &str,
        body: &B,
    ) -> Result<()> {
        self.execute(&Call::write(method, path, body)?, Answer::done).await
    }
}
