use std::sync::Once;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};

use super::{Transport, TransportError};

/// Settings of [`HttpTransport`].
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// How long name resolution, connecting and TLS may take. Default 5 s.
    pub connect_timeout: Duration,
    /// How long a whole exchange may take. Default 30 s.
    pub timeout: Duration,
    /// The largest body accepted, after decompression, in bytes. Default 32 MiB: a full page of 250 leads
    /// with many custom fields stays under 2 MiB.
    pub max_body_bytes: usize,
    /// Sent when a request has no `User-Agent` of its own. Kommo blocks clients that send none.
    pub user_agent: String,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            max_body_bytes: 32 * 1024 * 1024,
            user_agent: crate::DEFAULT_USER_AGENT.to_owned(),
        }
    }
}

/// The network: HTTP/1.1 and HTTP/2 with rustls, gzip, no redirects followed (a redirect would carry the
/// token to another host).
#[derive(Debug, Clone)]
pub struct HttpTransport {
    http: reqwest::Client,
    max_body_bytes: usize,
}

impl HttpTransport {
    /// Builds the connection pool. Installs the `ring` provider of rustls as the process default unless the
    /// process already has one.
    ///
    /// # Errors
    /// [`TransportError::BeforeSend`] when the TLS back end or the platform's root certificates cannot be
    /// loaded, or the user agent is not a valid header value.
    pub fn new(config: HttpConfig) -> Result<Self, TransportError> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // An `Err` means that the application installed its own provider first, which is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let http = reqwest::Client::builder()
            .connect_timeout(config.connect_timeout)
            .timeout(config.timeout)
            .user_agent(config.user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(before)?;
        Ok(Self { http, max_body_bytes: config.max_body_bytes })
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(before)?;
        let mut answer = self.http.execute(request).await.map_err(classify)?;
        let limit = self.max_body_bytes;
        let announced = answer.content_length().unwrap_or(0);
        if usize::try_from(announced).unwrap_or(usize::MAX) > limit {
            return Err(TransportError::TooLarge { limit });
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(after)? {
            if body.len() + chunk.len() > limit {
                return Err(TransportError::TooLarge { limit });
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = http::Response::new(body.freeze());
        *response.status_mut() = answer.status();
        *response.version_mut() = answer.version();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

fn classify(error: reqwest::Error) -> TransportError {
    if error.is_connect() || error.is_builder() { before(error) } else { after(error) }
}

// The address is dropped from the error: its query may hold a phone number that somebody searched for.
fn before(error: reqwest::Error) -> TransportError {
    TransportError::BeforeSend(Box::new(error.without_url()))
}

fn after(error: reqwest::Error) -> TransportError {
    TransportError::AfterSend(Box::new(error.without_url()))
}
