//! What can go wrong with a call, told apart by what to do about it.

use std::time::Duration;

use http::Method;

use crate::retry::RetryClass;
use crate::token::{Hindrance, TokenError};
use crate::transport::TransportError;

mod problem;

pub(crate) use problem::{from_answer, is_html};

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Which request an error belongs to. Holds no query and no body, so it may be logged.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestSummary {
    /// The HTTP method.
    pub method: Method,
    /// The path without the query.
    pub path: String,
    /// The status of the answer, when there was one.
    pub status: Option<u16>,
    /// Kommo's `X-Request-Id`: what its support asks for.
    pub request_id: Option<String>,
    /// How long the last attempt took, without waiting for the budget.
    pub duration: Duration,
}

/// One complaint of a validation error (status 400).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldProblem {
    /// Which item of the batch: its `request_id`, or its index when it had none.
    pub request_id: Option<String>,
    /// Kommo's code, for example `NotSupportedChoice`; some are bare UUIDs.
    pub code: String,
    /// Where, relative to the item, for example `custom_fields_values.0.field_id`.
    pub path: String,
    /// Kommo's words; their language depends on the account. Do not branch on them.
    pub detail: String,
}

/// In what way an answer cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MalformedKind {
    /// HTML where JSON was expected: a proxy, a captive portal, a maintenance page.
    Html,
    /// JSON that ends too early.
    Truncated,
    /// Not JSON, or JSON of another shape.
    Shape,
    /// Nothing where something was expected.
    Empty,
    /// Larger than the transport accepts.
    TooLarge,
    /// A list answered the same page again.
    PageRepeats,
    /// A status that this API does not use, such as a redirect.
    Status,
}

impl MalformedKind {
    fn words(self) -> &'static str {
        match self {
            Self::Html => "HTML instead of JSON",
            Self::Truncated => "truncated JSON",
            Self::Shape => "unexpected shape",
            Self::Empty => "empty answer",
            Self::TooLarge => "answer too large",
            Self::PageRepeats => "page repeats",
            Self::Status => "unexpected status",
        }
    }
}

impl std::fmt::Display for MalformedKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.words())
    }
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 401: the token is invalid, expired or revoked, or the integration was removed. It was renewed once,
    /// if the token source could, and refused again.
    #[error("{} was refused: the access token is not valid", place(request))]
    Unauthorized {
        /// The request.
        request: Box<RequestSummary>,
        /// Kommo's words.
        detail: String,
        /// The body was JSON, as Kommo's is. Otherwise something in between may have refused.
        is_json: bool,
    },
    /// 402: the account is unpaid, its plan lacks the feature, or a quota is used up.
    #[error("{} was refused: payment required ({detail})", place(request))]
    PaymentRequired {
        /// The request.
        request: Box<RequestSummary>,
        /// Kommo's words.
        detail: String,
    },
    /// 403 with a JSON body: the user lacks the right or the token the scope.
    #[error("{} was refused: no permission ({detail})", place(request))]
    Forbidden {
        /// The request.
        request: Box<RequestSummary>,
        /// Kommo's words.
        detail: String,
    },
    /// 403 with an HTML body: Kommo blocks this address. Everything must stop; the budget is blocked.
    #[error("{} was refused: Kommo blocks this address", place(request))]
    Blocked {
        /// The request.
        request: Box<RequestSummary>,
    },
    /// 404: unknown path or object.
    #[error("{} found nothing ({detail})", place(request))]
    NotFound {
        /// The request.
        request: Box<RequestSummary>,
        /// Kommo's words.
        detail: String,
    },
    /// 400: what was sent is not acceptable.
    #[error("{} was refused: {}", place(request), complaints(errors, detail))]
    Validation {
        /// The request.
        request: Box<RequestSummary>,
        /// One entry per complaint; empty when Kommo names none.
        errors: Vec<FieldProblem>,
        /// Kommo's words about the whole.
        detail: String,
    },
    /// 422: understood but not possible, for example "Talk is closed".
    #[error("{} cannot be done ({detail})", place(request))]
    Unprocessable {
        /// The request.
        request: Box<RequestSummary>,
        /// Kommo's words.
        detail: String,
    },
    /// Another 4xx, for example 405.
    #[error("{} was refused ({detail})", place(request))]
    Rejected {
        /// The request.
        request: Box<RequestSummary>,
        /// Kommo's words.
        detail: String,
    },
    /// 429: too many requests. The budget is paused for the time named.
    #[error("{} came too soon: too many requests", place(request))]
    TooManyRequests {
        /// The request.
        request: Box<RequestSummary>,
        /// How long Kommo wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// 5xx. A 502 or 504 of a write may hide that it was done.
    #[error("{} failed on the server with status {status}", place(request))]
    Server {
        /// The request.
        request: Box<RequestSummary>,
        /// The status.
        status: u16,
    },
    /// Nothing reached the server.
    #[error("{} was not sent", place(request))]
    NotSent {
        /// The request.
        request: Box<RequestSummary>,
        /// What happened.
        source: TransportError,
    },
    /// The answer is missing: the request may have been carried out.
    #[error("{} got no answer and may have been carried out", place(request))]
    Ambiguous {
        /// The request.
        request: Box<RequestSummary>,
        /// What happened.
        source: TransportError,
    },
    /// An answer that cannot be used: a success that is not what was expected, or a web page in place of a refusal.
    /// Whether a write that gets one was carried out is not known.
    #[error("{} got an answer that cannot be used: {what}", place(request))]
    Malformed {
        /// The request; its `status` is that of the answer.
        request: Box<RequestSummary>,
        /// In what way.
        what: MalformedKind,
        /// The parser's or the transport's words.
        #[source]
        source: Option<crate::transport::BoxError>,
    },
    /// There is no access token at the moment. Nothing was sent.
    #[error("{} was not sent: no access token", place(request))]
    TokenUnavailable {
        /// The request.
        request: Box<RequestSummary>,
        /// What the token source said.
        source: TokenError,
    },
    /// The budget is blocked. Nothing was sent.
    #[error("{} was not sent: {reason}", place(request))]
    BudgetBlocked {
        /// The request.
        request: Box<RequestSummary>,
        /// The reason given to [`crate::Budget::block`].
        reason: String,
    },
}

