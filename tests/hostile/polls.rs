//! Pollables that are always ready, and that never are.

use crate::siege::{MIB, Siege};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pollable_that_is_always_ready_takes_its_share_of_a_core_and_no_more() {
    let siege = Siege::start().await;
    let mut broker = siege.broker("always-ready").await;
    let messages = broker.subscribe("orders").await.unwrap();
    let events = siege.events("always-ready").await;
    let attack = async {
        for _ in 0..100 {
            broker.publish("orders", "order").await.unwrap();
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    siege.withstands(16 * MIB, attack).await;
    drop((messages, events));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pollables_that_are_never_ready_hold_up_no_call_and_no_end() {
    let mut siege = Siege::start().await;
    let mut broker = siege.broker("never-ready").await;
    let messages = broker.subscribe("orders").await.unwrap();
    let attack = async {
        for _ in 0..20 {
            broker.publish("orders", "order").await.unwrap();
        }
    };
    siege.withstands(32 * MIB, attack).await;
    // It waits for what never comes, and ends all the same.
    siege.runner.signal(rustix::process::Signal::TERM);
    let (status, _) = siege.runner.wait();
    assert!(status.success(), "{status}");
    drop(messages);
}
