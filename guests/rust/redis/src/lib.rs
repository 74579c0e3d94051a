//! A state store and a message broker over a Redis server, of version 7 or later.
//!
//! The README beside this tells of properties and grants, and of what there is not. Each block has its own `init` and its own
//! connections, for Dapr has a Component resource for each. Nothing is kept in the instance that matters to others, so there may
//! be several of them.
//!
//! This file is the border: each function that the host calls is a line or two here. Calls wait for the server's answer, and
//! other instances go on meanwhile. For messages nobody waits in the guest: the host does, for the sockets that a pull names.

mod broker;
mod change;
mod expiry;
mod failure;
mod link;
mod message;
mod reader;
mod settings;
mod socket;
mod store;

use std::cell::RefCell;

use bindings::dapr::components::state_types::{
    DeleteRequest, GetRequest, Item, SetRequest, StateError,
};
use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::pub_sub::{
    self, Demand, Outcome, Outgoing, Pulled, SubscriptionId,
};
use bindings::exports::dapr::components::transactional_state_store::{self, Operation};
use bindings::exports::dapr::components::{bulk_publish, bulk_state_store, state_store};

use broker::Broker;
use change::Change;
use socket::nanoseconds;
use store::{Bound, Store};

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Redis;
    wit_bindgen::generate!({
        inline: "
            package plugbox:redis;
            world redis {
                export dapr:components/state-store@0.1.0;
                export dapr:components/bulk-state-store@0.1.0;
                export dapr:components/transactional-state-store@0.1.0;
                export dapr:components/pub-sub@0.1.0;
                export dapr:components/bulk-publish@0.1.0;
            }
        ",
        path: "../../../wit",
        world: "plugbox:redis/redis",
        generate_all,
        with: { "wasi:io/poll@0.2.12": wasi::io::poll },
    });
    export!(Redis);
}

struct Redis;

thread_local! {
    static STORE: RefCell<Option<Store>> = const { RefCell::new(None) };
    static BROKER: RefCell<Option<Broker>> = const { RefCell::new(None) };
}

impl state_store::Guest for Redis {
    /// Fails where the server cannot be reached: then something in the properties or the grants is to be mended.
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        STORE.set(Some(Store::new(&properties)?));
        Ok(vec!["ETAG".to_owned(), "TTL".to_owned()])
    }

    fn get(request: GetRequest) -> Result<Option<Item>, StateError> {
        let items = with(&STORE, |store| store.get(std::iter::once(&*request.key)));
        let item = items.map_err(StateError::Other)?.pop();
        item.unwrap_or(Ok(None)).map_err(StateError::Other)
    }

    fn set(request: SetRequest) -> Result<(), StateError> {
        write(vec![request], Change::set)
    }

    fn delete(request: DeleteRequest) -> Result<(), StateError> {
        write(vec![request], |request, _| Change::delete(request))
    }
}

impl bulk_state_store::Guest for Redis {
    fn bulk_get(
        requests: Vec<GetRequest>,
    ) -> Result<Vec<Result<Option<Item>, String>>, StateError> {
        let keys = requests.iter().map(|request| &*request.key);
        let items = with(&STORE, |store| store.get(keys)).map_err(StateError::Other)?;
        let words = |item: Result<_, Error>| item.map_err(|why| why.message);
        Ok(items.into_iter().map(words).collect())
    }

    fn bulk_set(requests: Vec<SetRequest>) -> Result<(), StateError> {
        write(requests, Change::set)
    }

    fn bulk_delete(requests: Vec<DeleteRequest>) -> Result<(), StateError> {
        write(requests, |request, _| Change::delete(request))
    }
}

impl transactional_state_store::Guest for Redis {
    fn transact(operations: Vec<Operation>, _metadata: Metadata) -> Result<(), StateError> {
        in_store(|store| {
            let life = store.life;
            let change = |operation| match operation {
                Operation::Set(request) => Change::set(request, life),
                Operation::Delete(request) => Change::delete(request),
            };
            let changes = operations.into_iter().map(change);
            let changes = changes.collect::<Result<Vec<_>, _>>()?;
            let failed = store.write(&changes, Bound::All);
            first(failed.map_err(StateError::Other)?)
        })
    }

