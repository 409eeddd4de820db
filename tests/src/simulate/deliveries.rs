//! Webhooks on their way: some are lost, some come twice, late, or in another order.

use super::Simulation;
use bytes::Bytes;

impl Simulation {
    /// Takes what Kommo sends now.
    pub(crate) fn take_deliveries(&mut self) {
        let due = self.home().sim.take_due_deliveries();
        for delivery in due {
            match self.chance.below(10) {
                // Lost on the way; Kommo sends it again later.
                0 => self.home().sim.settle_delivery(delivery, None),
                // Lost for good.
                1 => self.home().sim.settle_delivery(delivery, Some(200)),
                2 => {
                    self.bag.push(delivery.clone());
                    self.bag.push(delivery);
                }
                _ => self.bag.push(delivery),
            }
        }
    }

    /// Lets some of them arrive.
    pub(crate) fn let_deliveries_arrive(&mut self) {
        self.take_deliveries();
        let count = self.chance.below(self.bag.len() + 1);
        if count > 0 {
            self.say(format!("{count} of {} deliveries arrive", self.bag.len()));
        }
        for _ in 0..count {
            let place = self.chance.below(self.bag.len());
            let delivery = self.bag.swap_remove(place);
            let body = Bytes::from(delivery.body.clone());
            let kept = self.block_on(self.app.app().deliver_webhook(&self.secret, body));
            self.report.delivered += usize::from(kept);
            self.home().sim.settle_delivery(delivery, Some(if kept { 200 } else { 503 }));
        }
    }
}
