//! State stores behind daprd: WIT to protobuf and back.

use super::{Call, Sidecar, failure::Failed};
use crate::{
    engine::{
        client::{
            Error,
            state::{Found, Operation, Page},
        },
        state::{Concurrency, Consistency, DeleteRequest, GetRequest, Item, SetRequest},
        types::Metadata,
    },
    proto::{
        common::v1::{
            Etag, StateItem, StateOptions,
            state_options::{StateConcurrency, StateConsistency},
        },
        runtime::v1::{self as proto, TransactionalStateOperation},
    },
    services::{map, metadata, text},
};
use prost::Message;
use std::collections::HashMap;

/// The name that an item's content type has among its metadata.
/// Source: daprd, which knows no other place for it.
const CONTENT_TYPE: &str = "contentType";

impl Sidecar {
    /// The item under a key.
    ///
    /// # Errors
    /// Daprd's, or why there is no answer. The same holds for all that follow.
    pub async fn get_state(
        &self,
        call: Call,
        store: String,
        request: GetRequest,
    ) -> Result<Option<Item>, Error> {
        let message = proto::GetStateRequest {
            store_name: store,
            key: request.key,
            consistency: consistency(request.consistency).into(),
            metadata: map(request.metadata),
        };
        let answer = ask!(self, call, get_state, message).await?.into_inner();
        Ok(item(answer.data, answer.etag, answer.metadata))
    }

    /// The items under keys, in the order of the keys.
    pub async fn bulk_get_state(
        &self,
        call: Call,
        store: String,
        keys: Vec<String>,
        parallelism: Option<u32>,
        metadata: Metadata,
    ) -> Result<Vec<Result<Option<Item>, String>>, Error> {
        let message = proto::GetBulkStateRequest {
            store_name: store,
            keys: keys.clone(),
            parallelism: parallelism.map_or(0, |count| count.try_into().unwrap_or(i32::MAX)),
            metadata: map(metadata),
        };
        let answer = ask!(self, call.clone(), get_bulk_state, message).await?;
        let items = answer.into_inner().items;
        in_order(&keys, items, call.most).ok_or_else(|| self.told(&call, &Failed::TooLarge))
    }

    /// Writes items.
    pub async fn save_state(
        &self,
        call: Call,
        store: String,
        items: Vec<SetRequest>,
    ) -> Result<(), Error> {
        let message = proto::SaveStateRequest {
            store_name: store,
            states: items.into_iter().map(written).collect(),
        };
        ask!(self, call, save_state, message).await?;
        Ok(())
    }

    /// Deletes items.
    pub async fn delete_state(
        &self,
        call: Call,
        store: String,
        items: Vec<DeleteRequest>,
    ) -> Result<(), Error> {
        match <[DeleteRequest; 1]>::try_from(items) {
            Ok([item]) => {
                let message = proto::DeleteStateRequest {
                    store_name: store,
                    key: item.key,
                    etag: etag(item.etag),
                    options: options(item.concurrency, item.consistency),
                    metadata: map(item.metadata),
                };
                ask!(self, call, delete_state, message).await?;
            }
            Err(items) => {
                let message = proto::DeleteBulkStateRequest {
                    store_name: store,
                    states: items.into_iter().map(deleted).collect(),
                };
                ask!(self, call, delete_bulk_state, message).await?;
            }
        }
        Ok(())
    }

    /// Does all of the operations, or none.
    pub async fn transact(
        &self,
        call: Call,
        store: String,
        operations: Vec<Operation>,
        metadata: Metadata,
    ) -> Result<(), Error> {
        let operations = operations.into_iter().map(|operation| {
            let (name, item) = match operation {
                Operation::Set(request) => ("upsert", written(request)),
                Operation::Delete(request) => ("delete", deleted(request)),
            };
            TransactionalStateOperation {
                operation_type: name.to_owned(),
                request: Some(item),
            }
        });
        let message = proto::ExecuteStateTransactionRequest {
            store_name: store,
            operations: operations.collect(),
            metadata: map(metadata),
        };
        ask!(self, call, execute_state_transaction, message).await?;
        Ok(())
    }

    /// The items that a query finds.
    pub async fn query_state(
        &self,
        call: Call,
        store: String,
        query: String,
        about: Metadata,
    ) -> Result<Page, Error> {
        let message = proto::QueryStateRequest {
            store_name: store,
            query,
            metadata: map(about),
        };
        let answer = ask!(self, call, query_state_alpha1, message).await?;
        let page = answer.into_inner();
        Ok(Page {
            items: page.results.into_iter().map(found).collect(),
            token: text(page.token),
            metadata: metadata(page.metadata),
        })
    }
}

/// daprd answers in whatever order, and may leave out what is not there. A key may be asked for several times; none when the copies
/// have more bytes than there may be.
fn in_order(
    keys: &[String],
    items: Vec<proto::BulkStateItem>,
    most: usize,
) -> Option<Vec<Result<Option<Item>, String>>> {
    let items = items.into_iter().map(|item| (item.key.clone(), item));
    let mut items: HashMap<String, _> = items.collect();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for key in keys {
        *uses.entry(key).or_default() += 1;
    }
    let mut room = most;
    let answers = keys.iter().map(|key| {
        let left = uses.get_mut(key.as_str());
        let again = left.is_some_and(|left| {
            *left -= 1;
            *left > 0
        });
        let item = match again {
            true => items.get(key).map(|item| {
                room = room.checked_sub(item.encoded_len())?;
                Some(item.clone())
            }),
            false => items.remove(key).map(Some),
        };
        match item {
            None => Some(Ok(None)),
            Some(item) => item.map(answer),
        }
    });
    answers.collect()
}

