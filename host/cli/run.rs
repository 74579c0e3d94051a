//! `plugbox run`: serve guests until a signal comes.

use super::{Cli, cache};
use crate::admin;
use crate::config::{
    self, AdminSocket, Component, Config, Manifest, Name, Section,
    settings::{Each, Engine, Log, Whole},
};
use clap::{CommandFactory, error::ErrorKind};
use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
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
const MANIFEST: &str = "plugbox.toml";

/// Serve guests as Dapr components, each on its own Unix socket, until SIGINT or SIGTERM.
///
/// A Dapr resource names a component by its socket: a state store on `memory.sock` is `type: state.memory`, `version: v1`.
/// Start plugbox before daprd, which looks for sockets once, when it starts.
///
/// Without a guest, plugbox.toml in the working folder says what to serve. Flags win over it, and hold for every component. It is
/// read again on SIGHUP, and with --watch as soon as it changes.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  plugbox run
  plugbox run memory.wasm
  plugbox run cache=a.wasm sessions=b.wasm --sockets /tmp/dapr-components-sockets
  plugbox run -c plugbox.toml orders=target/orders.wasm
  plugbox run --watch

Exit codes: 0 after a signal, 1 when something failed, 2 when the command line or the manifest is wrong.")]
pub struct Run {
    /// The guests to serve. The name is the socket's; without one it is the file's, less its extension.
    #[arg(value_name = "[NAME=]GUEST.wasm")]
    guests: Vec<OsString>,

    /// The component's name, when there is one guest.
    #[arg(long)]
    name: Option<String>,

    /// A manifest that says what to serve, and how [default: plugbox.toml, when no guest is named]. Guests that are named are
    /// served beside those of the manifest, or in place of the one of the same name.
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    whole: Whole,

    #[command(flatten)]
    each: Each,

    #[command(flatten)]
    engine: Engine,
}

/// Why there is nothing to run.
pub(super) enum Wrong {
    /// The command line.
    Words(String),
    /// The manifest.
    Manifest(config::Wrong),
}

impl Wrong {
    /// What is wrong with the words, as clap says it.
    pub(super) fn words(message: String) -> clap::Error {
        let mut command = Cli::command();
        command.build();
        let run = command.find_subcommand_mut("run").cloned();
        run.unwrap_or(command)
            .error(ErrorKind::ValueValidation, message)
    }
}

impl Run {
    /// What the words and the manifest mean, and how to log it.
    ///
    /// # Errors
    /// When they make no sense together.
    pub(super) fn config(self, log: Log) -> Result<Config, Wrong> {
        let file = self.file().map(Path::to_owned);
        let manifest = match &file {
            Some(file) => self.manifest(file)?,
            None => Manifest::default(),
        };
        let log = log.over(manifest.log);
        let config = self.over(manifest).map_err(Wrong::Words)?;
        Ok(Config {
            manifest: file,
            log,
            ..config
        })
    }

    /// The same as often as it is asked, once the words are known to be good.
    pub(super) fn again(self, log: Log) -> impl Fn() -> Result<Config, config::Wrong> {
        move || {
            self.clone().config(log).map_err(|wrong| match wrong {
                Wrong::Manifest(wrong) => wrong,
                Wrong::Words(message) => config::Wrong::altogether(Path::new(MANIFEST), message),
            })
        }
    }

    /// The manifest that is meant: none beside guests, unless it is named.
    fn file(&self) -> Option<&Path> {
        match &self.config {
            Some(file) => Some(file),
            None if self.guests.is_empty() && Path::new(MANIFEST).exists() => {
                Some(Path::new(MANIFEST))
            }
            None => None,
        }
    }

    fn manifest(&self, file: &Path) -> Result<Manifest, Wrong> {
        let manifest = Manifest::read(file).map_err(Wrong::Manifest)?;
        if manifest.components.is_empty() && self.guests.is_empty() {
            let what = "it has no component, and no guest is named: begin one with [component.NAME], and name its guest";
            let wrong = config::Wrong::altogether(file, what.to_owned());
            return Err(Wrong::Manifest(wrong));
        }
        Ok(manifest)
    }

