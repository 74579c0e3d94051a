//! Which interfaces of the contract a guest exports, and whether their versions are ours.

use super::{
    contract::{bindings, hello, pub_sub, runner, secret, state},
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
/// The packages of the contract.
const PACKAGES: [&str; 3] = ["dapr:components/", "layotto:components/", "plugbox:runner/"];

/// A call was for an interface that its guest does not export: it came before another guest took the place of one that did.
/// The guest knows nothing of it.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the guest exports no {0}")]
pub struct NotExported(pub &'static str);

/// The interfaces of the contract: each with its name there, its field here, and its generated module.
macro_rules! interfaces {
    ($($(#[$doc:meta])* $variant:ident $name:literal $field:ident: $($module:ident)::+,)+) => {
        /// An interface of the contract that a guest may export.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Interface {
            $($(#[$doc])* $variant,)+
        }

        impl Interface {
            const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its name in the contract.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        /// The interfaces that a guest exports, with the places of their functions.
        #[derive(Default)]
        pub struct Exports {
            $($field: Option<$($module)::+::GuestIndices>,)+
        }

        impl Exports {
            /// Whether the guest exports an interface.
            pub fn has(&self, interface: Interface) -> bool {
                match interface {
                    $(Interface::$variant => self.$field.is_some(),)+
                }
            }

            /// Looks up the functions of the interfaces that were found.
            fn look_up(pre: &InstancePre<State>, found: &[Interface]) -> Result<Self, Why> {
                let mut exports = Self::default();
                $(if found.contains(&Interface::$variant) {
                    let indices = $($module)::+::GuestIndices::new(pre);
                    exports.$field = Some(indices.map_err(shape(Interface::$variant))?);
                })+
                Ok(exports)
            }
        }

        /// The functions of one instance of a guest.
        pub(super) struct Functions {
            $($field: Option<$($module)::+::Guest>,)+
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
                    $($field: match &exports.$field {
                        None => None,
                        Some(indices) => {
                            let loaded = indices.load(&mut *store, instance);
                            Some(loaded.map_err(shape(Interface::$variant))?)
                        }
                    },)+
                })
            }

            /// Whether the guest exports an interface.
            pub(super) fn has(&self, interface: Interface) -> bool {
                match interface {
                    $(Interface::$variant => self.$field.is_some(),)+
                }
            }

            $(
                /// # Errors
                /// When the guest does not export the interface.
                pub(super) fn $field(&self) -> wasmtime::Result<&$($module)::+::Guest> {
                    self.$field
                        .as_ref()
                        .ok_or_else(|| NotExported($name).into())
                }
            )+
        }

        impl super::Guest {
            $(
                /// The functions of an interface, and the Store to call them with.
                ///
                /// # Errors
                /// When the guest does not export the interface.
                pub fn $field(
                    &mut self,
                ) -> wasmtime::Result<(&$($module)::+::Guest, &mut Store<State>)> {
                    Ok((self.functions.$field()?, &mut self.store))
                }
            )+
        }
    };
}

interfaces! {
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
    /// Layotto's greeting.
    Hello "hello" hello: hello::greeter,
    /// State that the next instance takes over.
    Handover "handover" handover: runner::handover,
    /// Whether it can do its work.
    Health "health" health: runner::health,
}

impl Interface {
    /// Whether a client can reach it.
    fn serves(self) -> bool {
        !matches!(self, Self::Handover | Self::Health)
    }

    /// The interface that this one means nothing without.
    fn belongs_to(self) -> Option<Self> {
        match self {
            Self::BulkStateStore | Self::TransactionalStateStore | Self::QueriableStateStore => {
                Some(Self::StateStore)
            }
            Self::BulkPublish => Some(Self::PubSub),
            Self::BulkSecretStore => Some(Self::SecretStore),
            _ => None,
        }
    }
}

/// A building block: what has an `init` of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Block {
    /// A state store.
    State,
    /// A message broker.
    PubSub,
    /// An input binding.
    InputBinding,
    /// An output binding.
    OutputBinding,
    /// A secret store.
    SecretStore,
    /// Layotto's greeting.
    Hello,
}

impl Block {
    const ALL: [Self; 6] = [
        Self::State,
        Self::PubSub,
        Self::InputBinding,
        Self::OutputBinding,
        Self::SecretStore,
        Self::Hello,
    ];

    /// The interface that makes a guest this block.
    pub fn interface(self) -> Interface {
        match self {
            Self::State => Interface::StateStore,
            Self::PubSub => Interface::PubSub,
            Self::InputBinding => Interface::InputBinding,
            Self::OutputBinding => Interface::OutputBinding,
            Self::SecretStore => Interface::SecretStore,
            Self::Hello => Interface::Hello,
        }
    }

    /// The name of the interface that makes a guest this block.
    pub fn name(self) -> &'static str {
        self.interface().name()
    }

    /// The same with the package and the version that is served, as a world exports it.
    pub fn export(self) -> String {
        let [dapr, layotto, _] = PACKAGES;
        let package = if self == Self::Hello { layotto } else { dapr };
        format!("{package}{}@{VERSION}", self.name())
    }

    /// The one whose interface has this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|block| block.name() == name)
    }

    /// The prefix of a Dapr component's type, like `state` in `state.redis`; none for what only Layotto has.
    pub fn dapr_type(self) -> Option<&'static str> {
        match self {
            Self::State => Some("state"),
            Self::PubSub => Some("pubsub"),
            Self::InputBinding | Self::OutputBinding => Some("bindings"),
            Self::SecretStore => Some("secretstores"),
            Self::Hello => None,
        }
    }

    /// What it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::State => "state store",
            Self::PubSub => "pub/sub",
            Self::InputBinding => "input binding",
            Self::OutputBinding => "output binding",
            Self::SecretStore => "secret store",
            Self::Hello => "Layotto hello",
        }
    }
}

