//! Which interfaces of the contract a guest exports, and whether their versions are ours.

use super::{bindings::state, error::Why, guest::State};
use wasmtime::component::{InstancePre, types::ComponentItem};

/// The package of the contract, and the version that this runner speaks.
const PACKAGE: &str = "dapr:components/";
const VERSION: &str = "0.1.0";
/// Versions with the same beginning are one contract, with additions (semver, as the component model reads it).
const TRACK: &str = "0.1.";

/// A building block: what has an `init` of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Block {
    /// A state store.
    State,
}

impl Block {
    /// The prefix of a Dapr component's type, like `state` in `state.redis`.
    pub fn dapr_type(self) -> &'static str {
        match self {
            Self::State => "state",
        }
    }

    /// What it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::State => "state store",
        }
    }
}

/// An interface of the contract that a guest may export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Interface {
    /// `state-store`
    StateStore,
    /// `bulk-state-store`
    BulkStateStore,
    /// `transactional-state-store`
    TransactionalStateStore,
    /// `queriable-state-store`
    QueriableStateStore,
}

impl Interface {
    const ALL: [Self; 4] = [
        Self::StateStore,
        Self::BulkStateStore,
        Self::TransactionalStateStore,
        Self::QueriableStateStore,
    ];

    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::StateStore => "state-store",
            Self::BulkStateStore => "bulk-state-store",
            Self::TransactionalStateStore => "transactional-state-store",
            Self::QueriableStateStore => "queriable-state-store",
        }
    }
}

/// The interfaces that a guest exports, with the places of their functions.
pub struct Exports {
    pub(super) state: Option<state::store::GuestIndices>,
    pub(super) bulk_state: Option<state::bulk::GuestIndices>,
    pub(super) transactional_state: Option<state::transaction::GuestIndices>,
    pub(super) queriable_state: Option<state::query::GuestIndices>,
}

impl Exports {
    /// Whether the guest exports an interface.
    pub fn has(&self, interface: Interface) -> bool {
        match interface {
            Interface::StateStore => self.state.is_some(),
            Interface::BulkStateStore => self.bulk_state.is_some(),
            Interface::TransactionalStateStore => self.transactional_state.is_some(),
            Interface::QueriableStateStore => self.queriable_state.is_some(),
        }
    }

    /// The building blocks that it can be.
    pub fn blocks(&self) -> Vec<Block> {
        self.state.iter().map(|_| Block::State).collect()
    }

    /// Reads the exports of a guest.
    pub(super) fn read(pre: &InstancePre<State>) -> Result<Self, Why> {
        let component = pre.component();
        let ty = component.component_type();
        let mut found = Vec::new();
        let mut others = Vec::new();
        for (name, export) in ty.exports(component.engine()) {
            match (name.strip_prefix(PACKAGE), export.ty) {
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
        if found.is_empty() {
            return Err(Why::NothingToServe {
                exports: match others.as_slice() {
                    [] => "it has no exports at all".to_owned(),
                    others => format!("its exports are {}", listed(others)),
                },
                ours: VERSION,
                example: "state-store",
            });
        }
        if let (false, Some(interface)) = (found.contains(&Interface::StateStore), found.first()) {
            return Err(Why::Alone {
                interface: interface.name(),
            });
        }
        Ok(Self {
            state: indices(&found, Interface::StateStore, || {
                state::store::GuestIndices::new(pre)
            })?,
            bulk_state: indices(&found, Interface::BulkStateStore, || {
                state::bulk::GuestIndices::new(pre)
            })?,
            transactional_state: indices(&found, Interface::TransactionalStateStore, || {
                state::transaction::GuestIndices::new(pre)
            })?,
            queriable_state: indices(&found, Interface::QueriableStateStore, || {
                state::query::GuestIndices::new(pre)
            })?,
        })
    }
}

/// The interface that an export's name stands for; none for one that a later contract may have.
fn known(export: &str, interface: &str) -> Result<Option<Interface>, Why> {
    let (name, version) = interface.split_once('@').unwrap_or((interface, ""));
    if !version.starts_with(TRACK) {
        let newer = !version.is_empty() && !version.starts_with("0.0.");
        return Err(Why::Version {
            export: export.to_owned(),
            ours: VERSION,
            otherwise: if newer {
                ", or use a newer plugbox"
            } else {
                ""
            },
        });
    }
    Ok(Interface::ALL
        .into_iter()
        .find(|known| known.name() == name))
}

fn indices<T>(
    found: &[Interface],
    interface: Interface,
    new: impl FnOnce() -> wasmtime::Result<T>,
) -> Result<Option<T>, Why> {
    if !found.contains(&interface) {
        return Ok(None);
    }
    new().map(Some).map_err(|error| Why::Shape {
        interface: interface.name(),
        reason: super::error::chain(&error),
    })
}

/// A few names for a message, however many there are.
pub(super) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 5;
    match names {
        names if names.len() <= SHOWN => names.join(", "),
        names => {
            let shown: Vec<_> = names.iter().take(SHOWN).map(String::as_str).collect();
            format!("{} and {} more", shown.join(", "), names.len() - SHOWN)
        }
    }
}
