use std::time::Duration;

use bytes::Bytes;
use http::Request;
use kommo::{HttpConfig, HttpTransport, RouterTransport, Transport, TransportError};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::server::{Reply, Server};

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/api/v4/leads?page=1", listener.local_addr().unwrap());
    (listener, address)
}

async fn serve(router: axum::Router) -> String {
    let (listener, address) = listen().await;
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn get(address: &str) -> Request<Bytes> {
    Request::get(address).body(Bytes::new()).unwrap()
}

fn network() -> HttpTransport {
    HttpTransport::new(HttpConfig { max_body_bytes: 1000, ..HttpConfig::default() }).unwrap()
}

#[tokio::test]
async fn an_answer_comes_back_over_the_network_whatever_its_status() {
    let server = Server::answering([
        Reply::json(r#"{"ok":true}"#).header("x-request-id", "r1"),
        Reply::with_status(500, "broken"),
        Reply::with_status(302, "").header("location", "http://127.0.0.1:1/elsewhere"),
    ]);
    let address = serve(server.router()).await;
    let transport = network();
    let answer = transport.send(get(&address)).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["x-request-id"], "r1");
    assert_eq!(answer.body().as_ref(), br#"{"ok":true}"#);
    assert_eq!(transport.send(get(&address)).await.unwrap().status(), 500);
    assert_eq!(transport.send(get(&address)).await.unwrap().status(), 302, "a redirect was followed");
    assert_eq!(server.seen()[0].query, "page=1");
    assert_eq!(server.seen()[0].headers["user-agent"], kommo::DEFAULT_USER_AGENT);
}

#[tokio::test]
async fn a_closed_port_means_that_nothing_was_sent() {
    let (listener, address) = listen().await;
    drop(listener);
    let error = network().send(get(&address)).await.unwrap_err();
    assert!(matches!(error, TransportError::BeforeSend(_)), "{error:?}");
    assert!(!format!("{error:?}").contains("page=1"), "the query is shown: {error:?}");
}

#[tokio::test]
async fn a_server_that_never_answers_may_have_done_it() {
    let router = axum::Router::new().fallback(std::future::pending::<()>);
    let address = serve(router.clone()).await;
    let config = HttpConfig { timeout: Duration::from_millis(50), ..HttpConfig::default() };
    let error = HttpTransport::new(config).unwrap().send(get(&address)).await.unwrap_err();
    assert!(matches!(error, TransportError::AfterSend(_)), "{error:?}");
    let inside = RouterTransport::new(router).with_timeout(Duration::from_millis(50));
    let error = inside.send(get(&address)).await.unwrap_err();
    assert!(matches!(error, TransportError::AfterSend(_)), "{error:?}");
}

#[tokio::test]
async fn an_answer_cut_off_in_the_middle_may_have_been_done() {
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\"").await.unwrap();
    });
    let error = network().send(get(&address)).await.unwrap_err();
    assert!(matches!(error, TransportError::AfterSend(_)), "{error:?}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_announced_or_not() {
    let server = Server::answering([
        Reply::json("x".repeat(1001)),
        Reply::json("x".repeat(1001)),
        Reply::json("x".repeat(1000)),
    ]);
    let address = serve(server.router()).await;
    let error = network().send(get(&address)).await.unwrap_err();
    assert!(matches!(error, TransportError::TooLarge { limit: 1000 }), "{error:?}");
    let inside = RouterTransport::new(server.router()).with_max_body_bytes(1000);
    let error = inside.send(get(&address)).await.unwrap_err();
    assert!(matches!(error, TransportError::TooLarge { limit: 1000 }), "{error:?}");
    assert_eq!(inside.send(get(&address)).await.unwrap().body().len(), 1000);
}

#[tokio::test]
async fn a_router_sees_what_a_server_would() {
    let server = Server::answering([Reply::json("{}")]);
    let transport = RouterTransport::new(server.router());
    transport.send(get("https://acme.kommo.com/api/v4/leads?page=1")).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!((seen.path.as_str(), seen.query.as_str()), ("/api/v4/leads", "page=1"));
    assert_eq!(seen.headers["host"], "acme.kommo.com");
}
