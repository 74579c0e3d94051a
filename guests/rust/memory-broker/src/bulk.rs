//! Many messages at once: what can be published is.

use std::collections::HashMap;

use crate::bindings::dapr::components::types::{Error, Metadata};
use crate::bindings::exports::dapr::components::bulk_publish::{Entry, Failure};
use crate::bindings::exports::dapr::components::pub_sub::Outgoing;
use crate::broker::Broker;
use crate::{settings, topic};

/// Publishes the entries in their order, as far as each can be, and answers one failure for each that cannot.
pub fn publish(
    broker: &mut Broker,
    topic: &str,
    entries: Vec<Entry>,
    metadata: Metadata,
) -> Result<Vec<Failure>, Error> {
    topic::check(topic)?;
    settings::life(&metadata)?;
    // An answer could not say which of several entries with one id it means, so none of them is published.
    let mut ids: HashMap<String, usize> = HashMap::new();
    for entry in &entries {
        *ids.entry(entry.entry_id.clone()).or_default() += 1;
    }
    let mut failures = Vec::new();
    for entry in entries {
        let outcome = match ids.get(&entry.entry_id) {
            _ if entry.entry_id.is_empty() => Err("the entry has no id".to_owned()),
            Some(2..) => Err("several entries have this id".to_owned()),
            _ => broker
                .publish(Outgoing {
                    topic: topic.to_owned(),
                    data: entry.data,
                    content_type: entry.content_type,
                    metadata: joined(entry.metadata, &metadata),
                })
                .map_err(|error| error.message),
        };
        if let Err(reason) = outcome {
            failures.push(Failure {
                entry_id: entry.entry_id,
                reason,
            });
        }
    }
    Ok(failures)
}

/// An entry's metadata, and of the request's what the entry does not say itself.
fn joined(mut own: Metadata, request: &Metadata) -> Metadata {
    for (name, value) in request {
        if own.iter().all(|(known, _)| known != name) {
            own.push((name.clone(), value.clone()));
        }
    }
    own
}
