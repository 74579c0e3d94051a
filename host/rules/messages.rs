//! The messages that rules send, each in a few words.

use std::collections::HashMap;

use prost_types::Any;
use serde_json::Value;

use crate::proto::dapr::{
    AckMessageError, AckResponseError, BulkMessageEntry, BulkPublishRequest, DeleteRequest, Etag,
    GetRequest, Pagination, PublishRequest, PullMessagesRequest, Query, ReadRequest, SetRequest,
    Sorting, StateOptions, Topic, TransactionalStateOperation,
    sorting::Order,
    state_options::{StateConcurrency, StateConsistency},
    transactional_state_operation,
};

/// Reads a key.
pub fn get(key: &str) -> GetRequest {
    GetRequest {
        key: key.to_owned(),
        ..GetRequest::default()
    }
}

/// Writes a value.
pub fn set(key: &str, value: impl Into<Vec<u8>>) -> SetRequest {
    SetRequest {
        key: key.to_owned(),
        value: value.into(),
        ..SetRequest::default()
    }
}

/// Writes a JSON value, and says that it is one in both ways that clients use.
pub fn set_json(key: &str, value: &Value) -> SetRequest {
    let mut request = set(key, value.to_string()).with("contentType", "application/json");
    request.content_type = "application/json".to_owned();
    request
}

/// Deletes a key.
pub fn delete(key: &str) -> DeleteRequest {
    DeleteRequest {
        key: key.to_owned(),
        ..DeleteRequest::default()
    }
}

/// What can be asked of a write besides writing.
pub trait Write: Sized {
    fn etag_mut(&mut self) -> &mut Option<Etag>;
    fn options_mut(&mut self) -> &mut Option<StateOptions>;
    fn metadata_mut(&mut self) -> &mut HashMap<String, String>;

    /// Only if the item's etag is this one.
    fn if_etag(mut self, etag: &str) -> Self {
        let value = etag.to_owned();
        *self.etag_mut() = Some(Etag { value });
        self
    }

    /// The first writer wins.
    fn first_write(self) -> Self {
        self.options(
            StateConcurrency::ConcurrencyFirstWrite,
            StateConsistency::ConsistencyStrong,
        )
    }

    /// The last writer wins.
    fn last_write(self) -> Self {
        self.options(
            StateConcurrency::ConcurrencyLastWrite,
            StateConsistency::ConsistencyUnspecified,
        )
    }

    fn options(mut self, concurrency: StateConcurrency, consistency: StateConsistency) -> Self {
        *self.options_mut() = Some(StateOptions {
            concurrency: concurrency.into(),
            consistency: consistency.into(),
        });
        self
    }

    /// Lives for so many seconds, or for whatever the text says.
    fn ttl(self, seconds: &str) -> Self {
        self.with("ttlInSeconds", seconds)
    }

    /// Carries an entry of metadata.
    fn with(mut self, name: &str, value: &str) -> Self {
        self.metadata_mut()
            .insert(name.to_owned(), value.to_owned());
        self
    }
}

macro_rules! write {
    ($message:ty, $operation:ident) => {
        impl Write for $message {
            fn etag_mut(&mut self) -> &mut Option<Etag> {
                &mut self.etag
            }
            fn options_mut(&mut self) -> &mut Option<StateOptions> {
                &mut self.options
            }
            fn metadata_mut(&mut self) -> &mut HashMap<String, String> {
                &mut self.metadata
            }
        }

        impl From<$message> for TransactionalStateOperation {
            fn from(message: $message) -> Self {
                let request = transactional_state_operation::Request::$operation(message);
                Self {
                    request: Some(request),
                }
            }
        }
    };
}

write!(SetRequest, Set);
write!(DeleteRequest, Delete);

/// A query with one operator at the top, its operand as JSON.
pub fn query(operator: &str, operand: &Value) -> Query {
    query_text(&[(operator, &operand.to_string())])
}

/// A query with whatever text, well-formed or not, under each operator at the top.
pub fn query_text(filter: &[(&str, &str)]) -> Query {
    let operand = |text: &str| Any {
        type_url: String::new(),
        value: text.as_bytes().to_vec(),
    };
    Query {
        filter: filter
            .iter()
            .map(|(operator, text)| ((*operator).to_owned(), operand(text)))
            .collect(),
        sort: Vec::new(),
        pagination: None,
    }
}

/// What can be asked of a query besides its filter.
pub trait Shape: Sized {
    /// Sorts by a path, after the paths that came before.
    fn sort(self, path: &str, order: Order) -> Self;
    /// One page of at most so many items, the one that the token stands for.
    fn page(self, limit: i64, token: &str) -> Self;
}

impl Shape for Query {
    fn sort(mut self, path: &str, order: Order) -> Self {
        self.sort.push(Sorting {
            key: path.to_owned(),
            order: order.into(),
        });
        self
    }

    fn page(mut self, limit: i64, token: &str) -> Self {
        self.pagination = Some(Pagination {
            limit,
            token: token.to_owned(),
        });
        self
    }
}

/// Subscribes to a topic: the first frame of a stream.
pub fn subscribe(topic: &str) -> PullMessagesRequest {
    PullMessagesRequest {
        topic: Some(Topic {
            name: topic.to_owned(),
            metadata: HashMap::new(),
        }),
        ..PullMessagesRequest::default()
    }
}

/// Takes a message.
pub fn accept(message: &str) -> PullMessagesRequest {
    PullMessagesRequest {
        ack_message_id: message.to_owned(),
        ..PullMessagesRequest::default()
    }
}

/// Fails a message.
pub fn fail(message: &str) -> PullMessagesRequest {
    PullMessagesRequest {
        ack_error: Some(AckMessageError {
            message: "the rule fails it".to_owned(),
        }),
        ..accept(message)
    }
}

/// Publishes a message.
pub fn publish(topic: &str, data: impl Into<Vec<u8>>) -> PublishRequest {
    PublishRequest {
        data: data.into(),
        topic: topic.to_owned(),
        ..PublishRequest::default()
    }
}

/// Publishes many messages; each one's id is its place.
pub fn bulk_publish(topic: &str, data: &[&str]) -> BulkPublishRequest {
    let entry = |(place, data): (usize, &&str)| BulkMessageEntry {
        entry_id: place.to_string(),
        event: data.as_bytes().to_vec(),
        ..BulkMessageEntry::default()
    };
    BulkPublishRequest {
        entries: data.iter().enumerate().map(entry).collect(),
        topic: topic.to_owned(),
        ..BulkPublishRequest::default()
    }
}

/// Answers an event of an input binding.
pub fn answer(event: &str) -> ReadRequest {
    ReadRequest {
        message_id: event.to_owned(),
        ..ReadRequest::default()
    }
}

/// Answers an event of an input binding with an error.
pub fn answer_error(event: &str) -> ReadRequest {
    ReadRequest {
        response_error: Some(AckResponseError {
            message: "the rule fails it".to_owned(),
        }),
        ..answer(event)
    }
}
