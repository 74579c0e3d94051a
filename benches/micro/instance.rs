//! An instance for one call: what it takes to make it, and to drop it.

use divan::Bencher;
use plugbox::engine::{Cache, Grants, Guest, Isolation, Limits, Loader, Role, Template, Totals};
use std::{path::Path, sync::Arc};
use tokio::runtime::{Builder, Runtime};

const GUEST: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/target/guests/rust-minimal-app.wasm"
);

/// Where the system makes its memory and unmakes it.
#[divan::bench]
fn on_demand(bencher: Bencher) {
    made(bencher, Isolation::Instance);
}

/// Where that comes from the pool.
#[divan::bench]
fn pooled(bencher: Bencher) {
    made(bencher, Isolation::Call);
}

fn made(bencher: Bencher, isolation: Isolation) {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let loaded = runtime.block_on(load(isolation));
    let (_loader, template) = loaded.expect("the guest is there: `just guests` builds it");
    bencher.bench_local(|| drop(instance(&runtime, &template)));
}

async fn load(isolation: Isolation) -> anyhow::Result<(Loader, Template)> {
    let loader = Loader::new(&Cache::Off, Totals::default())?;
    let limits = Limits {
        isolation,
        ..Limits::default()
    };
    let path = Path::new(GUEST);
    let loading = loader.load("app", Role::App, path, limits, Grants::default());
    let template = loading.await?;
    Ok((loader, template))
}

fn instance(runtime: &Runtime, template: &Template) -> Guest {
    let made = runtime.block_on(template.instantiate("", &Arc::default()));
    made.expect("an instance starts")
}
