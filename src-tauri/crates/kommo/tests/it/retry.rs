use std::time::Duration;

use http::Method;
use kommo::retry::{Decision, Idempotency, RetryClass, RetryPolicy, decide, jitter};

use Decision::{GiveUp, LookFirst, Reconnect, RetryAfter, StopEverything};
use Idempotency::{Idempotent, Once, Safe};

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

#[test]
fn every_class_of_error_has_its_decision() {
    let limited = |wait| RetryClass::RateLimited { retry_after: wait };
    let again = RetryAfter(seconds(0.5));
    let table = [
        (RetryClass::Refused, Safe, GiveUp),
        (RetryClass::Refused, Once, GiveUp),
        (RetryClass::Unauthorized, Safe, Reconnect),
        (RetryClass::Unauthorized, Once, Reconnect),
        (RetryClass::Blocked, Safe, StopEverything),
        (RetryClass::Blocked, Once, StopEverything),
        (limited(None), Safe, again),
        (limited(None), Once, again),
        (limited(Some(seconds(300.0))), Once, RetryAfter(seconds(300.0))),
        (limited(Some(seconds(0.0))), Safe, again),
        (RetryClass::NotProcessed, Safe, again),
        (RetryClass::NotProcessed, Once, again),
        (RetryClass::Uncertain, Safe, again),
        (RetryClass::Uncertain, Idempotent, again),
        (RetryClass::Uncertain, Once, LookFirst),
        (RetryClass::Unusable, Safe, GiveUp),
        (RetryClass::Unusable, Idempotent, LookFirst),
        (RetryClass::Unusable, Once, LookFirst),
    ];
    for (class, idempotency, expected) in table {
        assert_eq!(decide(class, 1, idempotency, 1.0), expected, "{class:?} {idempotency:?}");
    }
}

#[test]
fn waits_double_and_stay_under_the_cap_and_end_with_the_last_attempt() {
    let policy = RetryPolicy { max_attempts: 9, base: seconds(1.0), cap: seconds(20.0) };
    let waits: Vec<Decision> =
        (1..=9).map(|attempt| policy.decide(RetryClass::NotProcessed, attempt, Safe, 1.0)).collect();
    let expected: Vec<Decision> = [1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0, 20.0]
        .into_iter()
        .map(|wait| RetryAfter(seconds(wait)))
        .chain([GiveUp])
        .collect();
    assert_eq!(waits, expected);
}

#[test]
fn jitter_takes_up_to_half_of_the_wait_away() {
    for (chance, expected) in
        [(0.0, 0.25), (0.5, 0.375), (1.0, 0.5), (f64::NAN, 0.5), (7.0, 0.5), (-1.0, 0.25)]
    {
        assert_eq!(
            decide(RetryClass::NotProcessed, 1, Safe, chance),
            RetryAfter(seconds(expected)),
            "{chance}"
        );
    }
}

#[test]
fn a_huge_attempt_number_does_not_overflow() {
    let policy = RetryPolicy { max_attempts: u32::MAX, ..RetryPolicy::default() };
    assert_eq!(policy.decide(RetryClass::NotProcessed, u32::MAX - 1, Safe, 1.0), RetryAfter(seconds(30.0)));
}

#[test]
fn jitter_depends_on_seed_and_step_alone_and_stays_between_0_and_1() {
    assert!((jitter(7, 3) - jitter(7, 3)).abs() < f64::EPSILON);
    let mut sum = 0.0;
    for step in 0..1000 {
        let chance = jitter(42, step);
        assert!((0.0..1.0).contains(&chance));
        sum += chance;
    }
    assert!((400.0..600.0).contains(&sum), "a thousand chances add up to {sum}");
}

#[test]
fn methods_say_what_repeating_does() {
    let table = [
        (Method::GET, Safe),
        (Method::PATCH, Idempotent),
        (Method::PUT, Idempotent),
        (Method::DELETE, Idempotent),
        (Method::POST, Once),
    ];
    for (method, expected) in table {
        assert_eq!(Idempotency::of(&method), expected, "{method}");
    }
}