impl Exports {
    /// The interfaces that clients can reach through it.
    pub fn served(&self) -> impl Iterator<Item = Interface> {
        let all = Interface::ALL.iter().copied();
        all.filter(|interface| interface.serves() && self.has(*interface))
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
        let mut found = Vec::new();
        let mut others = Vec::new();
        for (name, export) in ty.exports(component.engine()) {
            let interface = PACKAGES
                .iter()
                .find_map(|package| name.strip_prefix(package));
            match (interface, export.ty) {
                (Some(interface), ComponentItem::ComponentInstance(_)) => {
                    match known(name, interface)? {
                        Some(interface) => found.push(interface),
                        None => tracing::warn!(
                            export = name,
                            "this runner does not know this interface; it is left unused"
                        ),
                    }
                }
                _ => others.push(format!("{name:?}")),
            }
        }
        if !found.iter().any(|interface| interface.serves()) {
            return Err(Why::NothingToServe {
                exports: match others.as_slice() {
                    [] => "it has no exports at all".to_owned(),
                    others => format!("its exports are {}", listed(others)),
                },
                ours: VERSION,
                example: "state-store",
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

/// The interface that an export's name stands for; none for one that a later contract may have.
fn known(export: &str, interface: &str) -> Result<Option<Interface>, Why> {
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
    let known = Interface::ALL.iter().find(|known| known.name() == name);
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
    use super::listed;

    #[test]
    fn names_are_listed_in_bounds_however_many_and_long_they_are() {
        let names = |count, name: &str| vec![name.to_owned(); count];
        assert_eq!(listed(&names(2, "a\x1b")), r"a\u{1b}, a\u{1b}");
        assert_eq!(listed(&names(7, "a")), "a, a, a, a, a and 2 more");
        assert!(listed(&names(100_000, &"é".repeat(1000))).len() < 2000);
    }
}
