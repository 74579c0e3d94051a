//! `plugbox run`: serve guests until a signal comes.

use super::{
    Cli,
    sandbox::{Sandbox, Whole, count, duration, size},
    socket,
};
use crate::{
    config::{Component, Config, Name},
    transport::{Access, Admission},
};
use clap::{CommandFactory, error::ErrorKind};
use std::{env, ffi::OsString, path::PathBuf, time::Duration};

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

/// Serve guests as Dapr components, each on its own Unix socket, until SIGINT or SIGTERM.
///
/// A Dapr resource names a component by its socket: a state store on `memory.sock` is `type: state.memory`, `version: v1`.
/// Start plugbox before daprd, which looks for sockets once, when it starts.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plugbox run memory.wasm
  plugbox run cache=a.wasm sessions=b.wasm --sockets /tmp/dapr-components-sockets

Exit codes: 0 after a signal, 1 when something failed, 2 when the command line is wrong.")]
pub struct Run {
    /// The guests to serve. The name is the socket's; without one it is the file's, less its extension.
    #[arg(value_name = "[NAME=]GUEST.wasm", required = true)]
    guests: Vec<OsString>,

    /// The component's name, when there is one guest.
    #[arg(long)]
    name: Option<String>,

    /// The folder of the sockets [default: the environment's DAPR_COMPONENTS_SOCKETS_FOLDER, or else
    /// /tmp/dapr-components-sockets].
    #[arg(long, value_name = "FOLDER")]
    sockets: Option<PathBuf>,

    /// The mode of the sockets' files: who may write to a socket may connect.
    #[arg(long, value_name = "OCTAL", default_value = "0660", value_parser = socket::mode)]
    socket_mode: u32,

    /// The group of the sockets' files, by name or number [default: the group that plugbox runs as].
    #[arg(long, value_name = "NAME|GID", value_parser = socket::group)]
    socket_group: Option<u32>,

    /// The most connections to one component. When there are as many, idle ones make room, and others wait.
    #[arg(long, value_name = "COUNT", default_value = "1024", value_parser = count)]
    max_connections: usize,

    /// The most memory that requests to one component and its answers hold until clients have read them, beside 256 KiB for each
    /// connection.
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = size)]
    request_memory: usize,

    /// How long a client may take to send a request, and to begin to speak after it has connected.
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    receive_timeout: Duration,

    /// How long calls may go on after a signal to stop, and messages that are out may be acknowledged; a second signal stops at
    /// once.
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = humantime::parse_duration)]
    drain: Duration,

    /// The most instances of one component: Dapr resources that name the same socket.
    #[arg(long, value_name = "COUNT", default_value = "64", value_parser = count)]
    max_instances: usize,

    #[command(flatten)]
    sandbox: Sandbox,

    #[command(flatten)]
    whole: Whole,
}

impl Run {
    /// What the words mean.
    ///
    /// # Errors
    /// When they make no sense together.
    pub(super) fn config(self) -> Result<Config, clap::Error> {
        let wrong = |message: String| {
            let mut command = Cli::command();
            command.build();
            let run = command.find_subcommand_mut("run").cloned();
            run.unwrap_or(command)
                .error(ErrorKind::ValueValidation, message)
        };
        if self.name.is_some() && self.guests.len() > 1 {
            return Err(wrong(
                "--name is for one guest. With several, name each: NAME=GUEST.wasm".to_owned(),
            ));
        }
        let mut components: Vec<Component> = Vec::new();
        for guest in self.guests {
            let component = component(guest, self.name.as_deref()).map_err(wrong)?;
            let name = component.name.in_dapr();
            if let Some(other) = components.iter().find(|other| other.name.in_dapr() == name) {
                return Err(wrong(format!(
                    "{} and {} are both named '{name}'. Name them apart: NAME=GUEST.wasm",
                    other.guest.display(),
                    component.guest.display(),
                )));
            }
            components.push(component);
        }
        Ok(Config {
            components,
            sockets: self
                .sockets
                .unwrap_or_else(|| sockets(|name| env::var_os(name))),
            access: Access {
                mode: self.socket_mode,
                group: self.socket_group,
            },
            admission: Admission {
                connections: self.max_connections,
                memory: self.request_memory,
                receive: self.receive_timeout,
            },
            cache: self.sandbox.cache(),
            totals: self.whole.totals(&self.sandbox),
            limits: self.sandbox.limits(self.max_instances),
            message: self.sandbox.message(),
            grants: self.sandbox.grants(),
            drain: self.drain,
        })
    }
}

/// `NAME=GUEST.wasm`, or `GUEST.wasm` with the name from elsewhere. A `=` after a `/` belongs to the file.
fn component(guest: OsString, name: Option<&str>) -> Result<Component, String> {
    let (named, path) = match guest.to_str().and_then(|text| text.split_once('=')) {
        Some((name, path)) if !name.contains('/') => (Some(name.to_owned()), PathBuf::from(path)),
        _ => (None, PathBuf::from(guest)),
    };
    let stem = || {
        let stem = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        stem.unwrap_or_default()
    };
    let name = match (name, named) {
        (Some(_), Some(_)) => {
            return Err("the guest is named twice, by NAME= and by --name".to_owned());
        }
        (Some(name), None) => name.to_owned(),
        (None, Some(name)) => name,
        (None, None) => stem(),
    };
    Ok(Component {
        name: Name::new(&name)?,
        guest: path,
    })
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
    use std::path::Path;

    fn named(guest: &str, name: Option<&str>) -> Result<(String, String), String> {
        component(guest.into(), name).map(|component| {
            let guest = component.guest.display().to_string();
            (component.name.as_str().to_owned(), guest)
        })
    }

    #[test]
    fn a_guest_is_named_by_its_word_by_the_flag_or_by_its_file() {
        let table = [
            ("a/memory.wasm", None, "memory", "a/memory.wasm"),
            ("cache=a/memory.wasm", None, "cache", "a/memory.wasm"),
            ("a/memory.wasm", Some("cache"), "cache", "a/memory.wasm"),
            ("a=b/memory.wasm", None, "a", "b/memory.wasm"),
            ("./a=b.wasm", Some("x"), "x", "./a=b.wasm"),
        ];
        for (guest, name, expected, path) in table {
            assert_eq!(
                named(guest, name),
                Ok((expected.into(), path.into())),
                "{guest}"
            );
        }
        assert!(named("a=b.wasm", Some("c")).is_err());
        assert!(named("=b.wasm", None).is_err());
    }

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
