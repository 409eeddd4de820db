//! Notes panics on the threads of a process: a task's panic would otherwise go unseen.

use std::panic;
use std::sync::{Mutex, Once, PoisonError};

static SEEN: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// From now on panics are noted, beside what happened with them before.
pub(crate) fn watch() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let thread = std::thread::current().name().unwrap_or_default().to_owned();
            SEEN.lock().unwrap_or_else(PoisonError::into_inner).push((thread, info.to_string()));
            before(info);
        }));
    });
}

/// Takes what panicked on threads of this name.
pub(crate) fn take(thread: &str) -> Vec<String> {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let (found, rest) = seen.drain(..).partition(|(name, _)| name == thread);
    *seen = rest;
    found.into_iter().map(|(_, text): (String, String)| text).collect()
}
