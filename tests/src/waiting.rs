//! The one place that waits.

use std::ops::ControlFlow;
use std::time::Duration;

/// Looks this often before giving up: about twenty seconds, more on a busy computer.
const LOOKS: u32 = 4_000;
const PAUSE: Duration = Duration::from_millis(5);

/// Looks again and again until `look` breaks with what was waited for. `Continue` carries what was seen instead.
///
/// # Panics
/// When it never comes; the message tells what was seen last.
#[expect(clippy::disallowed_methods, reason = "the one place that waits, between two looks")]
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> ControlFlow<T, String>) -> T {
    let mut last = String::new();
    for _ in 0..LOOKS {
        match look() {
            ControlFlow::Break(found) => return found,
            ControlFlow::Continue(seen) => last = seen,
        }
        std::thread::sleep(PAUSE);
    }
    panic!("waited in vain for {what}; seen last: {last}")
}
