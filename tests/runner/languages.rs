//! What the memory of a language other than Rust could spoil: guests with a collector, from the outside.

use crate::support::{Runner, is_built};

/// A value that is none of the others.
fn value(seed: usize, size: usize) -> Vec<u8> {
    (0..size).map(|place| (seed + place % 251) as u8).collect()
}

#[tokio::test]
async fn a_go_guest_lives_while_values_of_all_sizes_come_and_go() {
    if !is_built("go-memory-state") {
        return;
    }
    let runner = Runner::of("go-memory-state");
    let mut store = runner.ready().await;
    store.set("first", "kept").await.unwrap();
    // Small values leave holes that large ones do not fit in, so that the large ones need new memory while the host writes them.
    for round in 1..4 {
        for place in 0..200 {
            let key = format!("small-{place}");
            let size = 10_000 + place * 7919 % 90_000;
            store.set(&key, value(place, size)).await.unwrap();
        }
        for place in (0..200).step_by(2) {
            store.delete(&format!("small-{place}")).await.unwrap();
        }
        for call in 0..1000 {
            let place = 1 + call % 100 * 2;
            let got = store.get(&format!("small-{place}")).await.unwrap();
            assert!(got.data == value(place, 10_000 + place * 7919 % 90_000));
        }
        for size in 1..5 {
            let large = value(size, (round + size) << 20);
            store.set("large", large).await.unwrap();
            store.delete("large").await.unwrap();
        }
    }
    assert_eq!(store.text("first").await, "kept");
}
