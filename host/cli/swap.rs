//! `plugbox swap`: another guest for a component that is served.

use crate::{
    admin::{self, Client},
    proto::admin::{SwapRequest, swap_request::To},
};
use anyhow::Context;
use std::{path::PathBuf, time::Duration};

/// Have another guest serve a component or an app, while calls come and streams are open.
///
/// The new guest is loaded and initialised beside the one that serves, and takes its place between two calls. If anything is wrong
/// with it, the one that serves goes on.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plugbox swap orders target/orders-2.wasm
  plugbox swap orders --rollback

Exit codes: 0 when the new guest serves, 1 when the old one goes on, 2 when the command line is wrong.")]
pub struct Swap {
    /// The name of the component or the app.
    name: String,

    /// The new guest.
    #[arg(value_name = "GUEST.wasm", required_unless_present = "rollback")]
    guest: Option<PathBuf>,

    /// Return to the guest before this one.
    #[arg(long, conflicts_with = "guest")]
    rollback: bool,

    /// Let it serve other interfaces, and name other features or operations. daprd asks for those once, when it starts.
    #[arg(long)]
    allow_contract_change: bool,

    /// The runner's socket for operators [default: as that of `plugbox run`].
    #[arg(long, value_name = "SOCKET")]
    admin: Option<PathBuf>,
}

impl Swap {
    /// What came of it.
    ///
    /// # Errors
    /// When the runner refuses, or there is none.
    pub(super) fn execute(self) -> anyhow::Result<String> {
        let to = match self.guest {
            None => To::Rollback(true),
            Some(guest) => {
                let path = std::path::absolute(&guest)?;
                let path = path.to_str().context("the guest's path is not UTF-8")?;
                To::Guest(path.to_owned())
            }
        };
        let request = SwapRequest {
            component: self.name.clone(),
            to: Some(to),
            allow_contract_change: self.allow_contract_change,
        };
        let socket = self.admin.unwrap_or_else(admin::default_socket);
        let swapped = super::wait(async {
            let mut client = Client::connect(&socket).await?;
            client.swap(request).await
        })?;
        let state = match swapped.handed_over {
            true => ", with the state of the one before",
            false => "",
        };
        let paused = swapped.paused.and_then(|it| Duration::try_from(it).ok());
        let milliseconds = paused.unwrap_or_default().as_secs_f64() * 1000.0;
        let digest = swapped.sha256.get(..12).unwrap_or_default();
        Ok(format!(
            "{}: generation {} ({digest}) serves{state}; calls waited {milliseconds:.1} ms at the most",
            self.name, swapped.generation
        ))
    }
}
