//! What `plugbox run` and `plugbox app` share: flags, the manifest, and how they begin to serve.

use super::{Cli, cache, log, plain};
use crate::{
    admin,
    config::{
        self, AdminSocket, Component, Config, Manifest, Section,
        settings::{Each, Engine, Log, Sockets, Whole},
    },
};
use clap::{CommandFactory, error::ErrorKind};
use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Where daprd looks for sockets, by the names that its releases and its injector gave the variable, and where Layotto does; the
/// first one set wins.
const SOCKETS_VARIABLES: [&str; 5] = [
    "DAPR_COMPONENTS_SOCKETS_FOLDER",
    "DAPR_COMPONENT_SOCKETS_FOLDER",
    "DAPR_COMPONENT_SOCKET_FOLDER",
    "DAPR_PLUGGABLE_COMPONENTS_SOCKETS_FOLDER",
    "LAYOTTO_COMPONENTS_SOCKETS_FOLDER",
];

/// Where daprd looks when none of them is set.
const SOCKETS: &str = "/tmp/dapr-components-sockets";

/// The manifest that is read where nothing else is named.
pub(super) const MANIFEST: &str = "plugbox.toml";

/// The flags of whatever is served.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Flags {
    #[command(flatten)]
    whole: Whole,

    #[command(flatten)]
    each: Each,

    #[command(flatten)]
    engine: Engine,
}

/// A verb that serves.
pub(super) trait Serve: Clone {
    /// Its name.
    const VERB: &str;

    /// The manifest that is meant.
    fn file(&self) -> Option<&Path>;

    /// What its words say over what the manifest says.
    ///
    /// # Errors
    /// When they make no sense together.
    fn over(self, manifest: Manifest) -> Result<Config, Wrong>;

    /// What the words and the manifest mean, and how to log it.
    ///
    /// # Errors
    /// When they make no sense together.
    fn config(self, log: Log) -> Result<Config, Wrong> {
        let file = self.file().map(Path::to_owned);
        let manifest = match &file {
            Some(file) => Manifest::read(file).map_err(Wrong::Manifest)?,
            None => Manifest::default(),
        };
        let log = log.over(manifest.log);
        Ok(Config {
            log,
            manifest: file,
            ..self.over(manifest)?
        })
    }
}

/// Why there is nothing to serve.
#[derive(Debug)]
pub(super) enum Wrong {
    /// The command line.
    Words(String),
    /// The manifest.
    Manifest(config::Wrong),
}

impl From<String> for Wrong {
    fn from(message: String) -> Self {
        Self::Words(message)
    }
}

/// Serves what a verb says until a signal comes. Words that make no sense end the process.
///
/// # Errors
/// With what the process is to end with, when the manifest makes no sense: that is told then.
pub(super) fn serve(verb: impl Serve, log: Log) -> Result<anyhow::Result<()>, ExitCode> {
    match verb.clone().config(log) {
        Ok(config) => {
            log::start(config.log, "warn,plugbox=info");
            Ok(crate::run::run(config, || again(&verb, log)))
        }
        Err(Wrong::Words(message)) => words(&verb, message).exit(),
        Err(Wrong::Manifest(error)) => {
            eprintln!("error: {}", plain(&error.to_string()));
            Err(ExitCode::from(2))
        }
    }
}

/// What is to be served from now on.
fn again(verb: &impl Serve, log: Log) -> Result<Config, config::Wrong> {
    verb.clone().config(log).map_err(|wrong| match wrong {
        Wrong::Manifest(wrong) => wrong,
        Wrong::Words(message) => config::Wrong::altogether(Path::new(MANIFEST), message),
    })
}

/// What is wrong with a verb's words, as clap says it.
fn words<V: Serve>(_: &V, message: String) -> clap::Error {
    let mut command = Cli::command();
    command.build();
    let verb = command.find_subcommand_mut(V::VERB).cloned();
    verb.unwrap_or(command)
        .error(ErrorKind::ValueValidation, message)
}

impl Flags {
    /// What they mean over what a manifest says, and what is set for sockets.
    ///
    /// # Errors
    /// When it makes no sense.
    pub(super) fn over(self, manifest: Manifest, of_sockets: Sockets) -> Result<Config, String> {
        let components = manifest.sections.into_iter().map(|section| {
            let near = self.each.clone().over(section.each);
            Component::new(Section {
                each: near.over(manifest.defaults.clone()),
                ..section
            })
        });
        let components = components.collect::<Result<_, _>>()?;
        let whole = self.whole.over(manifest.whole);
        let of_sockets = of_sockets.over(manifest.sockets);
        let engine = self.engine.over(manifest.engine);
        Ok(Config {
            components,
            manifest: None,
            watch: whole.watch.unwrap_or(false),
            log: Log::default(),
            drain: whole.drain().0,
            totals: whole.totals(&engine),
            access: of_sockets.access(),
            admin: Some(AdminSocket {
                optional: whole.admin.is_none(),
                path: whole.admin.unwrap_or_else(admin::default_socket),
            }),
            state_dir: of_sockets.state_dir,
            sockets: of_sockets
                .sockets
                .unwrap_or_else(|| sockets(|name| env::var_os(name))),
            cache: cache::place(&engine),
        })
    }
}

/// The folder of the sockets by the environment, or Dapr's default.
fn sockets(variable: impl Fn(&str) -> Option<OsString>) -> PathBuf {
    let set = SOCKETS_VARIABLES
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty());
    set.map_or_else(|| PathBuf::from(SOCKETS), PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sockets_folder_is_the_first_variable_that_is_set() {
        let with = |set: &'static [&'static str]| {
            sockets(move |name| set.contains(&name).then(|| format!("/of/{name}").into()))
        };
        assert_eq!(with(&[]), Path::new(SOCKETS));
        for place in 0..SOCKETS_VARIABLES.len() {
            let set: &'static [&str] = Box::leak(SOCKETS_VARIABLES[place..].into());
            assert_eq!(with(set), Path::new("/of").join(SOCKETS_VARIABLES[place]));
        }
    }
}
