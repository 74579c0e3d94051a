//! The state store's messages, from protobuf to WIT and back.

use super::super::{map, metadata, text};
use crate::{
    engine::state::{
        Concurrency, Consistency, DeleteRequest, GetRequest, Item, SetRequest, query::Found,
        transaction::Operation,
    },
    proto::dapr::{
        self as proto,
        state_options::{StateConcurrency, StateConsistency},
        transactional_state_operation::Request as Step,
    },
};
use tonic::Status;

/// Which key, and how it is to be read.
pub fn get_request(request: proto::GetRequest) -> GetRequest {
    GetRequest {
        consistency: consistency(request.consistency()),
        key: request.key,
        metadata: metadata(request.metadata),
    }
}

/// An item to store, and on what conditions.
pub fn set_request(request: proto::SetRequest) -> SetRequest {
    let options = request.options.unwrap_or_default();
    SetRequest {
        key: request.key,
        value: request.value,
        content_type: text(request.content_type),
        etag: etag(request.etag),
        concurrency: concurrency(options.concurrency()),
        consistency: consistency(options.consistency()),
        metadata: metadata(request.metadata),
    }
}

/// Which key is to go, and on what conditions.
pub fn delete_request(request: proto::DeleteRequest) -> DeleteRequest {
    let options = request.options.unwrap_or_default();
    DeleteRequest {
        key: request.key,
        etag: etag(request.etag),
        concurrency: concurrency(options.concurrency()),
        consistency: consistency(options.consistency()),
        metadata: metadata(request.metadata),
    }
}

/// # Errors
/// When the operation is neither a set nor a delete.
pub fn operation(operation: proto::TransactionalStateOperation) -> Result<Operation, Status> {
    match operation.request {
        Some(Step::Set(request)) => Ok(Operation::Set(set_request(request))),
        Some(Step::Delete(request)) => Ok(Operation::Delete(delete_request(request))),
        None => Err(Status::invalid_argument(
            "an operation of the transaction is neither a set nor a delete",
        )),
    }
}

/// A missing key is an answer without data and etag.
pub fn get_response(item: Option<Item>) -> proto::GetResponse {
    item.map_or_else(Default::default, |item| proto::GetResponse {
        data: item.value,
        etag: proto_etag(item.etag),
        metadata: map(item.metadata),
        content_type: item.content_type.unwrap_or_default(),
    })
}

/// A missing key is an item without data, etag and error.
pub fn bulk_item(key: String, found: Result<Option<Item>, String>) -> proto::BulkStateItem {
    match found {
        Ok(Some(item)) => proto::BulkStateItem {
            key,
            data: item.value,
            etag: proto_etag(item.etag),
            error: String::new(),
            metadata: map(item.metadata),
            content_type: item.content_type.unwrap_or_default(),
        },
        Ok(None) => proto::BulkStateItem {
            key,
            ..Default::default()
        },
        Err(error) => proto::BulkStateItem {
            key,
            error: match error.is_empty() {
                true => "the guest failed to read this key and does not say why".to_owned(),
                false => error,
            },
            ..Default::default()
        },
    }
}

/// One of the items that a query has found.
pub fn found(found: Found) -> proto::QueryItem {
    proto::QueryItem {
        key: found.key,
        data: found.value,
        etag: proto_etag(found.etag),
        error: String::new(),
        content_type: found.content_type.unwrap_or_default(),
    }
}

/// An etag that is there and empty is no etag.
fn etag(etag: Option<proto::Etag>) -> Option<String> {
    etag.and_then(|etag| text(etag.value))
}

fn proto_etag(etag: Option<String>) -> Option<proto::Etag> {
    etag.and_then(text).map(|value| proto::Etag { value })
}

fn concurrency(concurrency: StateConcurrency) -> Concurrency {
    match concurrency {
        StateConcurrency::ConcurrencyUnspecified => Concurrency::Unspecified,
        StateConcurrency::ConcurrencyFirstWrite => Concurrency::FirstWrite,
        StateConcurrency::ConcurrencyLastWrite => Concurrency::LastWrite,
    }
}

fn consistency(consistency: StateConsistency) -> Consistency {
    match consistency {
        StateConsistency::ConsistencyUnspecified => Consistency::Unspecified,
        StateConsistency::ConsistencyEventual => Consistency::Eventual,
        StateConsistency::ConsistencyStrong => Consistency::Strong,
    }
}
