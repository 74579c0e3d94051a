//! What a guest needs between jobs: it is seen to, rests, and is woken by what it waits for.

use super::{super::task::IN_A_ROW, *};

/// A slot whose guest needs something between jobs.
fn needed(limit: usize) -> Bench {
    let bench = Bench::new(limit);
    bench.slot.keeper().needed.store(true, Ordering::SeqCst);
    bench
}

/// The same with somebody who watches it.
fn watched() -> (Bench, Arc<TestKeeper>) {
    let bench = needed(1);
    bench.slot.watch(|| Box::new(Nudge));
    let keeper = bench.slot.keeper().clone();
    (bench, keeper)
}

#[tokio::test]
async fn a_guest_that_rests_is_called_away_by_a_job_and_rests_again() {
    let bench = needed(1);
    for count in 1..=3 {
        assert_eq!(bench.enter(Does::Ends).await.try_recv(), Ok(count));
        assert_eq!(bench.slot.keeper().settled.load(Ordering::SeqCst), count);
    }
    // Jobs that wait find it too.
    assert_eq!(bench.enter(Does::Yields(3)).await.await, Ok(4));
    assert_eq!(bench.enter(Does::Ends).await.await, Ok(5));
}

#[tokio::test]
async fn a_guest_whose_queue_does_not_get_empty_is_seen_to_nevertheless() {
    let bench = needed(10 * IN_A_ROW);
    let (gate, held) = bench.hold().await;
    let mut waiting = Vec::new();
    for _ in 0..10 * IN_A_ROW {
        waiting.push(bench.enter(Does::Ends).await);
    }
    gate.notify_one();
    held.await.unwrap();
    for answered in waiting {
        answered.await.unwrap();
    }
    assert!(bench.slot.keeper().settled.load(Ordering::SeqCst) >= 10);
}

#[tokio::test]
async fn a_rest_that_is_over_is_noticed_and_the_guest_is_seen_to() {
    let (bench, keeper) = watched();
    bench.enter(Does::Ends).await.await.unwrap();
    for rounds in 2..10 {
        keeper.bell.notify_one();
        while keeper.settled.load(Ordering::SeqCst) < rounds {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(bench.enter(Does::Ends).await.await, Ok(2));
}

#[tokio::test]
async fn the_guest_is_seen_to_once_for_all_jobs_of_a_turn() {
    let (bench, keeper) = watched();
    let settled = || keeper.settled.load(Ordering::SeqCst);
    // The watcher's first look.
    bench.enter(Does::Ends).await.await.unwrap();
    tokio::task::yield_now().await;
    for round in 1..5 {
        let before = settled();
        for _ in 0..10 {
            bench.enter(Does::Ends).await.await.unwrap();
            assert_eq!(settled(), before, "in round {round}");
        }
        while settled() == before {
            tokio::task::yield_now().await;
        }
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert_eq!(settled(), before + 1);
    }
}

#[tokio::test]
async fn nobody_watches_a_slot_that_needs_nothing_any_more() {
    let (bench, keeper) = watched();
    bench.enter(Does::Ends).await.await.unwrap();
    // The watcher's first look.
    tokio::task::yield_now().await;
    assert!(bench.slot.state.lock().unwrap().watched);
    keeper.needed.store(false, Ordering::SeqCst);
    bench.slot.look_again();
    while bench.slot.state.lock().unwrap().watched {
        tokio::task::yield_now().await;
    }
}
