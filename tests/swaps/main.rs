//! Swaps under load: callers of a store, streams of a broker and an input binding notice nothing of them, of files that are no
//! guest, and of a guest beside that traps.
//!
//! `SWAPS` says how many swaps there are, with a fifth as many traps and as many bad files; `SWAP_SECONDS` in how long, after as
//! long a time without; `SWAP_CALLERS` how many call the store, `SWAP_PAUSE` how many milliseconds each of them waits between two
//! calls, on average. `SWAP_SOAK` is for how many seconds memory and all else is watched while there is a swap each second.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

#[path = "../support/mod.rs"]
mod support;

// What starts daprd, and an application beside it.
#[allow(dead_code, reason = "daprd's own tests need more of it")]
#[path = "../e2e/api.rs"]
mod api;
#[allow(dead_code, reason = "daprd's own tests need more of it")]
#[path = "../e2e/app.rs"]
mod app;
#[allow(dead_code, reason = "daprd's own tests need more of it")]
#[path = "../e2e/calls.rs"]
mod calls;
#[allow(dead_code, reason = "daprd's own tests need more of it")]
#[path = "../e2e/http.rs"]
mod http;
#[allow(dead_code, reason = "daprd's own tests need more of it")]
#[path = "../e2e/process.rs"]
mod process;
#[allow(dead_code, reason = "daprd's own tests need more of it")]
#[path = "../e2e/sidecar.rs"]
mod sidecar;

mod callers;
mod clock;
mod daprd;
mod door;
mod history;
mod load;
mod operator;
mod soak;
mod streams;
mod watch;

use door::Door;
use load::{GUESTS, Load, Plan, serve};
use support::{Setup, broker::Broker};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_and_streams_notice_no_swap_and_the_store_forgets_nothing() {
    let plan = Plan::of_environment();
    let runner = serve(Setup::new()).start();
    let mut stores = Vec::new();
    for instance in ["", "second"] {
        let mut store = runner.store("store", instance).await;
        store.init(&[]).await.unwrap();
        let door = Door::Runner {
            channel: runner.channel("store").await,
            instance: instance.to_owned(),
        };
        stores.push((format!("store {instance:?}"), door));
    }
    let mut broker = Broker::new(runner.channel("broker").await, "");
    broker.init(&[]).await.unwrap();
    let mut load = Load::new(&runner, runner.folder(), plan).await;
    load.consume(&broker, runner.channel("clock").await).await;
    load.call(stores, streams::Exchange::Runner(broker));
    load.run().await;
    let status = load.operator.status().await;
    for (component, _) in GUESTS {
        for instance in &status[component].instances {
            // Of what trapped, each trap is one.
            let expected = if component == "beside" { plan.traps } else { 0 };
            assert_eq!(instance.errors as usize, expected, "{component}");
        }
    }
}
