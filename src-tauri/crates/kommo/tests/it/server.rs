//! A server that answers what it is told to, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use kommo::{Budget, Client, RouterTransport, StaticToken, Transport, TransportError};

/// One answer of the script.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub content_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Reply {
    pub fn json(body: impl Into<String>) -> Self {
        Self::with_status(200, body)
    }

    pub fn with_status(status: u16, body: impl Into<String>) -> Self {
        Self { status, content_type: "application/hal+json", headers: Vec::new(), body: body.into() }
    }

    pub fn html(status: u16, body: &str) -> Self {
        Self { status, content_type: "text/html", headers: Vec::new(), body: body.to_owned() }
    }

    pub fn empty() -> Self {
        Self::with_status(204, "")
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// One request that arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub headers: http::HeaderMap,
    pub body: String,
}

#[derive(Clone, Default)]
pub struct Server {
    script: Arc<Mutex<VecDeque<Reply>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub fn answering(script: impl IntoIterator<Item = Reply>) -> Self {
        let server = Self::default();
        server.script.lock().unwrap().extend(script);
        server
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn router(&self) -> axum::Router {
        let server = self.clone();
        axum::Router::new().fallback(move |request: axum::extract::Request| {
            let server = server.clone();
            async move { server.answer(request).await }
        })
    }

    async fn answer(&self, request: axum::extract::Request) -> Response<axum::body::Body> {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        self.seen.lock().unwrap().push(Seen {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        });
        let reply = self.script.lock().unwrap().pop_front().expect("the script has an answer left");
        let mut response = Response::builder()
            .status(StatusCode::from_u16(reply.status).unwrap())
            .header("content-type", reply.content_type);
        for (name, value) in reply.headers {
            response = response.header(name, value);
        }
        response.body(reply.body.into()).unwrap()
    }

    pub fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(RouterTransport::new(self.router()))
    }

    pub fn client(&self) -> Client {
        client(self.transport(), Budget::unlimited())
    }
}

pub fn client(transport: Arc<dyn Transport>, budget: Budget) -> Client {
    Client::builder("https://acme.kommo.com".parse().unwrap())
        .transport(transport)
        .tokens(Arc::new(StaticToken::new("canary-token".to_owned())))
        .budget(budget)
        .build()
        .unwrap()
}

/// A network that fails in one way.
#[derive(Clone, Copy)]
pub enum Broken {
    BeforeSend,
    AfterSend,
    TooLarge,
}

#[async_trait]
impl Transport for Broken {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        Err(match self {
            Self::BeforeSend => TransportError::BeforeSend("refused".into()),
            Self::AfterSend => TransportError::AfterSend("reset".into()),
            Self::TooLarge => TransportError::TooLarge { limit: 10 },
        })
    }
}

/// The text of a file under `tests/fixtures/kommo`.
pub fn fixture(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/fixtures/kommo/");
    std::fs::read_to_string(format!("{root}{path}")).unwrap_or_else(|error| panic!("{path}: {error}"))
}
