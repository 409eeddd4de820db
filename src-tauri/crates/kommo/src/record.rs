//! What the client tells about each request that it finished.

use std::time::Duration;

use http::Method;

use crate::budget::Priority;
use crate::error::ErrorKind;

/// One finished attempt. Holds nothing secret: no body, no token, and no value that somebody searched for.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestRecord {
    /// The HTTP method.
    pub method: Method,
    /// The path without the query.
    pub path: String,
    /// The query, not percent-encoded, private values shown as `…`.
    pub query: String,
    /// The status of the answer, when there was one.
    pub status: Option<u16>,
    /// When it started, unix milliseconds on this machine's clock.
    pub started_at_ms: i64,
    /// From sending to the end of the answer.
    pub duration: Duration,
    /// The wait for the budget before it.
    pub waited: Duration,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// The priority it was sent with.
    pub priority: Priority,
    /// Size of the body sent, in bytes.
    pub bytes_sent: usize,
    /// Size of the body received, in bytes.
    pub bytes_received: usize,
    /// What went wrong, if anything did.
    pub error: Option<ErrorKind>,
    /// Kommo's `X-Request-Id`.
    pub request_id: Option<String>,
    /// The server's `Date`, unix milliseconds, whole seconds.
    pub server_time_ms: Option<i64>,
}

/// Gets every finished attempt. Called on the task that made the request: it must return at once.
pub trait RequestObserver: Send + Sync + 'static {
    /// One attempt ended.
    fn finished(&self, record: &RequestRecord);
}

impl<F: Fn(&RequestRecord) + Send + Sync + 'static> RequestObserver for F {
    fn finished(&self, record: &RequestRecord) {
        self(record);
    }
}
