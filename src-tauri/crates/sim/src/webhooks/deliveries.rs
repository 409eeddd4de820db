use std::collections::VecDeque;

/// Kommo docs: webhooks-general. Waits are counted from the attempt before.
const RETRY_AFTER_MS: [i64; 4] = [5 * 60_000, 15 * 60_000, 15 * 60_000, 60 * 60_000];
/// From the third retry on only a receiver's own failures are tried again.
const RETRIES_FOR_ANY_BAD_ANSWER: usize = 2;
const DISABLE_WINDOW_MS: i64 = 2 * 60 * 60_000;
const DISABLE_AFTER: usize = 100;

/// One address that wants to hear of some kinds of changes.
#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    pub(crate) id: u32,
    pub(crate) destination: String,
    pub(crate) settings: Vec<String>,
    pub(crate) sort: i64,
    pub(crate) is_disabled: bool,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) created_by: u32,
    bad_answers_ms: VecDeque<i64>,
}

/// One body on its way to one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Counts deliveries; a retry keeps its number.
    pub id: u64,
    pub(crate) subscription_id: u32,
    /// Where it goes.
    pub destination: String,
    /// The form-encoded body.
    pub body: String,
    /// When it is due, unix milliseconds UTC.
    pub due_ms: i64,
    /// 0 for the first attempt.
    pub attempt: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Hooks {
    subscriptions: Vec<Subscription>,
    waiting: VecDeque<Delivery>,
    stage_hooks: Vec<StageHook>,
    next_delivery: u64,
}

/// The digital pipeline's own webhook: configured per stage in Kommo's screens, never by the API.
#[derive(Clone, Debug)]
pub(crate) struct StageHook {
    pub(crate) pipeline_id: u32,
    pub(crate) status_id: u32,
    pub(crate) destination: String,
}

impl Hooks {
    pub(crate) fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    pub(crate) fn subscription_mut(&mut self, destination: &str) -> Option<&mut Subscription> {
        self.subscriptions.iter_mut().find(|known| known.destination == destination)
    }

    pub(crate) fn subscribe(
        &mut self,
        id: u32,
        destination: &str,
        settings: Vec<String>,
        sort: i64,
        by: u32,
        now: i64,
    ) {
        self.subscriptions.push(Subscription {
            id,
            destination: destination.to_owned(),
            settings,
            sort,
            is_disabled: false,
            created_at: now,
            updated_at: now,
            created_by: by,
            bad_answers_ms: VecDeque::new(),
        });
    }

    /// Whether there was such a subscription. What waits for it is forgotten.
    pub(crate) fn unsubscribe(&mut self, destination: &str) -> bool {
        let before = self.subscriptions.len();
        self.subscriptions.retain(|known| known.destination != destination);
        self.waiting.retain(|delivery| delivery.destination != destination);
        self.subscriptions.len() != before
    }

    pub(crate) fn is_wanted(&self, setting: &str) -> bool {
        self.subscriptions
            .iter()
            .any(|known| !known.is_disabled && known.settings.iter().any(|code| code == setting))
    }

    /// Queues a body for everyone who subscribed to `setting`.
    pub(crate) fn announce(&mut self, setting: &str, body: &str, now_ms: i64) {
        for known in &self.subscriptions {
            if known.is_disabled || !known.settings.iter().any(|code| code == setting) {
                continue;
            }
            self.waiting.push_back(Delivery {
                id: self.next_delivery,
                subscription_id: known.id,
                destination: known.destination.clone(),
                body: body.to_owned(),
                due_ms: now_ms,
                attempt: 0,
            });
            self.next_delivery += 1;
        }
    }

    pub(crate) fn add_stage_hook(&mut self, hook: StageHook) {
        self.stage_hooks.push(hook);
    }

    pub(crate) fn has_stage_hook(&self, stage: (u32, u32)) -> bool {
        self.stage_hooks.iter().any(|hook| (hook.pipeline_id, hook.status_id) == stage)
    }

    /// Queues a body for everyone who watches the stage. It is sent once.
    pub(crate) fn announce_stage(&mut self, stage: (u32, u32), body: &str, now_ms: i64) {
        for hook in self.stage_hooks.iter().filter(|hook| (hook.pipeline_id, hook.status_id) == stage) {
            self.waiting.push_back(Delivery {
                id: self.next_delivery,
                subscription_id: 0,
                destination: hook.destination.clone(),
                body: body.to_owned(),
                due_ms: now_ms,
                attempt: 0,
            });
            self.next_delivery += 1;
        }
    }

    /// Takes what is due now out of the queue, oldest first.
    pub(crate) fn take_due(&mut self, now_ms: i64) -> Vec<Delivery> {
        let (due, later): (Vec<_>, Vec<_>) =
            self.waiting.drain(..).partition(|delivery| delivery.due_ms <= now_ms);
        self.waiting = later.into();
        due
    }

    pub(crate) fn next_due_ms(&self) -> Option<i64> {
        self.waiting.iter().map(|delivery| delivery.due_ms).min()
    }

    /// Records how a delivery ended. `status` is `None` when nobody answered in time. A bad answer is tried
    /// again after 5, 15, 15 and 60 minutes; more than a hundred within two hours disable the subscription.
    pub(crate) fn settle(&mut self, delivery: Delivery, status: Option<u16>, now_ms: i64) -> bool {
        let is_good = status.is_some_and(|status| (100..300).contains(&status));
        let Some(known) = self.subscriptions.iter_mut().find(|known| known.id == delivery.subscription_id)
        else {
            return is_good;
        };
        if is_good {
            return true;
        }
        known.bad_answers_ms.push_back(now_ms);
        while known.bad_answers_ms.front().is_some_and(|at| *at <= now_ms - DISABLE_WINDOW_MS) {
            known.bad_answers_ms.pop_front();
        }
        if known.bad_answers_ms.len() > DISABLE_AFTER {
            known.is_disabled = true;
            known.bad_answers_ms.clear();
            known.updated_at = now_ms.div_euclid(1000);
            self.waiting.retain(|waiting| waiting.subscription_id != delivery.subscription_id);
            return false;
        }
        let is_receivers_failure = status.is_some_and(|status| status == 499 || (500..600).contains(&status));
        let may_retry = delivery.attempt < RETRIES_FOR_ANY_BAD_ANSWER || is_receivers_failure;
        if may_retry && let Some(wait) = RETRY_AFTER_MS.get(delivery.attempt) {
            self.waiting.push_back(Delivery {
                due_ms: now_ms + wait,
                attempt: delivery.attempt + 1,
                ..delivery
            });
        }
        false
    }
}