    fn max_operations() -> Option<u32> {
        None
    }
}

impl pub_sub::Guest for Redis {
    /// Fails where the server cannot be reached, as the state store's does. Called again it leaves subscriptions as they are.
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        BROKER.with_borrow_mut(|broker| match broker {
            Some(broker) => broker.configure(&properties),
            None => {
                *broker = Some(Broker::new(&properties)?);
                Ok(())
            }
        })?;
        // daprd hands on one message of a stream at a time, so a bulk subscription has none to wait for.
        Ok(vec!["BULK_SUBSCRIBE_IMMEDIATE".to_owned()])
    }

    fn publish(message: Outgoing) -> Result<(), Error> {
        with(&BROKER, |broker| broker.publish(message))
    }

    fn subscribe(id: SubscriptionId, topic: String, metadata: Metadata) -> Result<u32, Error> {
        with(&BROKER, |broker| broker.subscribe(id, topic, &metadata))
    }

    fn unsubscribe(id: SubscriptionId) {
        BROKER.with_borrow_mut(|broker| broker.as_mut().map(|broker| broker.unsubscribe(id)));
    }

    fn pull(wanted: Vec<Demand>) -> Result<Pulled, Error> {
        let pulled = with(&BROKER, |broker| broker.pull(&wanted))?;
        Ok(Pulled {
            deliveries: pulled.deliveries,
            again_in: pulled.again_in.map(nanoseconds),
            waits: pulled.waits,
        })
    }

    fn ack(id: SubscriptionId, message_id: String, outcome: Outcome) {
        BROKER.with_borrow_mut(|broker| {
            broker
                .as_mut()
                .map(|broker| broker.ack(id, &message_id, &outcome))
        });
    }
}

impl bulk_publish::Guest for Redis {
    fn bulk_publish(
        topic: String,
        entries: Vec<bulk_publish::Entry>,
        metadata: Metadata,
    ) -> Result<Vec<bulk_publish::Failure>, Error> {
        with(&BROKER, |broker| {
            broker.publish_all(&topic, entries, &metadata)
        })
    }
}

/// Makes what changes can be made, and answers the first failure.
fn write<R>(
    requests: Vec<R>,
    change: impl Fn(R, i64) -> Result<Change, StateError>,
) -> Result<(), StateError> {
    in_store(|store| {
        // The places of the changes among the requests: a request that cannot be one has failed already.
        let (mut places, mut changes, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for (place, request) in requests.into_iter().enumerate() {
            match change(request, store.life) {
                Ok(change) => {
                    places.push(place);
                    changes.push(change);
                }
                Err(why) => failed.push((place, why)),
            }
        }
        let refused = store.write(&changes, Bound::Each);
        for (number, why) in refused.map_err(StateError::Other)? {
            failed.push((places.get(number).copied().unwrap_or_default(), why));
        }
        first(failed)
    })
}

/// The failure of the first of those that have failed.
fn first(failed: Vec<(usize, StateError)>) -> Result<(), StateError> {
    let first = failed.into_iter().min_by_key(|(place, _)| *place);
    first.map_or(Ok(()), |(_, why)| Err(why))
}

fn in_store<T>(act: impl FnOnce(&mut Store) -> Result<T, StateError>) -> Result<T, StateError> {
    STORE.with_borrow_mut(|store| match store {
        Some(store) => act(store),
        None => Err(StateError::Other(uninitialised())),
    })
}

fn with<B, T>(
    block: &'static std::thread::LocalKey<RefCell<Option<B>>>,
    act: impl FnOnce(&mut B) -> Result<T, Error>,
) -> Result<T, Error> {
    block.with_borrow_mut(|block| match block {
        Some(block) => act(block),
        None => Err(uninitialised()),
    })
}

/// The host calls `init` before all else.
fn uninitialised() -> Error {
    error(
        Code::FailedPrecondition,
        "there was no init, so there is no server to ask".to_owned(),
    )
}

fn error(code: Code, message: impl Into<String>) -> Error {
    Error {
        code,
        message: message.into(),
    }
}

/// The answer to a request that is wrong and would be wrong at any time.
fn invalid_argument(message: impl Into<String>) -> Error {
    error(Code::InvalidArgument, message)
}

#[cfg(test)]
mod tests;
