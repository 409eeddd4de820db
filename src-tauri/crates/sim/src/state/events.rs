use serde_json::Value;

/// One line of the account's history.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) kind: String,
    /// `lead`, `contact`, `company` or `task`.
    pub(crate) entity_type: &'static str,
    pub(crate) entity_id: u32,
    pub(crate) created_by: u32,
    pub(crate) created_at: i64,
    pub(crate) before: Value,
    pub(crate) after: Value,
}

/// All events, oldest first.
#[derive(Debug, Default)]
pub(crate) struct EventLog {
    events: Vec<Event>,
}

impl EventLog {
    pub(crate) fn all(&self) -> &[Event] {
        &self.events
    }

    /// Adds one; a clock that stands still keeps the order of adding.
    pub(crate) fn add(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Takes the seeded history.
    pub(crate) fn fill(&mut self, events: Vec<Event>) {
        self.events = events;
    }
}

const CROCKFORD: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A ULID-like id: time first, then a counter, so that ids sort as the events happened.
pub(crate) fn event_id(at_ms: i64, counter: u32, seed: u64) -> String {
    let mut out = [0_u8; 26];
    let mut time = at_ms.unsigned_abs();
    for slot in out[..10].iter_mut().rev() {
        *slot = CROCKFORD[(time % 32) as usize];
        time /= 32;
    }
    let mut number = u64::from(counter);
    for slot in out[10..18].iter_mut().rev() {
        *slot = CROCKFORD[(number % 32) as usize];
        number /= 32;
    }
    let mut salt =
        seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(counter).wrapping_mul(0x5851_f42d_4c95_7f2d);
    for slot in &mut out[18..] {
        *slot = CROCKFORD[(salt % 32) as usize];
        salt /= 32;
    }
    out.iter().map(|byte| char::from(*byte)).collect()
}
