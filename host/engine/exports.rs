//! Which interfaces of the contract a guest exports, and whether their versions are ours.

mod block;

pub use block::Block;

use super::{
    Role,
    contract::{app, bindings, hello, pub_sub, runner, secret, state},
    error::{Why, chain},
    guest::State,
};
use crate::text::{cut, shown};
use wasmtime::{
    Store,
    component::{Instance, InstancePre, types::ComponentItem},
};

/// The version of the contract that this runner speaks.
const VERSION: &str = "0.1.0";
/// Versions with the same beginning are one contract, with additions (semver, as the component model reads it).
const TRACK: &str = "0.1.";
/// The most bytes of a name that a message shows: a file may name things in a hundred thousand.
const LENGTH: usize = 256;

/// A call was for an interface that its guest does not export: it came before another guest took the place of one that did.
/// The guest knows nothing of it.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the guest exports no {0}")]
pub struct NotExported(pub &'static str);

/// The interfaces of the contract, by their packages: each with its name there, its field here, and its generated module.
macro_rules! interfaces {
    ($($package:literal {
        $($(#[$doc:meta])* $variant:ident $name:literal $field:ident: $($module:ident)::+,)+
    })+) => {
        /// An interface of the contract that a guest may export.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Interface {
            $($($(#[$doc])* $variant,)+)+
        }

        impl Interface {
            /// All there are.
            pub const ALL: &[Self] = &[$($(Self::$variant,)+)+];

            /// The package that it is in.
            fn package(self) -> &'static str {
                match self {
                    $($(Self::$variant => $package,)+)+
                }
            }

            /// Its name there.
            pub fn name(self) -> &'static str {
                match self {
                    $($(Self::$variant => $name,)+)+
                }
            }
        }

        /// The interfaces that a guest exports, with the places of their functions.
        #[derive(Default)]
        pub struct Exports {
            $($($field: Option<$($module)::+::GuestIndices>,)+)+
        }

        impl Exports {
            /// Whether the guest exports an interface.
            pub fn has(&self, interface: Interface) -> bool {
                match interface {
                    $($(Interface::$variant => self.$field.is_some(),)+)+
                }
            }

            /// Looks up the functions of the interfaces that were found.
            fn look_up(pre: &InstancePre<State>, found: &[Interface]) -> Result<Self, Why> {
                let mut exports = Self::default();
                $($(if found.contains(&Interface::$variant) {
                    let indices = $($module)::+::GuestIndices::new(pre);
                    exports.$field = Some(indices.map_err(shape(Interface::$variant))?);
                })+)+
                Ok(exports)
            }
        }

        /// The functions of one instance of a guest.
        pub(super) struct Functions {
            $($($field: Option<$($module)::+::Guest>,)+)+
        }

        impl Functions {
            /// # Errors
            /// When a function does not have the type of the contract.
            pub(super) fn load(
                exports: &Exports,
                store: &mut Store<State>,
                instance: &Instance,
            ) -> Result<Self, Why> {
                Ok(Self {
                    $($($field: match &exports.$field {
                        None => None,
                        Some(indices) => {
                            let loaded = indices.load(&mut *store, instance);
                            Some(loaded.map_err(shape(Interface::$variant))?)
                        }
                    },)+)+
                })
            }

            /// Whether the guest exports an interface.
            pub(super) fn has(&self, interface: Interface) -> bool {
                match interface {
                    $($(Interface::$variant => self.$field.is_some(),)+)+
                }
            }

            $($(
                /// # Errors
                /// When the guest does not export the interface.
                pub(super) fn $field(&self) -> wasmtime::Result<&$($module)::+::Guest> {
                    self.$field
                        .as_ref()
                        .ok_or_else(|| NotExported($name).into())
                }
            )+)+
        }

        impl super::Guest {
            $($(
                /// The functions of an interface, and the Store to call them with.
                ///
                /// # Errors
                /// When the guest does not export the interface.
                pub fn $field(
                    &mut self,
                ) -> wasmtime::Result<(&$($module)::+::Guest, &mut Store<State>)> {
                    Ok((self.functions.$field()?, &mut self.store))
                }
            )+)+
        }
    };
}

interfaces! {
    "dapr:components" {
        /// A state store.
        StateStore "state-store" state: state::store,
        /// Many items of a state store at once.
        BulkStateStore "bulk-state-store" bulk_state: state::bulk,
        /// Several operations of a state store as one.
        TransactionalStateStore "transactional-state-store" transactional_state: state::transaction,
        /// Queries over a state store.
        QueriableStateStore "queriable-state-store" queriable_state: state::query,
        /// A message broker.
        PubSub "pub-sub" pub_sub: pub_sub::broker,
        /// Many messages at once.
        BulkPublish "bulk-publish" bulk_publish: pub_sub::bulk,
        /// Events from outside.
        InputBinding "input-binding" input_binding: bindings::input,
        /// Operations on something outside.
        OutputBinding "output-binding" output_binding: bindings::output,
        /// Secrets by name.
        SecretStore "secret-store" secret: secret::store,
        /// All secrets at once.
        BulkSecretStore "bulk-secret-store" bulk_secret: secret::bulk,
    }
    "dapr:app" {
        /// Calls of an application's methods.
        Invoke "invoke" invoke: app::invoke,
        /// Messages of brokers.
        Subscriber "subscriber" subscriber: app::subscriber,
        /// Many messages of brokers at once.
        BulkSubscriber "bulk-subscriber" bulk_subscriber: app::bulk,
        /// Events of input bindings.
        BindingHandler "binding-handler" binding_handler: app::binding,
        /// Jobs whose time has come.
        Jobs "jobs" jobs: app::jobs,
        /// Whether an application can do its work.
        AppHealth "health" app_health: app::health,
    }
    "layotto:components" {
        /// Layotto's greeting.
        Hello "hello" hello: hello::greeter,
    }
    "plugbox:runner" {
        /// State that the next instance takes over.
        Handover "handover" handover: runner::handover,
        /// Whether it can do its work.
        Health "health" health: runner::health,
    }
}

impl Interface {
    /// With its package and the version that is served, as a world exports it.
    pub fn export(self) -> String {
        format!("{}/{}@{VERSION}", self.package(), self.name())
    }

    /// The role in which a client can tell whether it is there; none where only the host asks, or answers in its place.
    fn role(self) -> Option<Role> {
        match self {
            Self::Handover | Self::Health | Self::AppHealth => None,
            Self::Invoke
            | Self::Subscriber
            | Self::BulkSubscriber
            | Self::BindingHandler
            | Self::Jobs => Some(Role::App),
            _ => Some(Role::Component),
        }
    }

    /// The interface that this one means nothing without.
    fn belongs_to(self) -> Option<Self> {
        match self {
            Self::BulkStateStore | Self::TransactionalStateStore | Self::QueriableStateStore => {
                Some(Self::StateStore)
            }
            Self::BulkPublish => Some(Self::PubSub),
            Self::BulkSecretStore => Some(Self::SecretStore),
            Self::BulkSubscriber => Some(Self::Subscriber),
            _ => None,
        }
    }
}

impl Exports {
    /// The interfaces that clients can reach through it in a role.
    pub fn served(&self, role: Role) -> impl Iterator<Item = Interface> {
        let all = Interface::ALL.iter().copied();
        all.filter(move |interface| interface.role() == Some(role) && self.has(*interface))
    }

    /// Whether it can be served in a role.
    pub fn serves(&self, role: Role) -> bool {
        self.served(role).next().is_some()
    }

    /// The role to serve it in: the one that is wanted, or whichever it has, a component before an app.
    pub(super) fn role(&self, wanted: Option<Role>) -> Result<Role, Why> {
        match wanted {
            Some(role) if !self.serves(role) => Err(Why::OtherRole(role)),
            Some(role) => Ok(role),
            None if self.serves(Role::Component) => Ok(Role::Component),
            None => Ok(Role::App),
        }
    }

    /// The role of a guest by the names of its exports, before anything is compiled: a component before an app; none for what is no
    /// guest.
    pub fn role_by_name<'a>(names: impl Iterator<Item = &'a str>) -> Option<Role> {
        let is = |interface: &Interface, name: &str| {
            let name = name.split('@').next().unwrap_or_default();
            name.split_once('/') == Some((interface.package(), interface.name()))
        };
        let found = names.filter_map(|name| Interface::ALL.iter().find(|it| is(it, name)));
        let roles: Vec<_> = found.filter_map(|interface| interface.role()).collect();
        [Role::Component, Role::App]
            .into_iter()
            .find(|role| roles.contains(role))
    }

    /// The building blocks that it can be.
    pub fn blocks(&self) -> impl Iterator<Item = Block> {
        Block::ALL
            .into_iter()
            .filter(|block| self.has(block.interface()))
    }

    /// Reads the exports of a guest.
    pub(super) fn read(pre: &InstancePre<State>) -> Result<Self, Why> {
        let component = pre.component();
        let ty = component.component_type();
        let exports = || ty.exports(component.engine());
        let mut found = Vec::new();
        for (name, export) in exports() {
            if let ComponentItem::ComponentInstance(_) = export.ty {
                found.extend(known(name)?);
            }
        }
        if found.iter().all(|interface| interface.role().is_none()) {
            let names: Vec<_> = exports().map(|(name, _)| format!("{name:?}")).collect();
            return Err(Why::NothingToServe {
                exports: match names.as_slice() {
                    [] => "it has no exports at all".to_owned(),
                    names => format!("its exports are {}", listed(names)),
                },
                ours: VERSION,
            });
        }
        for interface in &found {
            if let Some(base) = interface.belongs_to()
                && !found.contains(&base)
            {
                return Err(Why::Alone {
                    interface: interface.name(),
                    base: base.name(),
                });
            }
        }
        Self::look_up(pre, &found)
    }
}

/// The interface that an export's name stands for; none for what is not of the contract, or only of a later one.
fn known(export: &str) -> Result<Option<Interface>, Why> {
    let Some((package, interface)) = export.split_once('/') else {
        return Ok(None);
    };
    let ours = || {
        let all = Interface::ALL.iter();
        all.filter(|known| known.package() == package)
    };
    if ours().next().is_none() {
        return Ok(None);
    }
    let (name, version) = interface.split_once('@').unwrap_or((interface, ""));
    if !version.starts_with(TRACK) {
        let newer = !version.is_empty() && !version.starts_with("0.0.");
        return Err(Why::Version {
            export: shown(cut(export, LENGTH)),
            ours: VERSION,
            otherwise: if newer {
                ", or use a newer plugbox"
            } else {
                ""
            },
        });
    }
    let known = ours().find(|known| known.name() == name);
    if known.is_none() {
        tracing::warn!(
            export,
            "this runner does not know this interface; it is left unused"
        );
    }
    Ok(known.copied())
}

fn shape(interface: Interface) -> impl FnOnce(wasmtime::Error) -> Why {
    move |error| Why::Shape {
        interface: interface.name(),
        reason: chain(&error),
    }
}

/// A few names for a message, however many there are and however long.
pub(super) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let beginnings = names
        .iter()
        .take(SHOWN)
        .map(|name| shown(cut(name, LENGTH)));
    let beginnings = beginnings.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => beginnings,
        more => format!("{beginnings} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Exports, Interface, Role, known, listed};

    #[test]
    fn the_role_of_a_guest_is_known_by_the_names_of_its_exports() {
        let table: [(&[&str], Option<Role>); 5] = [
            (&["wasi:cli/run@0.2.3", "invoke"], None),
            (&["plugbox:runner/health@0.1.0"], None),
            (&["dapr:app/invoke@0.1.0"], Some(Role::App)),
            (&["layotto:components/hello@0.1.7"], Some(Role::Component)),
            (
                &["dapr:app/jobs@0.1.0", "dapr:components/pub-sub@0.1.0"],
                Some(Role::Component),
            ),
        ];
        for (names, role) in table {
            assert_eq!(
                Exports::role_by_name(names.iter().copied()),
                role,
                "{names:?}"
            );
        }
    }

    #[test]
    fn an_interface_is_known_by_package_name_and_version() {
        let table = [
            ("plugbox:runner/health@0.1.0", Ok(Some(Interface::Health))),
            ("dapr:app/health@0.1.0", Ok(Some(Interface::AppHealth))),
            ("dapr:app/health@0.1.7", Ok(Some(Interface::AppHealth))),
            ("dapr:components/health@0.1.0", Ok(None)),
            ("dapr:application/health@0.1.0", Ok(None)),
            ("example:app/health@3.0.0", Ok(None)),
            ("health", Ok(None)),
            ("dapr:app/health@0.2.0", Err(())),
            ("dapr:app/later@0.2.0", Err(())),
            ("dapr:app/health", Err(())),
        ];
        for (export, expected) in table {
            assert_eq!(known(export).map_err(drop), expected, "{export}");
        }
    }

    #[test]
    fn names_are_listed_in_bounds_however_many_and_long_they_are() {
        let names = |count, name: &str| vec![name.to_owned(); count];
        assert_eq!(listed(&names(2, "a\x1b")), r"a\u{1b}, a\u{1b}");
        assert_eq!(listed(&names(7, "a")), "a, a, a, a, a and 2 more");
        assert!(listed(&names(100_000, &"é".repeat(1000))).len() < 2000);
    }
}
