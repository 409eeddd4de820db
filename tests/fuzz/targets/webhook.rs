//! The body of a delivery: whatever it is, it is read or refused, and one that was read names no more than it may.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Ok(delivery) = kommo::webhook::parse(body) {
        assert!(delivery.events.len() <= kommo::webhook::MAX_PAIRS);
        for event in &delivery.events {
            assert!(!event.kind().is_empty());
        }
    }
});
