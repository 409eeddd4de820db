//! Binding to loopback and serving.

use crate::door::Request;
use crate::route::{KeyHolder, router};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// So many free ports are tried until one is free on both sides.
const FREE_PORT_TRIES: u32 = 16;

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
    ///
    /// # Errors
    /// [`BindError::PortTaken`] also when only the IPv6 side is another program's: a browser may try that side first,
    /// and the authorization code would go there.
    pub async fn start(
        port: u16,
        requests: mpsc::Sender<Request>,
        key: KeyHolder,
    ) -> Result<Self, BindError> {
        let mut tries = if port == 0 { FREE_PORT_TRIES } else { 1 };
        let (port, sockets) = loop {
            tries -= 1;
            match both_sides(port).await {
                // The free port that the system chose was free on one side only.
                Err(BindError::PortTaken { .. }) if tries > 0 => {}
                other => break other?,
            }
        };
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

async fn both_sides(port: u16) -> Result<(u16, Vec<TcpListener>), BindError> {
    let first = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), port).await?;
    let port = first.local_addr().map_err(|source| BindError::Refused { port, source })?.port();
    match bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port)), port).await {
        Ok(second) => Ok((port, vec![first, second])),
        Err(error @ BindError::PortTaken { .. }) => Err(error),
        // Not every computer has IPv6, and none of them needs it.
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "no IPv6 loopback");
            Ok((port, vec![first]))
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
    #[tokio::test]
    async fn a_port_whose_ipv6_side_is_another_programs_is_taken() {
        // A browser that tries IPv6 first would bring the code to that program. Without IPv6 there is no such side.
        let Ok(other) = std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else { return };
        let port = other.local_addr().unwrap().port();
        let (requests, _incoming) = mpsc::channel(1);
        let refused = Listener::start(port, requests.clone(), KeyHolder::default()).await;
        assert!(matches!(refused, Err(BindError::PortTaken { port: taken }) if taken == port), "{refused:?}");
        drop(other);
        Listener::start(port, requests, KeyHolder::default()).await.unwrap().stop().await;
    }
}