    /// What the words say over what the manifest says.
    fn over(self, manifest: Manifest) -> Result<Config, String> {
        if self.name.is_some() && self.guests.len() != 1 {
            return Err(
                "--name is for one guest. With several, name each: NAME=GUEST.wasm".to_owned(),
            );
        }
        let mut named: Vec<Section> = Vec::new();
        for guest in self.guests {
            let section = section(guest, self.name.as_deref())?;
            if let Some(other) = same(&mut named, &section.name) {
                return Err(format!(
                    "{} and {} are both named '{}'. Name them apart: NAME=GUEST.wasm",
                    other.guest.display(),
                    section.guest.display(),
                    section.name.in_dapr(),
                ));
            }
            named.push(section);
        }
        let mut sections = manifest.components;
        for Section { name, guest, each } in named {
            match same(&mut sections, &name) {
                Some(section) => section.guest = guest,
                None => sections.push(Section { name, guest, each }),
            }
        }
        if sections.is_empty() {
            return Err(format!(
                "there is nothing to serve: name a guest, or write a {MANIFEST} here"
            ));
        }
        let components = sections.into_iter().map(|Section { name, guest, each }| {
            let each = self.each.clone().over(each).over(manifest.defaults.clone());
            Component::new(name, guest, each)
        });
        let whole = self.whole.over(manifest.whole);
        let engine = self.engine.over(manifest.engine);
        Ok(Config {
            components: components.collect::<Result<_, _>>()?,
            manifest: None,
            watch: whole.watch.unwrap_or(false),
            log: Log::default(),
            drain: whole.drain().0,
            totals: whole.totals(&engine),
            access: whole.access(),
            admin: Some(AdminSocket {
                optional: whole.admin.is_none(),
                path: whole.admin.clone().unwrap_or_else(admin::default_socket),
            }),
            state_dir: whole.state_dir,
            sockets: whole
                .sockets
                .unwrap_or_else(|| sockets(|name| env::var_os(name))),
            cache: cache::place(&engine),
        })
    }
}

/// The component that daprd knows by this name.
fn same<'a>(sections: &'a mut [Section], name: &Name) -> Option<&'a mut Section> {
    let name = name.in_dapr();
    let mut sections = sections.iter_mut();
    sections.find(|section| section.name.in_dapr() == name)
}

