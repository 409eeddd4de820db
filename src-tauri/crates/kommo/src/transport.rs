//! How a request reaches Kommo: over the network, or inside the process for tests and simulators.

use async_trait::async_trait;
use bytes::Bytes;

mod http_transport;
mod router_transport;

pub use http_transport::{HttpConfig, HttpTransport};
pub use router_transport::RouterTransport;

/// Any error, boxed so that it can be the source of another one.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Sends one HTTP request and reads the whole answer.
///
/// An implementation reports every answer of the server, whatever its status, as `Ok`.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// Sends `request`, whose URI is absolute, and returns the answer with its body read.
    ///
    /// # Errors
    /// [`TransportError`] when there is no complete answer. The variant says whether the server may have
    /// acted on the request, which decides whether a write may be repeated.
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError>;
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Name resolution, connecting or TLS failed: nothing reached the server.
    #[error("could not reach the server")]
    BeforeSend(#[source] BoxError),
    /// The time ran out or the connection broke after the request may have been processed.
    #[error("lost the connection before the answer was complete")]
    AfterSend(#[source] BoxError),
    /// The answer is larger than this client accepts. The request was processed.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit that was passed, in bytes.
        limit: usize,
    },
}
