//! A guest as it is served by default, in this process.

use anyhow::ensure;
use plugbox::{
    author,
    config::{Component as Settings, Name, Section, settings::App, values::PortNumber},
    engine::{Loader, Role},
    runtime::{Aside, Component},
};
use std::{path::Path, sync::Arc};
use tokio_util::task::TaskTracker;

/// A component, or an app, of one of the guests that `just guests` builds, and what is set for it.
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
    let role = author::role(&file).unwrap_or(Role::Component);
    let section = Section {
        app: (role == Role::App).then(|| App {
            port: Some(PortNumber(0)),
            ..App::default()
        }),
        ..Section::component(name, file)
    };
    let settings = Settings::new(section).map_err(anyhow::Error::msg)?;
    let (limits, grants) = (settings.limits.clone(), settings.grants.clone());
    let loaded = loader.load(guest, role, &settings.guest, limits, grants);
    let template = loaded.await?;
    let (tasks, aside) = (tasks.clone(), aside.handle());
    let component = match role {
        Role::Component => Component::new(guest, template, tasks, aside, None),
        Role::App => Component::app(guest, template, tasks, aside).await?,
    };
    Ok((component, settings))
}
