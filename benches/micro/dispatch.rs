//! From a component to its guest and back.

use super::guest::{GUEST, to};
use divan::Bencher;
use plugbox::engine::{
    Block,
    state::{Concurrency, Consistency, GetRequest, SetRequest},
};

const KEY: &str = "app||key";

/// To the instance and into its slot, and not into the guest.
#[divan::bench]
fn no_guest(bencher: Bencher) {
    let (to, guest) = (to(), &*GUEST);
    bencher.bench_local(|| {
        let call = guest
            .component
            .call(&to, Block::State, |_| Box::pin(async { Ok(()) }));
        guest.runtime.block_on(call)
    });
}

#[divan::bench(args = [100, 64 << 10])]
fn set(bencher: Bencher, size: usize) {
    let guest = &*GUEST;
    bencher
        .with_inputs(|| request(size))
        .bench_local_values(|request| guest.runtime.block_on(store(request)));
}

#[divan::bench(args = [100, 64 << 10])]
fn get(bencher: Bencher, size: usize) {
    let (to, guest) = (to(), &*GUEST);
    guest.runtime.block_on(store(request(size)));
    let request = GetRequest {
        key: KEY.to_owned(),
        consistency: Consistency::Unspecified,
        metadata: Vec::new(),
    };
    bencher
        .with_inputs(|| request.clone())
        .bench_local_values(|request| {
            let call = guest.component.call(&to, Block::State, |guest| {
                Box::pin(async move {
                    let (state, store) = guest.state()?;
                    state.call_get(store, &request).await
                })
            });
            guest.runtime.block_on(call)
        });
}

async fn store(request: SetRequest) {
    let to = to();
    let call = GUEST.component.call(&to, Block::State, |guest| {
        Box::pin(async move {
            let (state, store) = guest.state()?;
            state.call_set(store, &request).await
        })
    });
    let answer = call.await.expect("the guest answers");
    answer.expect("the guest stores it");
}

fn request(size: usize) -> SetRequest {
    SetRequest {
        key: KEY.to_owned(),
        value: vec![b'v'; size],
        content_type: None,
        etag: None,
        concurrency: Concurrency::Unspecified,
        consistency: Consistency::Unspecified,
        metadata: Vec::new(),
    }
}
