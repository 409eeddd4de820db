use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt as _;
use kommo::{Budget, BudgetConfig, Priority};
use proptest::prelude::*;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

const SECOND: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy)]
struct Run {
    priority: Priority,
    arrived: Instant,
    started: Instant,
}

/// Lets requests arrive as given (milliseconds after the start, priority) and tells when each started.
async fn run(budget: &Budget, arrivals: &[(u64, Priority)]) -> Vec<Run> {
    let origin = Instant::now();
    let runs = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = JoinSet::new();
    for &(at_ms, priority) in arrivals {
        let (budget, runs) = (budget.clone(), Arc::clone(&runs));
        tasks.spawn(async move {
            let arrived = origin + Duration::from_millis(at_ms);
            sleep_until(arrived).await;
            let permit = budget.acquire(priority).await.unwrap();
            assert_eq!(permit.priority(), priority);
            runs.lock().unwrap().push(Run { priority, arrived, started: Instant::now() });
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let mut runs = std::mem::take(&mut *runs.lock().unwrap());
    runs.sort_by_key(|run| run.started);
    runs
}

fn arrivals() -> impl Strategy<Value = Vec<(u64, Priority)>> {
    let priority = prop::sample::select(Priority::ALL.to_vec());
    prop::collection::vec((0_u64..4000, priority), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_second_ever_holds_more_than_seven_and_the_urgent_go_first(arrivals in arrivals()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let runs = runtime.block_on(async { run(&Budget::default(), &arrivals).await });
        prop_assert_eq!(runs.len(), arrivals.len());
        for eight in runs.windows(8) {
            let span = eight[7].started - eight[0].started;
            prop_assert!(span >= SECOND, "eight requests started within {:?}", span);
        }
        for (index, run) in runs.iter().enumerate() {
            for later in &runs[index + 1..] {
                let was_waiting = later.arrived < run.started && later.started > run.started;
                let goes_first = later.priority < run.priority
                    || (later.priority == run.priority && later.arrived < run.arrived);
                prop_assert!(!(was_waiting && goes_first), "{:?} went before {:?}", run, later);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_import_stays_within_two_percent_of_the_limit() {
    let budget = Budget::default();
    let started = Instant::now();
    for _ in 0..400 {
        let _permit = budget.acquire(Priority::Import).await.unwrap();
    }
    let took = started.elapsed().as_secs_f64();
    let best = 399.0 / 7.0;
    assert!(took >= best, "{took} s is faster than the limit");
    assert!(took <= best * 1.02, "{took} s is more than 2 % over {best} s");
}

/// Seconds that so many starts of an import take.
async fn time_for(budget: &Budget, starts: u32) -> f64 {
    let started = Instant::now();
    for _ in 0..starts {
        let _permit = budget.acquire(Priority::Import).await.unwrap();
    }
    started.elapsed().as_secs_f64()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_slows_the_pace_down_and_a_calm_time_brings_it_back() {
    let budget = Budget::default();
    let usual = time_for(&budget, 100).await;
    budget.refused(SECOND);
    // Others were under way: they tell the same once more.
    budget.refused(SECOND);
    let wary = time_for(&budget, 100).await - 1.0;
    assert!(wary > usual * 1.015, "{wary} s after a refusal, {usual} s before");
    assert!(wary < usual * 1.04, "refusals of requests under way count once: {wary} s, {usual} s before");
    sleep_until(Instant::now() + SECOND * 2).await;
    budget.refused(SECOND);
    let warier = time_for(&budget, 100).await - 1.0;
    assert!(warier > wary * 1.01, "{warier} s after the second refusal, {wary} s after the first");
    time_for(&budget, 3_000).await;
    let calm = time_for(&budget, 100).await;
    assert!(calm < usual * 1.015, "{calm} s after a calm time, {usual} s before");
}

#[tokio::test(start_paused = true)]
async fn late_starts_are_caught_up_with_room_for_requests_that_travel_at_different_speeds() {
    let budget = Budget::default();
    let mut starts = Vec::new();
    for index in 0..400_u64 {
        let _permit = budget.acquire(Priority::Import).await.unwrap();
        starts.push(Instant::now());
        // Whoever sends is late by up to 12 ms.
        sleep_until(Instant::now() + Duration::from_millis(140 + (index * 7) % 13)).await;
    }
    let took = (starts[399] - starts[0]).as_secs_f64();
    assert!(took <= 399.0 / 7.0 * 1.03, "{took} s");
    let tightest = starts.windows(8).map(|eight| eight[7] - eight[0]).min().unwrap();
    assert!(tightest >= SECOND + Duration::from_millis(9), "{tightest:?} for eight starts");
}

#[tokio::test(start_paused = true)]
async fn an_idle_budget_does_not_delay_and_does_not_save_up() {
    let budget = Budget::default();
    let _first = budget.acquire(Priority::Person).await.unwrap();
    sleep_until(Instant::now() + SECOND * 60).await;
    let before = Instant::now();
    let permit = budget.acquire(Priority::Person).await.unwrap();
    assert_eq!(permit.waited(), Duration::ZERO);
    for _ in 0..7 {
        let _permit = budget.acquire(Priority::Person).await.unwrap();
    }
    assert!(before.elapsed() >= SECOND, "the idle minute allowed a burst");
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_everybody_back_until_its_end() {
    let budget = Budget::default();
    budget.pause_for(Duration::from_secs(300));
    budget.pause_for(Duration::from_secs(10));
    assert_eq!(budget.usage().paused_for, Some(Duration::from_secs(300)));
    let permit = budget.acquire(Priority::Person).await.unwrap();
    assert!(permit.waited() >= Duration::from_secs(300), "{:?}", permit.waited());
    assert_eq!(budget.usage().paused_for, None);
}

#[tokio::test(start_paused = true)]
async fn a_pause_set_while_somebody_waits_holds_them_back_too() {
    let budget = Budget::default();
    let _first = budget.acquire(Priority::Import).await.unwrap();
    let waiting = tokio::spawn({
        let budget = budget.clone();
        async move { budget.acquire(Priority::Import).await.unwrap().waited() }
    });
    tokio::task::yield_now().await;
    budget.pause_for(Duration::from_secs(30));
    assert!(waiting.await.unwrap() >= Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_pauses_for_a_second_at_least() {
    for (named, seconds) in [(0.0, 1), (0.3, 1), (1.0, 1), (30.0, 30)] {
        let budget = Budget::unlimited();
        budget.refused(Duration::from_secs_f64(named));
        assert_eq!(budget.usage().paused_for, Some(Duration::from_secs(seconds)), "{named}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_can_be_ended_early() {
    let budget = Budget::unlimited();
    budget.pause_for(Duration::from_secs(300));
    let waiting = tokio::spawn({
        let budget = budget.clone();
        async move { budget.acquire(Priority::Person).await.unwrap().waited() }
    });
    tokio::task::yield_now().await;
    budget.resume();
    assert!(waiting.await.unwrap() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_block_turns_away_those_who_wait_and_those_who_come() {
    let budget = Budget::default();
    budget.pause_for(Duration::from_secs(300));
    let waiting = tokio::spawn({
        let budget = budget.clone();
        async move { budget.acquire(Priority::Import).await }
    });
    tokio::task::yield_now().await;
    budget.block("blocked by the server");
    assert_eq!(waiting.await.unwrap().unwrap_err().reason, "blocked by the server");
    assert!(budget.acquire(Priority::Person).await.is_err());
    assert_eq!(budget.usage().blocked.as_deref(), Some("blocked by the server"));
    assert!(budget.is_blocked());
    assert_eq!(budget.usage().waiting, [0; 5]);
    budget.unblock();
    budget.resume();
    assert!(budget.acquire(Priority::Person).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn whoever_stops_waiting_makes_room_for_the_next() {
    let budget = Budget::default();
    let _first = budget.acquire(Priority::Import).await.unwrap();
    let mut given_up = Box::pin(budget.acquire(Priority::Person));
    assert!(given_up.as_mut().now_or_never().is_none());
    let next = tokio::spawn({
        let budget = budget.clone();
        async move { budget.acquire(Priority::Import).await.unwrap().waited() }
    });
    tokio::task::yield_now().await;
    assert_eq!(budget.usage().waiting_with(Priority::Person), 1);
    assert_eq!(budget.usage().waiting_with(Priority::Import), 1);
    drop(given_up);
    assert_eq!(budget.usage().waiting_with(Priority::Person), 0);
    assert!(next.await.unwrap() < Duration::from_millis(200));
}

#[tokio::test(start_paused = true)]
async fn usage_tells_the_last_second_and_the_last_minute() {
    let budget = Budget::unlimited();
    for _ in 0..3 {
        let _permit = budget.acquire(Priority::Person).await.unwrap();
    }
    sleep_until(Instant::now() + SECOND * 2).await;
    let _permit = budget.acquire(Priority::Person).await.unwrap();
    let usage = budget.usage();
    assert_eq!(usage.per_second, None);
    assert_eq!(usage.last_second, 1);
    assert_eq!(usage.history.len(), 60);
    assert_eq!(usage.history[57..], [3, 0, 1]);
    sleep_until(Instant::now() + SECOND * 60).await;
    let later = budget.usage();
    assert_eq!(later.last_second, 0);
    assert!(later.history.iter().all(|&count| count == 0));
}

#[tokio::test(start_paused = true)]
async fn an_unlimited_budget_never_delays() {
    let budget = Budget::unlimited();
    let started = Instant::now();
    for _ in 0..10_000 {
        let _permit = budget.acquire(Priority::Import).await.unwrap();
    }
    assert_eq!(started.elapsed(), Duration::ZERO);
    assert_eq!(budget.usage().last_second, 10_000);
}

#[tokio::test(start_paused = true)]
async fn other_rates_are_kept_too() {
    for per_second in [1.0, 2.5, 50.0] {
        let budget = Budget::new(BudgetConfig { per_second, margin: 0.0 });
        let started = Instant::now();
        for _ in 0..11 {
            let _permit = budget.acquire(Priority::Import).await.unwrap();
        }
        let took = started.elapsed().as_secs_f64();
        assert!(took >= 10.0 / per_second, "{per_second} a second took {took} s for ten");
        // Timers of a thousandth of a second make each step up to that much longer.
        assert!(took <= 10.0 / per_second + 0.02, "{per_second} a second took {took} s for ten");
    }
}