/// `NAME=GUEST.wasm`, or `GUEST.wasm` with the name from elsewhere. A `=` after a `/` belongs to the file.
fn section(guest: OsString, name: Option<&str>) -> Result<Section, String> {
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
    Ok(Section {
        name: Name::new(&name)?,
        guest: path,
        each: Each::default(),
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
    use clap::Parser;

    fn named(guest: &str, name: Option<&str>) -> Result<(String, String), String> {
        section(guest.into(), name).map(|section| {
            let guest = section.guest.display().to_string();
            (section.name.as_str().to_owned(), guest)
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

    #[derive(clap::Parser)]
    struct Words {
        #[command(flatten)]
        run: Run,
    }

    /// What becomes of words and a manifest.
    fn config(words: &[&str], manifest: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        for guest in ["a.wasm", "b.wasm"] {
            std::fs::write(folder.path().join(guest), "").unwrap();
        }
        let file = folder.path().join(MANIFEST);
        let manifest = Manifest::parse(&file, manifest, &|_| None).unwrap();
        let words = Words::parse_from([&["run"][..], words].concat());
        words.run.over(manifest)
    }

    #[test]
    fn what_is_said_nearest_counts() {
        let manifest = "
            timeout = '10s'
            queue = 10
            drain = '1s'
            env = { A = 'top', B = 'top', C = 'top' }
            [component.a]
            guest = 'a.wasm'
            timeout = '20s'
            env = { B = 'own', C = 'own' }
            [component.b]
            guest = 'b.wasm'
            memory = '1MiB'";
        let words = ["--env=C=flag", "--max-instances=7", "more=c.wasm"];
        let Config {
            components, drain, ..
        } = config(&words, manifest).unwrap();
        let env = |values: [&str; 3]| {
            let names = ["A", "B", "C"].map(str::to_owned).into_iter();
            names.zip(values.map(str::to_owned)).collect()
        };
        let found: Vec<_> = components
            .into_iter()
            .map(|it| {
                let (name, limits) = (it.name.as_str().to_owned(), it.limits);
                let mut env = it.grants.env;
                env.sort();
                let memory = limits.memory >> 20;
                (
                    name,
                    limits.timeout.as_secs(),
                    limits.queue,
                    memory,
                    limits.ids,
                    env,
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("a".to_owned(), 20, 10, 256, 7, env(["top", "own", "flag"])),
                ("b".to_owned(), 10, 10, 1, 7, env(["top", "top", "flag"])),
                (
                    "more".to_owned(),
                    10,
                    10,
                    256,
                    7,
                    env(["top", "top", "flag"])
                ),
            ]
        );
        assert_eq!(drain.as_secs(), 1);
        let words = ["--timeout=30s", "--drain=0s", "--max-memory=2MiB"];
        let Config {
            components, drain, ..
        } = config(&words, manifest).unwrap();
        for component in components {
            assert_eq!(component.limits.timeout.as_secs(), 30);
            assert_eq!(component.limits.memory, 2 << 20);
        }
        assert!(drain.is_zero());
    }

    #[test]
    fn a_guest_that_is_named_takes_the_place_of_the_manifests_or_is_one_more() {
        let manifest = "[component.a]\nguest = 'a.wasm'\nqueue = 7";
        let served = |words: &[&str]| {
            let components = config(words, manifest)?.components;
            let served = components.iter().map(|it| {
                let guest = it.guest.file_name().unwrap().to_str().unwrap();
                format!("{}={guest} {}", it.name.as_str(), it.limits.queue)
            });
            Ok::<_, String>(served.collect::<Vec<_>>().join(", "))
        };
        let table: &[(&[&str], &str)] = &[
            (&[], "a=a.wasm 7"),
            (&["x.wasm"], "a=a.wasm 7, x=x.wasm 256"),
            (&["a=x.wasm"], "a=x.wasm 7"),
            (&["A=x.wasm"], "a=x.wasm 7"),
            (&["x.wasm", "--name=a"], "a=x.wasm 7"),
        ];
        for (words, expected) in table {
            assert_eq!(served(words).as_deref(), Ok(*expected), "{words:?}");
        }
        for words in [["a=x.wasm", "A=y.wasm"], ["--name=a", "--queue=1"]] {
            assert!(served(&words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn what_is_set_for_the_whole_runner_needs_a_restart_when_it_changes() {
        let with = |setting: &str| {
            let manifest = format!("{setting}\n[component.a]\nguest = 'a.wasm'");
            config(&[], &manifest).unwrap()
        };
        let began = with("");
        let table = [
            ("sockets = '/elsewhere'", Some("sockets")),
            ("socket_mode = '666'", Some("socket_mode")),
            ("socket_group = '12345'", Some("socket_group")),
            ("admin = '/elsewhere'", Some("admin")),
            ("watch = true", Some("watch")),
            ("max_stack = '2MiB'", Some("max_stack")),
            ("max_total_instances = 7", Some("max_total_instances")),
            ("max_total_memory = '1GiB'", Some("max_total_memory")),
            ("max_components = 7", None),
            ("drain = '1s'", None),
            ("timeout = '1s'", None),
        ];
        for (setting, expected) in table {
            let found = began.needs_restart(&with(setting));
            let keys: Vec<_> = found.iter().map(|setting| setting.key).collect();
            assert_eq!(keys, Vec::from_iter(expected), "{setting}");
        }
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
