//! `plugbox app`: serve one guest as the application behind daprd.

use super::{
    guest::Named,
    serve::{Flags, Serve, Wrong},
};
use crate::{
    config::{
        Config, Manifest, Section,
        settings::{self, Each, Sockets},
    },
    engine::Role,
};
use clap::Arg;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Flags of components that mean nothing to an app.
const OTHERS: [&str; 4] = ["max_instances", "max_streams", "max_handover", "swap_pause"];

/// Serve a guest as the application behind daprd, on a TCP port, until SIGINT or SIGTERM.
///
/// daprd waits for the port (--app-protocol grpc --app-port PORT), and then calls the guest: with invocations, messages, events of
/// bindings and jobs, as far as it takes them. Several apps, and components beside them, are for `plugbox run` and a manifest.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
#[command(
    mut_args(without_others),
    after_help = "Examples:
  plugbox app orders.wasm --port 6001
  plugbox app orders.wasm --port 6001 --allow-dapr state:orders --allow-dapr publish:pubsub/orders
  plugbox app orders.wasm --port 6001 --isolation call --watch
  plugbox app orders=target/orders.wasm -c plugbox.toml

Exit codes: 0 after a signal, 1 when something failed, 2 when the command line or the manifest is wrong."
)]
pub struct App {
    /// The guest to serve. Without a name it is the file's, less its extension.
    #[arg(value_name = "[NAME=]GUEST.wasm")]
    guest: OsString,

    /// The app's name.
    #[arg(long)]
    name: Option<String>,

    /// A manifest that says how: what is set there in [app.NAME] for an app of this name, and for all. Nothing else of it is
    /// served.
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    app: settings::App,

    #[command(flatten)]
    flags: Flags,
}

fn without_others(arg: Arg) -> Arg {
    let hidden = OTHERS.contains(&arg.get_id().as_str());
    arg.hide(hidden)
}

impl Serve for App {
    const VERB: &str = "app";

    fn file(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    fn over(self, mut manifest: Manifest) -> Result<Config, Wrong> {
        let Named { name, guest } = Named::read(self.guest, self.name.as_deref())?;
        let mut sections = manifest.sections.into_iter();
        let of_manifest = sections.find(|section| section.name.in_dapr() == name.in_dapr());
        let (each, app) = match of_manifest {
            Some(section) if section.role() == Role::Component => {
                return Err(Wrong::Words(format!(
                    "'{}' is a component in the manifest: give the app another name (--name), or have `plugbox run` serve it",
                    name.as_str()
                )));
            }
            Some(Section { each, app, .. }) => (each, app.unwrap_or_default()),
            None => (Each::default(), settings::App::default()),
        };
        manifest.sections = vec![Section {
            name,
            guest,
            each,
            app: Some(self.app.over(app)),
        }];
        Ok(self.flags.over(manifest, Sockets::default())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{At, Component},
        engine::Isolation,
    };
    use clap::Parser;
    use std::fs;

    #[derive(clap::Parser)]
    struct Words {
        #[command(flatten)]
        app: App,
    }

    /// The one app that words and a manifest make.
    fn app(words: &[&str], manifest: &str) -> Result<Component, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("orders.wasm"), "").unwrap();
        let file = folder.path().join("plugbox.toml");
        let manifest = Manifest::parse(&file, manifest, &|_| None).unwrap();
        let words = Words::try_parse_from([&["app"][..], words].concat());
        let words = words.map_err(|error| error.to_string())?;
        match words.app.over(manifest) {
            Ok(config) => match <[Component; 1]>::try_from(config.components) {
                Ok([app]) => Ok(app),
                Err(all) => panic!("{all:?}"),
            },
            Err(Wrong::Words(message)) => Err(message),
            Err(Wrong::Manifest(wrong)) => Err(wrong.to_string()),
        }
    }

    const MANIFEST: &str = "
        timeout = '10s'
        [component.cache]
        guest = 'orders.wasm'
        [app.orders]
        guest = 'orders.wasm'
        port = 6002
        isolation = 'call'
        instances = 7
        [app.others]
        guest = 'orders.wasm'
        port = 6003";

    #[test]
    fn an_app_is_what_its_words_say_over_its_section_of_a_manifest() {
        let table: &[(&[&str], &str, &str, &str)] = &[
            (
                &["orders.wasm", "--port=6001"],
                "",
                "orders",
                "127.0.0.1:6001",
            ),
            (&["a=orders.wasm", "--port=0"], "", "a", "127.0.0.1:0"),
            (
                &["orders.wasm", "--name=b", "--port=1", "--listen=::"],
                "",
                "b",
                "[::]:1",
            ),
            (&["orders.wasm"], MANIFEST, "orders", "127.0.0.1:6002"),
            (
                &["orders.wasm", "--port=1"],
                MANIFEST,
                "orders",
                "127.0.0.1:1",
            ),
        ];
        for (words, manifest, name, expected) in table {
            let app = app(words, manifest).unwrap();
            let At::Port { address, .. } = app.at else {
                panic!("{words:?}: {:?}", app.at);
            };
            assert_eq!(app.name.as_str(), *name, "{words:?}");
            assert_eq!(address.to_string(), *expected, "{words:?}");
        }
        let set = app(&["orders.wasm"], MANIFEST).unwrap().limits;
        assert_eq!((set.instances, set.timeout.as_secs()), (7, 10));
        assert_eq!(set.isolation, Isolation::Call);
        let unset = app(&["orders.wasm", "--port=1"], "").unwrap().limits;
        assert!(unset.instances >= 2, "{}", unset.instances);
        assert_eq!(unset.isolation, Isolation::Instance);
    }

    #[test]
    fn words_that_make_no_app_are_refused() {
        let table: &[(&[&str], &str)] = &[
            (&["orders.wasm"], "--port"),
            (&["cache=orders.wasm", "--port=1"], "'cache' is a component"),
            (&["a=orders.wasm", "--name=b", "--port=1"], "named twice"),
            (&["orders.wasm", "--port=65536"], "a port is a number"),
            (&["orders.wasm", "--port=1", "--listen=here"], "IP address"),
            (&["orders.wasm", "--port=1", "--isolation=all"], "isolation"),
            (
                &[
                    "orders.wasm",
                    "--port=1",
                    "--app-token-env=NOT_SET_ANYWHERE",
                ],
                "NOT_SET_ANYWHERE",
            ),
            (&["orders.wasm", "--port=1", "--sockets=/tmp"], "--sockets"),
            (&["--port=1"], "GUEST.wasm"),
        ];
        for (words, expected) in table {
            let manifest = match words {
                ["cache=orders.wasm", ..] => MANIFEST,
                _ => "",
            };
            let error = app(words, manifest).unwrap_err();
            assert!(error.contains(expected), "{words:?}: {error}");
        }
    }
}
