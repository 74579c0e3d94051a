//! The rules of state stores.

mod bulk;
mod etag;
mod first_write;
mod garden;
mod limits;
mod query;
mod query_page;
mod query_refused;
mod single;
mod start;
mod transaction;
mod ttl;
mod values;

use super::{Block, Needs, Part, Rule, Source};

/// The rules of state stores, one list for each part of the protocol.
pub static STATE: &[&[Rule]] = &[
    start::RULES,
    single::RULES,
    values::RULES,
    etag::RULES,
    first_write::RULES,
    ttl::RULES,
    bulk::RULES,
    transaction::RULES,
    query::RULES,
    query_page::RULES,
    query_refused::RULES,
    limits::RULES,
];

const CLIENT: Source = Source::Client("State store");
const CONFORMANCE: Source = Source::Client("State store, as Dapr's conformance tests have it");
const CONNECTIONS: Source = Source::Client("Connections and instances");
const ERRORS: Source = Source::Client("Errors");

const STATE_STORE: &str = "dapr.proto.components.v1.StateStore";
const TRANSACTIONAL: &str = "dapr.proto.components.v1.TransactionalStateStore";
const MULTI_MAX_SIZE: &str = "dapr.proto.components.v1.TransactionalStoreMultiMaxSize";
const QUERIABLE: &str = "dapr.proto.components.v1.QueriableStateStore";

/// Services and features that rules need.
const fn needs(services: &'static [&'static str], features: &'static [&'static str]) -> Needs {
    Needs {
        part: Part::Block(Block::State),
        exports: &[],
        services,
        features,
        own_storage: false,
    }
}

/// Any state store.
const STORE: Needs = needs(&[STATE_STORE], &[]);
/// A store with etags.
const ETAG: Needs = needs(&[STATE_STORE], &["ETAG"]);
/// A store with expiries.
const TTL: Needs = needs(&[STATE_STORE], &["TTL"]);
/// A store with transactions.
const TRANSACT: Needs = needs(&[STATE_STORE, TRANSACTIONAL], &[]);
/// A store with queries.
const QUERY: Needs = needs(&[STATE_STORE, QUERIABLE], &[]);