/// The variants of [`Error`] without their contents, for logs and counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each repeats the variant of `Error` of the same name")]
pub enum ErrorKind {
    Unauthorized,
    PaymentRequired,
    Forbidden,
    Blocked,
    NotFound,
    Validation,
    Unprocessable,
    Rejected,
    TooManyRequests,
    Server,
    NotSent,
    Ambiguous,
    Malformed,
    TokenUnavailable,
    BudgetBlocked,
}

impl ErrorKind {
    /// A stable name for logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::PaymentRequired => "payment_required",
            Self::Forbidden => "forbidden",
            Self::Blocked => "blocked",
            Self::NotFound => "not_found",
            Self::Validation => "validation",
            Self::Unprocessable => "unprocessable",
            Self::Rejected => "rejected",
            Self::TooManyRequests => "too_many_requests",
            Self::Server => "server",
            Self::NotSent => "not_sent",
            Self::Ambiguous => "ambiguous",
            Self::Malformed => "malformed",
            Self::TokenUnavailable => "token_unavailable",
            Self::BudgetBlocked => "budget_blocked",
        }
    }
}

impl Error {
    /// The request it belongs to.
    #[must_use]
    pub fn request(&self) -> &RequestSummary {
        match self {
            Self::Unauthorized { request, .. }
            | Self::PaymentRequired { request, .. }
            | Self::Forbidden { request, .. }
            | Self::Blocked { request }
            | Self::NotFound { request, .. }
            | Self::Validation { request, .. }
            | Self::Unprocessable { request, .. }
            | Self::Rejected { request, .. }
            | Self::TooManyRequests { request, .. }
            | Self::Server { request, .. }
            | Self::NotSent { request, .. }
            | Self::Ambiguous { request, .. }
            | Self::Malformed { request, .. }
            | Self::TokenUnavailable { request, .. }
            | Self::BudgetBlocked { request, .. } => request,
        }
    }

    /// The status of the answer, when there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.request().status
    }

    /// The variant without its contents.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Unauthorized { .. } => ErrorKind::Unauthorized,
            Self::PaymentRequired { .. } => ErrorKind::PaymentRequired,
            Self::Forbidden { .. } => ErrorKind::Forbidden,
            Self::Blocked { .. } => ErrorKind::Blocked,
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::Validation { .. } => ErrorKind::Validation,
            Self::Unprocessable { .. } => ErrorKind::Unprocessable,
            Self::Rejected { .. } => ErrorKind::Rejected,
            Self::TooManyRequests { .. } => ErrorKind::TooManyRequests,
            Self::Server { .. } => ErrorKind::Server,
            Self::NotSent { .. } => ErrorKind::NotSent,
            Self::Ambiguous { .. } => ErrorKind::Ambiguous,
            Self::Malformed { .. } => ErrorKind::Malformed,
            Self::TokenUnavailable { .. } => ErrorKind::TokenUnavailable,
            Self::BudgetBlocked { .. } => ErrorKind::BudgetBlocked,
        }
    }

    /// What the error says about trying again: the input of [`crate::retry::decide`].
    #[must_use]
    pub fn retry_class(&self) -> RetryClass {
        match self {
            Self::PaymentRequired { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::Validation { .. }
            | Self::Unprocessable { .. }
            | Self::Rejected { .. } => RetryClass::Refused,
            Self::Unauthorized { .. } => RetryClass::Unauthorized,
            Self::TokenUnavailable { source, .. } => match source {
                TokenError::SignedOut => RetryClass::Unauthorized,
                TokenError::Unavailable { why, .. } => match *why {
                    Hindrance::Blocked => RetryClass::Blocked,
                    Hindrance::RateLimited { retry_after } => RetryClass::RateLimited { retry_after },
                    _ => RetryClass::NotProcessed,
                },
            },
            Self::Blocked { .. } | Self::BudgetBlocked { .. } => RetryClass::Blocked,
            Self::TooManyRequests { retry_after, .. } => {
                RetryClass::RateLimited { retry_after: *retry_after }
            }
            Self::NotSent { .. } => RetryClass::NotProcessed,
            Self::Server { .. } | Self::Ambiguous { .. } => RetryClass::Uncertain,
            Self::Malformed { what, .. } => match what {
                MalformedKind::Html | MalformedKind::Truncated | MalformedKind::Empty => {
                    RetryClass::Uncertain
                }
                MalformedKind::Shape
                | MalformedKind::TooLarge
                | MalformedKind::PageRepeats
                | MalformedKind::Status => RetryClass::Unusable,
            },
        }
    }
}

fn place(request: &RequestSummary) -> String {
    format!("{} {}", request.method, request.path)
}

fn complaints(errors: &[FieldProblem], detail: &str) -> String {
    if errors.is_empty() {
        return detail.to_owned();
    }
    let each: Vec<String> =
        errors.iter().map(|problem| format!("{}: {}", problem.path, problem.detail)).collect();
    each.join("; ")
}
