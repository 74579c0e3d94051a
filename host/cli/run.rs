//! `plugbox run`: serve guests until a signal comes.

use super::{
    guest::Named,
    serve::{Flags, MANIFEST, Serve, Wrong},
};
use crate::config::{self, Config, Manifest, Name, Section, settings::Sockets};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Serve guests as Dapr components, each on its own Unix socket, until SIGINT or SIGTERM; and apps of a manifest on their ports.
///
/// A Dapr resource names a component by its socket: a state store on `memory.sock` is `type: state.memory`, `version: v1`.
/// Start plugbox before daprd, which looks for sockets once, when it starts.
///
/// Without a guest, plugbox.toml in the working folder says what to serve. Flags win over it, and hold for every component and app. It is
/// read again on SIGHUP, and with --watch as soon as it changes. An app without a manifest is for `plugbox app`.
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
    sockets: Sockets,

    #[command(flatten)]
    flags: Flags,
}

impl Serve for Run {
    const VERB: &str = "run";

    /// None beside guests, unless it is named.
    fn file(&self) -> Option<&Path> {
        match &self.config {
            Some(file) => Some(file),
            None if self.guests.is_empty() && Path::new(MANIFEST).exists() => {
                Some(Path::new(MANIFEST))
            }
            None => None,
        }
    }

    fn over(self, mut manifest: Manifest) -> Result<Config, Wrong> {
        if let Some(file) = self.file()
            && manifest.sections.is_empty()
            && self.guests.is_empty()
        {
            let what = "it has no component and no app, and no guest is named: begin one with [component.NAME] or [app.NAME], and name its guest";
            return Err(Wrong::Manifest(config::Wrong::altogether(
                file,
                what.to_owned(),
            )));
        }
        if self.name.is_some() && self.guests.len() != 1 {
            return Err(Wrong::Words(
                "--name is for one guest. With several, name each: NAME=GUEST.wasm".to_owned(),
            ));
        }
        let mut named: Vec<Named> = Vec::new();
        for word in self.guests {
            let guest = Named::read(word, self.name.as_deref())?;
            let in_dapr = guest.name.in_dapr();
            if let Some(other) = named.iter().find(|other| other.name.in_dapr() == in_dapr) {
                return Err(Wrong::Words(format!(
                    "{} and {} are both named '{in_dapr}'. Name them apart: NAME=GUEST.wasm",
                    other.guest.display(),
                    guest.guest.display(),
                )));
            }
            named.push(guest);
        }
        for Named { name, guest } in named {
            match same(&mut manifest.sections, &name) {
                Some(section) => section.guest = guest,
                None => manifest.sections.push(Section::component(name, guest)),
            }
        }
        if manifest.sections.is_empty() {
            return Err(Wrong::Words(format!(
                "there is nothing to serve: name a guest, or write a {MANIFEST} here"
            )));
        }
        Ok(self.flags.over(manifest, self.sockets)?)
    }
}

/// The component that daprd knows by this name, or the app.
fn same<'a>(sections: &'a mut [Section], name: &Name) -> Option<&'a mut Section> {
    let name = name.in_dapr();
    let mut sections = sections.iter_mut();
    sections.find(|section| section.name.in_dapr() == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

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
        words.run.over(manifest).map_err(|wrong| match wrong {
            Wrong::Words(message) => message,
            Wrong::Manifest(wrong) => wrong.to_string(),
        })
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
    fn a_guest_that_is_named_like_an_app_of_the_manifest_takes_its_place_there() {
        let manifest =
            "[component.a]\nguest = 'a.wasm'\n[app.b]\nguest = 'b.wasm'\nport = 6001\nqueue = 7";
        let components = config(&["b=x.wasm", "c=y.wasm"], manifest)
            .unwrap()
            .components;
        let served = components.iter().map(|it| {
            let guest = it.guest.file_name().unwrap().to_str().unwrap();
            format!("{} {}={guest}", it.at.role().name(), it.name.as_str())
        });
        let served: Vec<_> = served.collect();
        assert_eq!(
            served,
            ["component a=a.wasm", "app b=x.wasm", "component c=y.wasm"]
        );
        assert_eq!(components[1].limits.queue, 7);
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
}
