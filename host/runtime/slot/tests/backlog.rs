//! What waits for any of several slots: none of it is left behind.

use super::*;

/// Slots with a guest each, and what waits for any of them.
struct Pool {
    backlog: Arc<Backlog<usize, TestKeeper>>,
    benches: Vec<Bench>,
}

impl Pool {
    fn new(count: usize) -> Self {
        let backlog = Arc::new(Backlog::default());
        let bench = |_| Bench::with(1, Some(backlog.clone()), Handle::current());
        Self {
            benches: (0..count).map(bench).collect(),
            backlog,
        }
    }

    /// Has a job wait for any of the slots, as those do that find none idle.
    async fn push(&self, does: Does) -> oneshot::Receiver<usize> {
        let (answer, answered) = oneshot::channel();
        // Jobs may be at work in several slots at once, in each of them alone.
        let inside = Arc::default();
        let job = TestJob {
            does,
            gate: None,
            inside,
            answer,
        };
        self.backlog.push(Box::new(job), usize::MAX).unwrap();
        for bench in &self.benches {
            bench.slot.rouse().await;
        }
        answered
    }
}

#[tokio::test]
async fn what_waits_for_any_slot_goes_to_the_one_that_is_free_first() {
    let pool = Pool::new(2);
    let (first, held_first) = pool.benches[0].hold().await;
    let (second, held_second) = pool.benches[1].hold().await;
    let waiting = [
        pool.push(Does::Ends).await,
        pool.push(Does::Yields(2)).await,
        pool.push(Does::Ends).await,
    ];
    assert_eq!(pool.backlog.len(), 3);
    second.notify_one();
    assert_eq!(held_second.await, Ok(1));
    for (place, answered) in waiting.into_iter().enumerate() {
        // All of them in the second, in their order, for the first is held.
        assert_eq!(answered.await, Ok(place + 2));
    }
    first.notify_one();
    assert_eq!(held_first.await, Ok(1));
}

#[tokio::test]
async fn a_slot_that_is_idle_when_it_is_roused_begins_what_waits() {
    let pool = Pool::new(1);
    assert_eq!(pool.push(Does::Ends).await.await, Ok(1));
    assert_eq!(pool.push(Does::Yields(1)).await.await, Ok(2));
}

#[tokio::test]
async fn a_slot_that_does_not_share_leaves_what_waits_to_the_others() {
    let pool = Pool::new(2);
    let alone = &pool.benches[0].slot.keeper().alone;
    alone.store(true, Ordering::SeqCst);
    let (gate, held) = pool.benches[1].hold().await;
    let waits = pool.push(Does::Ends).await;
    assert_eq!(pool.backlog.len(), 1);
    gate.notify_one();
    held.await.unwrap();
    // The second guest's second job.
    assert_eq!(waits.await, Ok(2));
}

#[tokio::test]
async fn a_full_backlog_refuses_and_the_abandoned_make_room() {
    let backlog = Backlog::default();
    let bench = Bench::new(0);
    let (job, abandoned) = bench.job(Does::Ends, None);
    assert_eq!(backlog.push(job, 1), Ok(()));
    assert_eq!(backlog.push(bench.job(Does::Ends, None).0, 1), Err(Full));
    drop(abandoned);
    let (job, _answered) = bench.job(Does::Ends, None);
    assert_eq!(backlog.push(job, 1), Ok(()));
    assert_eq!(backlog.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_that_waits_is_left_behind_however_slots_come_and_go() {
    let pool = Arc::new(Pool::new(3));
    let callers = (0..8).map(|caller| {
        let pool = pool.clone();
        tokio::spawn(async move {
            for round in 0..500 {
                let does = match (caller + round) % 3 {
                    0 => Does::Ends,
                    1 => Does::Yields(round % 4),
                    _ => Does::Traps,
                };
                pool.push(does).await.await.unwrap();
            }
        })
    });
    let callers: Vec<_> = callers.collect();
    let all = async {
        for caller in callers {
            caller.await.unwrap();
        }
    };
    let patience = Duration::from_secs(60);
    let ended = tokio::time::timeout(patience, all).await;
    ended.expect("a job was left behind");
    assert_eq!(pool.backlog.len(), 0);
}
