use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use tower::{Service, ServiceExt as _};

use super::{BoxError, Transport, TransportError};

/// Calls a [`tower::Service`] inside the process, for example an `axum::Router` that plays Kommo.
///
/// The service sees what a server would: the URI without scheme and host, and a `Host` header.
#[derive(Debug)]
pub struct RouterTransport<S> {
    // Behind a lock only so that services that are not `Sync` are welcome; it is held for a clone.
    service: Mutex<S>,
    timeout: Duration,
    max_body_bytes: usize,
}

impl<S> RouterTransport<S> {
    /// Sends to `service` with the same limits as the network transport has: 30 s and 32 MiB.
    pub fn new(service: S) -> Self {
        Self {
            service: Mutex::new(service),
            timeout: Duration::from_secs(30),
            max_body_bytes: 32 * 1024 * 1024,
        }
    }

    /// Gives up after `timeout` with [`TransportError::AfterSend`].
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Refuses bodies larger than `max_body_bytes` with [`TransportError::TooLarge`].
    #[must_use]
    pub fn with_max_body_bytes(mut self, max_body_bytes: usize) -> Self {
        self.max_body_bytes = max_body_bytes;
        self
    }
}

#[async_trait]
impl<S, B> Transport for RouterTransport<S>
where
    S: Service<http::Request<Full<Bytes>>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: BodyExt + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let service = self.service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let request = as_a_server_sees_it(request)?;
        let limit = self.max_body_bytes;
        let exchange = async move {
            let response =
                service.oneshot(request).await.map_err(|error| TransportError::AfterSend(error.into()))?;
            let (parts, body) = response.into_parts();
            match Limited::new(body, limit).collect().await {
                Ok(collected) => Ok(http::Response::from_parts(parts, collected.to_bytes())),
                Err(error) if error.is::<LengthLimitError>() => Err(TransportError::TooLarge { limit }),
                Err(error) => Err(TransportError::AfterSend(error)),
            }
        };
        match tokio::time::timeout(self.timeout, exchange).await {
            Ok(answer) => answer,
            Err(elapsed) => Err(TransportError::AfterSend(Box::new(elapsed))),
        }
    }
}

fn as_a_server_sees_it(request: http::Request<Bytes>) -> Result<http::Request<Full<Bytes>>, TransportError> {
    let mut request = request.map(Full::new);
    if let Some(authority) = request.uri().authority()
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        request.headers_mut().entry(HOST).or_insert(host);
    }
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    *request.uri_mut() =
        target.parse::<Uri>().map_err(|error| TransportError::BeforeSend(Box::new(error)))?;
    Ok(request)
}
