//! Calls of imports, as JSON: what they are made with, and what came of them.

use serde::Deserialize;

use crate::bindings::dapr::app::invocation_types::Request;
use crate::bindings::dapr::client::bindings::Invocation;
use crate::bindings::dapr::client::publish::{Entry, Message};
use crate::bindings::dapr::client::state::Operation;
use crate::bindings::dapr::client::{bindings, invoke, publish, secrets, state};
use crate::bindings::dapr::components::state_types::{DeleteRequest, GetRequest, SetRequest};
use crate::bindings::dapr::components::status_types::Status;
use crate::bindings::dapr::components::types::Metadata;
use crate::json;

/// A call, like `{"secret": {"store": "vault", "name": "db-password", "metadata": []}}`.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Call {
    Get {
        store: String,
        request: GetRequest,
    },
    BulkGet {
        store: String,
        keys: Vec<String>,
        parallelism: Option<u32>,
        metadata: Metadata,
    },
    Save {
        store: String,
        items: Vec<SetRequest>,
    },
    Delete {
        store: String,
        items: Vec<DeleteRequest>,
    },
    Transact {
        store: String,
        operations: Vec<Operation>,
        metadata: Metadata,
    },
    Query {
        store: String,
        query: String,
        metadata: Metadata,
    },
    Publish {
        pubsub: String,
        topic: String,
        message: Message,
    },
    BulkPublish {
        pubsub: String,
        topic: String,
        entries: Vec<Entry>,
        metadata: Metadata,
    },
    Invoke {
        app: String,
        request: Request,
    },
    Binding {
        binding: String,
        request: Invocation,
    },
    Secret {
        store: String,
        name: String,
        metadata: Metadata,
    },
    BulkSecrets {
        store: String,
        metadata: Metadata,
    },
}

impl Call {
    /// The result as JSON.
    pub fn make(self) -> Result<Vec<u8>, Status> {
        match self {
            Self::Get { store, request } => json(&state::get(&store, &request)),
            Self::BulkGet {
                store,
                keys,
                parallelism,
                metadata,
            } => json(&state::bulk_get(&store, &keys, parallelism, &metadata)),
            Self::Save { store, items } => json(&state::save(&store, &items)),
            Self::Delete { store, items } => json(&state::delete(&store, &items)),
            Self::Transact {
                store,
                operations,
                metadata,
            } => json(&state::transact(&store, &operations, &metadata)),
            Self::Query {
                store,
                query,
                metadata,
            } => json(&state::query(&store, &query, &metadata)),
            Self::Publish {
                pubsub,
                topic,
                message,
            } => json(&publish::publish(&pubsub, &topic, &message)),
            Self::BulkPublish {
                pubsub,
                topic,
                entries,
                metadata,
            } => json(&publish::bulk_publish(&pubsub, &topic, &entries, &metadata)),
            Self::Invoke { app, request } => json(&invoke::invoke(&app, &request)),
            Self::Binding { binding, request } => json(&bindings::invoke(&binding, &request)),
            Self::Secret {
                store,
                name,
                metadata,
            } => json(&secrets::get(&store, &name, &metadata)),
            Self::BulkSecrets { store, metadata } => json(&secrets::bulk_get(&store, &metadata)),
        }
    }
}
