//! The background task that carries webhook bodies to their addresses.

use std::time::Duration;

use tokio::sync::watch;

use super::Delivery;
use crate::faults::FaultName;
use crate::simulator::Simulator;

/// Kommo docs: webhooks-general. Who has not answered by then has not answered.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How often a running clock is looked at when something waits for a later time.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Delivers what becomes due until `stopped` says so.
pub(crate) async fn deliver_until(sim: Simulator, mut stopped: watch::Receiver<bool>) {
    loop {
        sim.deliver_due().await;
        let waits = sim.world().hooks.next_due_ms().is_some() && !sim.shared.clock.is_manual();
        let changed = sim.shared.hooks_changed.notified();
        let stop = stopped.wait_for(|stop| *stop);
        if waits {
            tokio::select! {
                _ = stop => return,
                () = changed => {}
                () = pause() => {}
            }
        } else {
            tokio::select! {
                _ = stop => return,
                () = changed => {}
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the courier waits for a simulated time that runs with the real one"
)]
async fn pause() {
    tokio::time::sleep(LOOK_AGAIN).await;
}

impl Simulator {
    /// Delivers over HTTP what is due now, one after another, and says how many deliveries were made.
    pub async fn deliver_due(&self) -> usize {
        let due = self.take_due_deliveries();
        if due.is_empty() {
            return 0;
        }
        let count = due.len();
        let client = client();
        for delivery in due {
            let status = match &client {
                Ok(client) => send(client, &delivery).await,
                Err(error) => {
                    tracing::error!(%error, "webhooks cannot be sent");
                    None
                }
            };
            self.settle_delivery(delivery, status);
        }
        count
    }

    /// Takes what is due now, for callers that carry the bodies themselves. Each must be settled afterwards.
    #[must_use]
    pub fn take_due_deliveries(&self) -> Vec<Delivery> {
        let now_ms = self.now_ms();
        let faults = &self.shared.faults;
        let mut due = self.world().hooks.take_due(now_ms);
        if faults.is_on(FaultName::HookDisabled) {
            return Vec::new();
        }
        if due.len() > 1 && faults.strike(FaultName::ReorderedDelivery, "POST", "").is_some() {
            due.reverse();
        }
        let mut out = Vec::with_capacity(due.len());
        for mut delivery in due {
            if faults.is_on(FaultName::UnwrappedMessage) {
                delivery.body = delivery.body.replace("&message%5Badd%5D", "&add");
            }
            if faults.strike(FaultName::DuplicateDelivery, "POST", "").is_some() {
                out.push(delivery.clone());
            }
            out.push(delivery);
        }
        out
    }

    /// Records how a delivery ended: the receiver's status, or `None` when it did not answer in two seconds.
    pub fn settle_delivery(&self, delivery: Delivery, status: Option<u16>) {
        let now_ms = self.now_ms();
        let is_good = self.world().hooks.settle(delivery, status, now_ms);
        self.count(|stats| {
            stats.deliveries += 1;
            stats.deliveries_failed += u64::from(!is_good);
        });
    }
}

fn client() -> reqwest::Result<reqwest::Client> {
    // Another part of the program may have chosen a provider before; either will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent("amoCRM-Webhooks/3.0")
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
}

async fn send(client: &reqwest::Client, delivery: &Delivery) -> Option<u16> {
    let request = client
        .post(&delivery.destination)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(delivery.body.clone());
    match request.send().await {
        Ok(response) => Some(response.status().as_u16()),
        Err(error) => {
            tracing::debug!(%error, "a webhook was not answered");
            None
        }
    }
}
