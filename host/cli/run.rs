//! `plugbox run`: serve guests until a signal comes.

use super::Cli;
use crate::{
    config::{Component, Config, Name},
    engine::{Cache, Dir, Grants, Limits, Outbound},
};
use bytesize::ByteSize;
use clap::{CommandFactory, error::ErrorKind};
use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

/// Where daprd looks for sockets, by the names that its releases and its injector gave the variable; the first one set wins.
const SOCKETS_VARIABLES: [&str; 4] = [
    "DAPR_COMPONENTS_SOCKETS_FOLDER",
    "DAPR_COMPONENT_SOCKETS_FOLDER",
    "DAPR_COMPONENT_SOCKET_FOLDER",
    "DAPR_PLUGGABLE_COMPONENTS_SOCKETS_FOLDER",
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

    /// How long calls may go on after a signal to stop, and messages that are out may be acknowledged; a second signal stops at
    /// once.
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = humantime::parse_duration)]
    drain: Duration,

    /// How long one call into a guest may take, start-up and init included.
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    timeout: Duration,

    /// The most memory of one instance.
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = size)]
    max_memory: usize,

    /// The most instances of one component: Dapr resources that name the same socket.
    #[arg(long, value_name = "COUNT", default_value = "64", value_parser = count)]
    max_instances: usize,

    /// How many guests serve each instance. More than one is for guests that keep nothing in memory.
    #[arg(long, value_name = "COUNT", default_value = "1", value_parser = count)]
    instances: usize,

    /// How many calls may wait for one guest that is busy.
    #[arg(long, value_name = "COUNT", default_value = "256")]
    queue: usize,

    /// The largest request that is taken.
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = size)]
    max_message: usize,

    /// Let guests see a folder, under a name of their own: read-only, unless it says rw.
    #[arg(long, value_name = "HOST::GUEST[::ro|rw]", value_parser = dir)]
    dir: Vec<Dir>,

    /// Give guests a variable of the environment; without a value, the one that plugbox itself has.
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = variable)]
    env: Vec<(String, String)>,

    /// Let guests reach a host: https://api.example.com, tcp://redis:6379. The scheme is http, https, tcp or udp; without one it
    /// is http and https. `*.example.com` is all below a name, `:*` all ports; without a port it is the scheme's own.
    #[arg(long, value_name = "[SCHEME://]HOST[:PORT]")]
    allow_outbound: Vec<Outbound>,

    /// Compile guests anew instead of taking them from the cache ($XDG_CACHE_HOME/plugbox).
    #[arg(long)]
    no_cache: bool,
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
            cache: match (self.no_cache, cache_folder(|name| env::var_os(name))) {
                (false, Some(folder)) => Cache::At(folder),
                _ => Cache::Off,
            },
            limits: Limits {
                timeout: self.timeout,
                memory: self.max_memory,
                ids: self.max_instances,
                instances: self.instances,
                queue: self.queue,
            },
            grants: Grants {
                dirs: self.dir,
                env: self.env,
                outbound: self.allow_outbound.into(),
            },
            message: self.max_message,
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

/// By the XDG base directory specification, which has relative paths ignored; none without a home.
fn cache_folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name| {
        variable(name)
            .map(PathBuf::from)
            .filter(|path| Path::is_absolute(path))
    };
    absolute("XDG_CACHE_HOME")
        .or_else(|| Some(absolute("HOME")?.join(".cache")))
        .map(|cache| cache.join("plugbox"))
}

/// `HOST::GUEST`, read-only, or with `::ro` or `::rw` after it; `HOST` alone is seen under its own name.
fn dir(text: &str) -> Result<Dir, String> {
    let mut parts = text.split("::");
    let host = parts.next().unwrap_or_default();
    let guest = parts.next().unwrap_or(host);
    let writable = match parts.next() {
        None | Some("ro") => false,
        Some("rw") => true,
        Some(other) => return Err(format!("'{other}' is neither ro nor rw")),
    };
    if host.is_empty() || guest.is_empty() || parts.next().is_some() {
        return Err("a folder is granted as HOST::GUEST or HOST::GUEST::rw".to_owned());
    }
    Ok(Dir {
        host: host.into(),
        guest: guest.to_owned(),
        writable,
    })
}

fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some(("", _)) => Err("a variable needs a name".to_owned()),
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => match env::var(text) {
            Ok(value) => Ok((text.to_owned(), value)),
            Err(_) => Err("plugbox itself has no such variable: use NAME=VALUE".to_owned()),
        },
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("must be more than 0".to_owned()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(error.to_string()),
    }
}

fn size(text: &str) -> Result<usize, String> {
    let size: ByteSize = text.parse()?;
    match usize::try_from(size.as_u64()) {
        Ok(0) | Err(_) => Err("must be more than 0, and fit this machine".to_owned()),
        Ok(size) => Ok(size),
    }
}

fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("must be at least 1".to_owned()),
        Ok(count) => Ok(count),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_folder_is_granted_read_only_unless_it_says_rw() {
        let granted = |host: &str, guest: &str, writable| Dir {
            host: host.into(),
            guest: guest.into(),
            writable,
        };
        let table = [
            ("a::/b", Some(granted("a", "/b", false))),
            ("a::/b::ro", Some(granted("a", "/b", false))),
            ("a::/b::rw", Some(granted("a", "/b", true))),
            ("/a", Some(granted("/a", "/a", false))),
            ("a::/b::x", None),
            ("a::", None),
            ("::/b", None),
            ("", None),
            ("a::b::rw::x", None),
        ];
        for (text, expected) in table {
            assert_eq!(dir(text).ok(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_variable_is_a_name_and_a_value() {
        assert_eq!(variable("A=b=c"), Ok(("A".into(), "b=c".into())));
        assert_eq!(variable("A="), Ok(("A".into(), String::new())));
        assert!(variable("=b").is_err());
        assert!(variable("PLUGBOX_HAS_NO_SUCH_VARIABLE").is_err());
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

    #[test]
    fn the_cache_is_in_the_users_cache_folder() {
        let with = |xdg: Option<&'static str>, home: Option<&'static str>| {
            cache_folder(move |name| match name {
                "XDG_CACHE_HOME" => xdg.map(Into::into),
                "HOME" => home.map(Into::into),
                _ => None,
            })
        };
        assert_eq!(with(Some("/x"), Some("/h")), Some("/x/plugbox".into()));
        assert_eq!(with(None, Some("/h")), Some("/h/.cache/plugbox".into()));
        assert_eq!(
            with(Some("x"), Some("/h")),
            Some("/h/.cache/plugbox".into())
        );
        assert_eq!(with(None, None), None);
    }
}
