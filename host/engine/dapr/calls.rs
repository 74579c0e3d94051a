//! The calls that guests make of Dapr: what each needs granted, and daprd's answer.
//!
//! While daprd has not answered, the guest's fiber is suspended, and the task that runs the call waits as it does for any other
//! reason: other guests go on.

use super::{
    grant::{Class, Part, is_plain_method},
    permits::{Asked, senseless},
};
use crate::engine::{
    app::invocation::{Request, Response},
    client::{
        Error,
        bindings::{self, Invocation},
        invoke,
        publish::{self, Entry, Failure, Message},
        secrets::{self, Secret},
        state::{self, Operation, Page},
    },
    guest::State,
    state::{DeleteRequest, GetRequest, Item, SetRequest},
    types::Metadata,
};

impl State {
    fn permit<'a>(
        &self,
        class: Class,
        doing: &'static str,
        name: &str,
        parts: impl IntoIterator<Item = Part<'a>>,
    ) -> Result<(), Error> {
        self.permits().permit(Asked { class, doing, name }, parts)
    }
}

/// The key that a step of a transaction is about.
fn key(operation: &Operation) -> &str {
    match operation {
        Operation::Set(request) => &request.key,
        Operation::Delete(request) => &request.key,
    }
}

impl state::Host for State {
    async fn get(&mut self, store: String, request: GetRequest) -> Result<Option<Item>, Error> {
        let part = Part::One(&request.key);
        self.permit(Class::State, "reading from", &store, [part])?;
        let (dapr, call) = self.sidecar();
        dapr.get_state(call, store, request).await
    }

    async fn bulk_get(
        &mut self,
        store: String,
        keys: Vec<String>,
        parallelism: Option<u32>,
        metadata: Metadata,
    ) -> Result<Vec<Result<Option<Item>, String>>, Error> {
        let parts = keys.iter().map(|key| Part::One(key));
        self.permit(Class::State, "reading from", &store, parts)?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let (dapr, call) = self.sidecar();
        dapr.bulk_get_state(call, store, keys, parallelism, metadata)
            .await
    }

    async fn save(&mut self, store: String, items: Vec<SetRequest>) -> Result<(), Error> {
        let parts = items.iter().map(|item| Part::One(&item.key));
        self.permit(Class::State, "saving to", &store, parts)?;
        if items.is_empty() {
            return Ok(());
        }
        let (dapr, call) = self.sidecar();
        dapr.save_state(call, store, items).await
    }

    async fn delete(&mut self, store: String, items: Vec<DeleteRequest>) -> Result<(), Error> {
        let parts = items.iter().map(|item| Part::One(&item.key));
        self.permit(Class::State, "deleting from", &store, parts)?;
        if items.is_empty() {
            return Ok(());
        }
        let (dapr, call) = self.sidecar();
        dapr.delete_state(call, store, items).await
    }

    async fn transact(
        &mut self,
        store: String,
        operations: Vec<Operation>,
        metadata: Metadata,
    ) -> Result<(), Error> {
        let parts = operations.iter().map(|operation| Part::One(key(operation)));
        self.permit(Class::State, "a transaction in", &store, parts)?;
        if operations.is_empty() {
            return Ok(());
        }
        let (dapr, call) = self.sidecar();
        dapr.transact(call, store, operations, metadata).await
    }

    async fn query(
        &mut self,
        store: String,
        query: String,
        metadata: Metadata,
    ) -> Result<Page, Error> {
        self.permit(Class::State, "a query of", &store, [Part::All])?;
        let (dapr, call) = self.sidecar();
        dapr.query_state(call, store, query, metadata).await
    }
}

impl publish::Host for State {
    async fn publish(
        &mut self,
        pubsub: String,
        topic: String,
        message: Message,
    ) -> Result<(), Error> {
        let part = Part::One(&topic);
        self.permit(Class::Publish, "publishing to", &pubsub, [part])?;
        let (dapr, call) = self.sidecar();
        dapr.publish(call, pubsub, topic, message).await
    }

    async fn bulk_publish(
        &mut self,
        pubsub: String,
        topic: String,
        entries: Vec<Entry>,
        metadata: Metadata,
    ) -> Result<Vec<Failure>, Error> {
        let part = Part::One(&topic);
        self.permit(Class::Publish, "publishing to", &pubsub, [part])?;
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let (dapr, call) = self.sidecar();
        dapr.bulk_publish(call, pubsub, topic, entries, metadata)
            .await
    }
}

impl invoke::Host for State {
    async fn invoke(&mut self, app: String, request: Request) -> Result<Response, Error> {
        if !is_plain_method(&request.method) {
            return Err(senseless(
                "the method is no plain name or path: it is empty, or has an empty segment, '.', '..', '%', '?', '#', '\\' or a control character".to_owned(),
            ));
        }
        let part = Part::One(&request.method);
        self.permit(Class::Invoke, "calling", &app, [part])?;
        let (dapr, call) = self.sidecar();
        dapr.invoke(call, app, request).await
    }
}

impl bindings::Host for State {
    async fn invoke(
        &mut self,
        binding: String,
        request: Invocation,
    ) -> Result<bindings::Response, Error> {
        let part = Part::One(&request.operation);
        self.permit(Class::Binding, "calling", &binding, [part])?;
        let (dapr, call) = self.sidecar();
        dapr.invoke_binding(call, binding, request).await
    }
}

impl secrets::Host for State {
    async fn get(
        &mut self,
        store: String,
        name: String,
        metadata: Metadata,
    ) -> Result<Secret, Error> {
        let part = Part::One(&name);
        self.permit(Class::Secret, "reading", &store, [part])?;
        let (dapr, call) = self.sidecar();
        dapr.get_secret(call, store, name, metadata).await
    }

    async fn bulk_get(
        &mut self,
        store: String,
        metadata: Metadata,
    ) -> Result<Vec<(String, Secret)>, Error> {
        self.permit(Class::Secret, "reading", &store, [Part::All])?;
        let (dapr, call) = self.sidecar();
        dapr.get_bulk_secret(call, store, metadata).await
    }
}
