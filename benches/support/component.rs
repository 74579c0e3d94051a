//! A guest as it is served by default, in this process.

use anyhow::ensure;
use plugbox::{
    config::{Component as Settings, Name, Section},
    engine::{Loader, Role},
    runtime::{Aside, Component},
};
use std::{path::Path, sync::Arc};
use tokio_util::task::TaskTracker;

/// A component of one of the guests that `just guests` builds, and what is set for it.
pub async fn component(
    loader: &Loader,
    aside: &Aside,
    tasks: &TaskTracker,
    guest: &str,
) -> anyhow::Result<(Arc<Component>, Settings)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("target/guests/{guest}.wasm"));
    ensure!(
        file.exists(),
        "{} is missing: `just guests` builds it",
        file.display()
    );
    let name = Name::new(guest).map_err(anyhow::Error::msg)?;
    let section = Section::component(name, file);
    let settings = Settings::new(section).map_err(anyhow::Error::msg)?;
    let (limits, grants) = (settings.limits.clone(), settings.grants.clone());
    let loaded = loader.load(guest, Role::Component, &settings.guest, limits, grants);
    let template = loaded.await?;
    let component = Component::new(guest, template, tasks.clone(), aside.handle(), None);
    Ok((component, settings))
}
