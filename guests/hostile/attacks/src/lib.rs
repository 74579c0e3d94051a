//! A guest that attacks its host, in one way of choice, so that the host's tests can see that it stands.
//!
//! The property `attack` of any block's `init` names the attack; there is one file for each, in `attacks/`. What an attack leaves
//! alone is done as a small and honest guest would do it.
//!
//! This file is the border: each function that the host calls is passed on to the attack.

mod attack;
mod attacks;

use std::cell::RefCell;

use bindings::dapr::components::state_types::{
    DeleteRequest, GetRequest, Item, SetRequest, StateError,
};
use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::bulk_publish;
use bindings::exports::dapr::components::bulk_secret_store;
use bindings::exports::dapr::components::input_binding::{self, ReaderId};
use bindings::exports::dapr::components::output_binding::{self, Invocation, Response};
use bindings::exports::dapr::components::pub_sub::{self, Outcome, Outgoing, SubscriptionId};
use bindings::exports::dapr::components::queriable_state_store::{self, Page, QueryRequest};
use bindings::exports::dapr::components::secret_store::{self, Secret};
use bindings::exports::dapr::components::state_store;
use bindings::exports::layotto::components::hello::{self, Config};

use attack::Attack;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Attacker;
    wit_bindgen::generate!({
        inline: "
            package plugbox:attacks;
            world attacks {
                import wasi:logging/logging@0.1.0-draft;
                export dapr:components/state-store@0.1.0;
                export dapr:components/queriable-state-store@0.1.0;
                export dapr:components/pub-sub@0.1.0;
                export dapr:components/bulk-publish@0.1.0;
                export dapr:components/input-binding@0.1.0;
                export dapr:components/output-binding@0.1.0;
                export dapr:components/secret-store@0.1.0;
                export dapr:components/bulk-secret-store@0.1.0;
                export layotto:components/hello@0.1.0;
            }
        ",
        path: "../../../wit",
        world: "plugbox:attacks/attacks",
        generate_all,
        with: { "wasi:io/poll@0.2.12": ::wasi::io::poll },
    });
    export!(Attacker);
}

struct Attacker;

thread_local! {
    static ATTACK: RefCell<Option<Box<dyn Attack>>> = const { RefCell::new(None) };
}

/// What every `init` does: begin to attack.
fn begin(properties: Metadata) -> Result<Vec<String>, Error> {
    let named = properties.into_iter().find(|(name, _)| name == "attack");
    let name = named.map(|(_, name)| name).unwrap_or_default();
    let chosen = attacks::named(&name).ok_or_else(|| error(format!("no attack {name:?}")))?;
    ATTACK.set(Some(chosen));
    attack(|attack| attack.init())
}

/// Lets the attack do what the host asks for.
fn attack<T>(call: impl FnOnce(&mut dyn Attack) -> Result<T, Error>) -> Result<T, Error> {
    ATTACK.with_borrow_mut(|attack| match attack {
        Some(attack) => call(attack.as_mut()),
        None => Err(error("init was not called, so there is no attack")),
    })
}

impl state_store::Guest for Attacker {
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        begin(properties)
    }

    fn get(request: GetRequest) -> Result<Option<Item>, StateError> {
        attack(|attack| Ok(attack.get(&request.key))).map_err(StateError::Other)?
    }

    fn set(request: SetRequest) -> Result<(), StateError> {
        attack(|attack| Ok(attack.set(&request.key))).map_err(StateError::Other)?
    }

    fn delete(request: DeleteRequest) -> Result<(), StateError> {
        attack(|attack| Ok(attack.set(&request.key))).map_err(StateError::Other)?
    }
}

impl queriable_state_store::Guest for Attacker {
    fn query(_: QueryRequest) -> Result<Page, StateError> {
        attack(|attack| Ok(attack.query())).map_err(StateError::Other)
    }
}

impl pub_sub::Guest for Attacker {
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        begin(properties)
    }

    fn publish(message: Outgoing) -> Result<(), Error> {
        attack(|attack| attack.publish(message.topic))
    }

    fn subscribe(id: SubscriptionId, _: String, _: Metadata) -> Result<u32, Error> {
        attack(|attack| attack.subscribe(id))
    }

    fn unsubscribe(id: SubscriptionId) {
        // It has no way to fail.
        let _ = attack(|attack| attack.unsubscribe(id));
    }

    fn pull(wanted: Vec<pub_sub::Demand>) -> Result<pub_sub::Pulled, Error> {
        attack(|attack| Ok(attack.pull(&wanted)))
    }

    fn ack(id: SubscriptionId, message_id: String, _: Outcome) {
        let _ = attack(|attack| attack.ack(id, &message_id));
    }
}

impl bulk_publish::Guest for Attacker {
    fn bulk_publish(
        _: String,
        entries: Vec<bulk_publish::Entry>,
        _: Metadata,
    ) -> Result<Vec<bulk_publish::Failure>, Error> {
        attack(|attack| Ok(attack.bulk_publish(entries)))
    }
}

impl input_binding::Guest for Attacker {
    fn init(properties: Metadata) -> Result<(), Error> {
        begin(properties).map(|_| ())
    }

    fn open(id: ReaderId) -> Result<u32, Error> {
        attack(|attack| attack.subscribe(id))
    }

    fn close(id: ReaderId) {
        let _ = attack(|attack| attack.unsubscribe(id));
    }

    fn pull(wanted: Vec<input_binding::Demand>) -> Result<input_binding::Pulled, Error> {
        attack(|attack| Ok(attack.pull_events(&wanted)))
    }

    fn answer(id: ReaderId, event_id: String, _: Result<Vec<u8>, String>) {
        let _ = attack(|attack| attack.ack(id, &event_id));
    }
}

impl output_binding::Guest for Attacker {
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        begin(properties)
    }

    fn invoke(_: Invocation) -> Result<Response, Error> {
        attack(|attack| attack.invoke())
    }
}

impl secret_store::Guest for Attacker {
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        begin(properties)
    }

    fn get(name: String, _: Metadata) -> Result<Secret, Error> {
        attack(|attack| attack.secret(name))
    }
}

impl bulk_secret_store::Guest for Attacker {
    fn bulk_get(_: Metadata) -> Result<Vec<(String, Secret)>, Error> {
        attack(|attack| Ok(vec![("name".to_owned(), attack.secret("name".to_owned())?)]))
    }
}

impl hello::Guest for Attacker {
    fn init(config: Config) -> Result<(), Error> {
        begin(config.properties).map(|_| ())
    }

    fn say_hello(name: String) -> Result<String, Error> {
        attack(|attack| attack.say_hello(name))
    }
}

fn error(message: impl Into<String>) -> Error {
    Error {
        code: Code::InvalidArgument,
        message: message.into(),
    }
}

#[cfg(test)]
mod tests;
