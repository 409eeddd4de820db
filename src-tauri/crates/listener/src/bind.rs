//! Binding to loopback and serving.

use crate::door::Request;
use crate::route::{KeyHolder, router};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The listener could not take its port.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another program uses the port.
    #[error("port {port} is taken")]
    PortTaken {
        /// The port.
        port: u16,
    },
    /// The system refused for another reason.
    #[error("cannot listen on port {port}")]
    Refused {
        /// The port.
        port: u16,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// A running listener. Dropping it stops it at once; [`Listener::stop`] lets requests end first.
#[derive(Debug)]
pub struct Listener {
    port: u16,
    stop: CancellationToken,
    servers: Vec<JoinHandle<io::Result<()>>>,
}

impl Listener {
    /// Binds `port` on loopback (0 takes a free one) and serves. Requests arrive on `requests`.
    pub async fn start(
        port: u16,
        requests: mpsc::Sender<Request>,
        key: KeyHolder,
    ) -> Result<Self, BindError> {
        let first = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), port).await?;
        let port = first.local_addr().map_err(|source| BindError::Refused { port, source })?.port();
        let mut sockets = vec![first];
        // Not every computer has IPv6, and another program on its side of the port must not keep us from IPv4.
        match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
            Ok(second) => sockets.push(second),
            Err(error) => tracing::debug!(%error, "no IPv6 loopback"),
        }
        let stop = CancellationToken::new();
        let routes = router(requests, key);
        let servers = sockets
            .into_iter()
            .map(|socket| {
                let server = axum::serve(socket, routes.clone())
                    .with_graceful_shutdown(stop.clone().cancelled_owned());
                tokio::spawn(async move { server.await })
            })
            .collect();
        Ok(Self { port, stop, servers })
    }

    /// The port it took.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address, such as `http://localhost:8000`.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Takes no more requests and waits for those under way.
    pub async fn stop(mut self) {
        self.stop.cancel();
        for server in self.servers.drain(..) {
            if let Ok(Err(error)) = server.await {
                tracing::warn!(%error, "the listener ended badly");
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.cancel();
        for server in &self.servers {
            server.abort();
        }
    }
}

async fn bind(address: SocketAddr, port: u16) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => BindError::PortTaken { port },
        _ => BindError::Refused { port, source },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_told_apart() {
        let (requests, _incoming) = mpsc::channel(1);
        let first = Listener::start(0, requests.clone(), KeyHolder::default()).await.unwrap();
        let second = Listener::start(first.port(), requests, KeyHolder::default()).await;
        assert!(matches!(second, Err(BindError::PortTaken { port }) if port == first.port()));
        first.stop().await;
    }
}