fn answer(item: proto::BulkStateItem) -> Result<Option<Item>, String> {
    match text(item.error) {
        Some(error) => Err(error),
        None => Ok(self::item(item.data, item.etag, item.metadata)),
    }
}

fn item(value: Vec<u8>, etag: String, mut about: HashMap<String, String>) -> Option<Item> {
    let etag = text(etag);
    if value.is_empty() && etag.is_none() {
        return None;
    }
    Some(Item {
        value,
        etag,
        content_type: about.remove(CONTENT_TYPE).and_then(text),
        metadata: metadata(about),
    })
}

fn found(item: proto::QueryStateItem) -> Found {
    Found {
        key: item.key,
        value: match text(item.error) {
            Some(error) => Err(error),
            None => Ok(item.data),
        },
        etag: text(item.etag),
    }
}

fn written(request: SetRequest) -> StateItem {
    let mut metadata = map(request.metadata);
    if let Some(content_type) = request.content_type {
        let place = metadata.entry(CONTENT_TYPE.to_owned());
        place.or_insert(content_type);
    }
    StateItem {
        key: request.key,
        value: request.value,
        etag: etag(request.etag),
        metadata,
        options: options(request.concurrency, request.consistency),
    }
}

fn deleted(request: DeleteRequest) -> StateItem {
    StateItem {
        key: request.key,
        value: Vec::new(),
        etag: etag(request.etag),
        metadata: map(request.metadata),
        options: options(request.concurrency, request.consistency),
    }
}

fn etag(etag: Option<String>) -> Option<Etag> {
    etag.and_then(text).map(|value| Etag { value })
}

fn options(concurrency: Concurrency, consistency: Consistency) -> Option<StateOptions> {
    let concurrency = match concurrency {
        Concurrency::Unspecified => StateConcurrency::ConcurrencyUnspecified,
        Concurrency::FirstWrite => StateConcurrency::ConcurrencyFirstWrite,
        Concurrency::LastWrite => StateConcurrency::ConcurrencyLastWrite,
    };
    Some(StateOptions {
        concurrency: concurrency.into(),
        consistency: self::consistency(consistency).into(),
    })
}

fn consistency(consistency: Consistency) -> StateConsistency {
    match consistency {
        Consistency::Unspecified => StateConsistency::ConsistencyUnspecified,
        Consistency::Eventual => StateConsistency::ConsistencyEventual,
        Consistency::Strong => StateConsistency::ConsistencyStrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulk_item(key: &str, data: &str, etag: &str, error: &str) -> proto::BulkStateItem {
        proto::BulkStateItem {
            key: key.to_owned(),
            data: data.into(),
            etag: etag.to_owned(),
            error: error.to_owned(),
            metadata: HashMap::new(),
        }
    }

    #[test]
    fn each_key_has_its_answer_at_its_own_place() {
        let keys = ["a", "b", "c", "a", "d"].map(str::to_owned);
        let items = vec![
            bulk_item("d", "", "", "the disk is full"),
            bulk_item("b", "", "7", ""),
            bulk_item("x", "nobody asked", "1", ""),
            bulk_item("a", "of a", "", ""),
        ];
        let copied = items[3].encoded_len();
        assert!(in_order(&keys, items.clone(), copied - 1).is_none());
        let answers: Vec<_> = in_order(&keys, items, copied)
            .unwrap()
            .into_iter()
            .map(|answer| answer.map(|item| item.map(|item| (item.value, item.etag))))
            .collect();
        let a = Ok(Some((b"of a".to_vec(), None)));
        let b = Ok(Some((Vec::new(), Some("7".to_owned()))));
        let d = Err("the disk is full".to_owned());
        assert_eq!(answers, [a.clone(), b, Ok(None), a, d]);
    }

    #[test]
    fn a_content_type_goes_and_comes_among_the_metadata() {
        let request = |content_type: Option<&str>, metadata: &[(&str, &str)]| SetRequest {
            key: "a".to_owned(),
            value: b"{}".to_vec(),
            content_type: content_type.map(str::to_owned),
            etag: Some(String::new()),
            concurrency: Concurrency::FirstWrite,
            consistency: Consistency::Strong,
            metadata: metadata
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect(),
        };
        let written = |content_type, metadata| written(request(content_type, metadata));
        let sent = written(Some("application/json"), &[("ttlInSeconds", "1")]);
        assert_eq!(sent.metadata["contentType"], "application/json");
        assert_eq!(sent.metadata["ttlInSeconds"], "1");
        assert_eq!(sent.etag, None, "an empty etag is none");
        let own = written(Some("application/json"), &[("contentType", "text/plain")]);
        assert_eq!(own.metadata["contentType"], "text/plain");
        let item = item(sent.value, String::new(), sent.metadata).unwrap();
        assert_eq!(item.content_type.as_deref(), Some("application/json"));
        assert_eq!(item.metadata, [("ttlInSeconds".to_owned(), "1".to_owned())]);
    }
}
