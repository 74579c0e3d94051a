//! A store's guest to call.

use super::component::component;
use plugbox::{
    engine::{Cache, DaprBlock, Init, Loader, Totals},
    runtime::{Address, Aside, Component},
};
use std::sync::{Arc, LazyLock};
use tokio::runtime::{self, Runtime};
use tokio_util::task::TaskTracker;

/// One component, and what it needs to live.
pub struct Guest {
    pub runtime: Runtime,
    pub component: Arc<Component>,
    _loader: Loader,
    _aside: Aside,
}

/// Started once.
pub static GUEST: LazyLock<Guest> = LazyLock::new(|| start().expect("the guest starts"));

fn start() -> anyhow::Result<Guest> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let loader = {
        let _entered = runtime.enter();
        Loader::new(&Cache::Off, Totals::default())?
    };
    let (aside, tasks) = (Aside::start()?, TaskTracker::new());
    let component = runtime.block_on(async {
        let guest = component(&loader, &aside, &tasks, "rust-memory-state");
        let (component, _) = guest.await?;
        let init = Init::Dapr(DaprBlock::State, Vec::new());
        let refused = component.init(&to(), init).await?.err();
        anyhow::ensure!(refused.is_none(), "Init is refused: {refused:?}");
        Ok(component)
    })?;
    Ok(Guest {
        runtime,
        component,
        _loader: loader,
        _aside: aside,
    })
}

/// Where calls go.
pub fn to() -> Address {
    Address {
        instance: "micro".to_owned(),
        method: "Get",
        deadline: None,
        held: None,
        trace: None,
    }
}
