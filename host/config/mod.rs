//! What the runner is to do: the one form that the command line and the manifest take before anything acts on it.
//!
//! What can be set stands in `settings.rs`, each setting once; nothing behind [`Config`] knows where it was set.

mod layers;
mod manifest;
mod meaning;
mod schema;
pub mod settings;
pub mod values;

pub use layers::Setting;
pub use manifest::{Manifest, Section, Wrong};
pub use schema::{in_toml, schema};
pub use settings::named;

use crate::{
    engine::{Cache, Grants, Limits, Role, Totals},
    transport::{Access, Admission},
};
use settings::{Each, Log};
use std::{env, net::SocketAddr, path::PathBuf, time::Duration};
use values::{Token, VariableName};

/// All that the runner is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// What to serve, components and apps, in this order.
    pub components: Vec<Component>,
    /// The manifest that says so; none when the command line does alone.
    pub manifest: Option<PathBuf>,
    /// Whether it is read again as soon as it changes, or a guest's file.
    pub watch: bool,
    /// What goes to standard error.
    pub log: Log,
    /// The folder of the sockets.
    pub sockets: PathBuf,
    /// Who may connect to them.
    pub access: Access,
    /// The socket for operators; none to have none.
    pub admin: Option<AdminSocket>,
    /// Where what Init brings is kept for the next start; none to keep nothing.
    pub state_dir: Option<PathBuf>,
    /// Where compiled guests are kept.
    pub cache: Cache,
    /// What the guests of all components may use together.
    pub totals: Totals,
    /// How long calls may go on after a signal to stop, and messages that are out may be acknowledged.
    pub drain: Duration,
}

impl Config {
    /// What is set for the whole runner otherwise than in another configuration, and holds for as long as it runs.
    pub fn needs_restart(&self, other: &Self) -> Vec<Setting> {
        let (totals, others) = (&self.totals, &other.totals);
        let fixed = [
            (named::sockets, self.sockets != other.sockets),
            (named::socket_mode, self.access.mode != other.access.mode),
            (named::socket_group, self.access.group != other.access.group),
            (named::admin, self.admin != other.admin),
            (named::state_dir, self.state_dir != other.state_dir),
            (named::watch, self.watch != other.watch),
            (named::cache, self.cache != other.cache),
            (named::max_stack, totals.stack != others.stack),
            (
                named::max_total_instances,
                totals.instances != others.instances,
            ),
            (named::max_total_memory, totals.memory != others.memory),
            (Log::VERBOSE, self.log.verbose != other.log.verbose),
            (Log::FORMAT, self.log.log_format != other.log.log_format),
        ];
        differing(fixed)
    }
}

/// The socket on which operators reach the runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminSocket {
    /// Where it is.
    pub path: PathBuf,
    /// The runner does without it when it is taken: nobody has asked for this one.
    pub optional: bool,
}

/// One component to serve, or one app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its name: the socket's stem, and the second half of its type in Dapr.
    pub name: Name,
    /// The guest's file.
    pub guest: PathBuf,
    /// Where it is served.
    pub at: At,
    /// What each of its instances may use.
    pub limits: Limits,
    /// What its guests may reach.
    pub grants: Grants,
    /// The most bytes of one request.
    pub message: usize,
    /// What its clients may take.
    pub admission: Admission,
}

impl Component {
    /// A component or an app with all that is set for it, by this program's environment, too.
    ///
    /// # Errors
    /// When an app has no port, or the environment says what makes no sense.
    pub fn new(section: Section) -> Result<Self, String> {
        let Section {
            name,
            guest,
            each: Each { sandbox, served },
            app,
        } = section;
        let variable = |name: &str| env::var_os(name);
        let at = match &app {
            Some(app) => {
                let at = app.at(&variable);
                at.map_err(|why| format!("app '{}': {why}", name.as_str()))?
            }
            None => At::Socket,
        };
        Ok(Self {
            name,
            guest,
            at,
            limits: sandbox.limits(&served, app.as_ref()),
            message: sandbox.max_message().0,
            admission: served.admission(),
            grants: sandbox.grants(&variable)?,
        })
    }
}

/// Where clients reach it, which says what it is to daprd, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// On a Unix socket of its name: a component.
    Socket,
    /// On a TCP port: an app.
    Port {
        /// The address and the port, which is 0 for any that is free.
        address: SocketAddr,
        /// What calls must bring.
        token: Option<Token>,
        /// The variable that has it.
        set_by: VariableName,
    },
}

impl At {
    /// What it is to daprd.
    pub fn role(&self) -> Role {
        match self {
            Self::Socket => Role::Component,
            Self::Port { .. } => Role::App,
        }
    }

    /// What is set otherwise than for another app, and holds for as long as it is served.
    pub fn needs_restart(&self, other: &Self) -> Vec<Setting> {
        let (
            Self::Port {
                address,
                token,
                set_by,
            },
            Self::Port {
                address: other_address,
                token: other_token,
                set_by: other_set_by,
            },
        ) = (self, other)
        else {
            return Vec::new();
        };
        let fixed = [
            (named::port, address.port() != other_address.port()),
            (named::listen, address.ip() != other_address.ip()),
            (
                named::app_token_env,
                token != other_token || (token.is_some() && set_by != other_set_by),
            ),
        ];
        differing(fixed)
    }
}

/// Those settings that differ.
fn differing(settings: impl IntoIterator<Item = (Setting, bool)>) -> Vec<Setting> {
    let differ = settings.into_iter().filter(|(_, differs)| *differs);
    differ.map(|(setting, _)| setting).collect()
}

/// The name of a component or an app: letters, digits, `-`, `_` and `.`, as a file's name and as a part of a Dapr type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// # Errors
    /// When it cannot be a socket's name or a part of a Dapr type.
    pub fn new(name: &str) -> Result<Self, String> {
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if name.is_empty() {
            Err("a name cannot be empty".to_owned())
        } else if let Some(letter) = name.chars().find(|letter| !allowed(*letter)) {
            Err(format!(
                "'{}' cannot be a name because of {letter:?}: use letters, digits, '-', '_' and '.'",
                name.escape_debug()
            ))
        } else if name.starts_with(['.', '-']) {
            Err(format!(
                "'{name}' cannot be a name: begin with a letter or a digit"
            ))
        } else {
            Ok(Self(name.to_owned()))
        }
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as daprd writes it in a type: in lower case.
    /// Source: daprd's discovery, which lowers the socket's name.
    pub fn in_dapr(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn a_name_can_be_a_file_and_a_part_of_a_dapr_type() {
        for good in ["memory", "Redis-7", "a.b_c", "7"] {
            assert_eq!(Name::new(good).unwrap().as_str(), good);
        }
        for bad in [
            "", ".", "..", ".hidden", "-flag", "a/b", "a b", "é", "a\0", "a=b",
        ] {
            assert!(Name::new(bad).is_err(), "{bad:?}");
        }
    }
}
