//! Commands and counters over HTTP.

use crate::program::{Problem, Program};
use bytes::Bytes;
use kommo::{HttpConfig, HttpTransport, Transport as _};
use serde_json::Value;
use std::sync::Arc;

/// Talks to the programs.
#[derive(Clone)]
pub(crate) struct Client(Arc<HttpTransport>);

impl Client {
    pub(crate) fn new() -> Result<Self, Problem> {
        Ok(Self(Arc::new(HttpTransport::new(HttpConfig::default())?)))
    }

    /// Runs a command of the core.
    pub(crate) async fn call(
        &self,
        server: &Program,
        command: &str,
        request: &Value,
    ) -> Result<Value, Problem> {
        let (url, key) = (server.text("url")?, server.text("key")?);
        let request = http::Request::post(format!("{url}/call/{command}"))
            .header("authorization", format!("Bearer {key}"))
            .body(Bytes::from(request.to_string()))?;
        let answer = self.0.send(request).await?;
        let body: Value = serde_json::from_slice(answer.body())?;
        if answer.status().is_success() { Ok(body) } else { Err(Problem(format!("{command}: {body}"))) }
    }

    /// Reads an address as it is.
    pub(crate) async fn get(&self, url: &str, token: Option<&str>) -> Result<Bytes, Problem> {
        let mut request = http::Request::get(url);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        Ok(self.0.send(request.body(Bytes::new())?).await?.into_body())
    }

    /// Sends a form; the answer's status.
    pub(crate) async fn post_form(&self, url: &str, body: String) -> Result<u16, Problem> {
        let request = http::Request::post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(body))?;
        Ok(self.0.send(request).await?.status().as_u16())
    }
}
