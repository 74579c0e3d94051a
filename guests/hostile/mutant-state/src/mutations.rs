//! What the mistakes make of requests, items and answers that go through them.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::bindings::dapr::components::state_types::{
    Concurrency, Consistency, GetRequest, Item, SetRequest, StateError,
};
use crate::bindings::dapr::components::types::{Code, Metadata};
use crate::bindings::exports::dapr::components::queriable_state_store::{
    Compare, Comparison, Node, Page, QueryRequest, SortKey, Value,
};
use crate::bindings::exports::dapr::components::transactional_state_store::Operation;
use crate::mutation::is;
use crate::store::Store;
use crate::{invalid_argument, other};

const TTL: &str = "ttlInSeconds";

pub fn key(key: String) -> String {
    if is("keys-in-small-letters") {
        return key.to_lowercase();
    }
    if is("keys-cut-at-bars") {
        return key.rsplit("||").next().unwrap_or_default().to_owned();
    }
    key
}

/// What is read.
pub fn item(mut item: Item) -> Item {
    if is("etag-left-out") {
        item.etag = None;
    }
    if is("etag-never-changes") {
        item.etag = Some("1".to_owned());
    }
    if is("etag-of-before") {
        let before = |etag: String| etag.parse::<u128>().map_or(etag, |it| (it - 1).to_string());
        item.etag = item.etag.map(before);
    }
    if is("value-ends-at-zero") {
        let end = item.value.iter().position(|byte| *byte == 0);
        item.value.truncate(end.unwrap_or(item.value.len()));
    }
    if is("value-is-text") {
        item.value = String::from_utf8_lossy(&item.value).into_owned().into();
    }
    if is("value-is-trimmed") {
        item.value = item.value.trim_ascii().to_vec();
    }
    if is("value-of-64-kib") {
        item.value.truncate(1 << 16);
    }
    if is("content-type-made-up") {
        item.content_type = Some("text/html".to_owned());
    }
    if is("expiry-hidden") {
        item.metadata.clear();
    }
    for (_, expiry) in &mut item.metadata {
        if is("expiry-in-words") {
            *expiry = "soon".to_owned();
        }
    }
    if is("expiry-for-all") && item.metadata.is_empty() {
        let never = "9999-12-31T23:59:59Z".to_owned();
        item.metadata.push(("ttlExpireTime".to_owned(), never));
    }
    item
}

/// What is not written, and why.
pub fn check(request: &SetRequest) -> Result<(), StateError> {
    let refused = |what: &str| Err(invalid_argument(format!("the store cannot have {what}")));
    let unknown = |(name, _): &(String, String)| name == "noSuchOption";
    if is("keys-of-ascii-only") && !request.key.is_ascii() {
        return refused("a key that is not ASCII");
    }
    if is("keys-of-one-bar-only") && request.key.matches("||").count() > 1 {
        return refused("a key with more bars");
    }
    if is("metadata-refused") && request.metadata.iter().any(unknown) {
        return refused("an option of that name");
    }
    if is("consistency-refused") && request.consistency == Consistency::Eventual {
        return refused("eventual consistency");
    }
    Ok(())
}

/// What is written; nothing where that is the mistake.
pub fn set(store: &Store, mut request: SetRequest) -> Option<SetRequest> {
    request.key = key(request.key);
    if is("set-ignored") || is("second-set-ignored") && store.get(&request.key).is_some() {
        return None;
    }
    if is("first-write-ignored") {
        request.concurrency = Concurrency::Unspecified;
    }
    if is("etag-ignored-by-set") {
        request.etag = None;
    }
    if is("etag-ignored-by-last-write") && request.concurrency == Concurrency::LastWrite {
        request.etag = None;
    }
    ttl(&request.key, &mut request.metadata);
    Some(request)
}

fn ttl(key: &str, metadata: &mut Metadata) {
    thread_local! {
        static ASKED: RefCell<HashMap<String, String>> = RefCell::default();
    }
    if is("ttl-ignored") {
        metadata.retain(|(name, _)| name != TTL);
    }
    if is("ttl-of-any-text") {
        metadata.retain(|(name, value)| name != TTL || value.parse::<i64>().is_ok());
    }
    let asked = metadata.iter().find(|(name, _)| name == TTL);
    let asked = asked.map(|(_, value)| value.clone());
    let before = ASKED.with_borrow(|all| all.get(key).cloned());
    match (asked.as_deref(), before) {
        (None, Some(before)) if is("ttl-stays") => metadata.push((TTL.to_owned(), before)),
        (Some("-1"), Some(before)) if is("ttl-stays-at-minus-one") => {
            metadata.retain(|(name, _)| name != TTL);
            metadata.push((TTL.to_owned(), before));
        }
        (Some(now), None) => {
            ASKED.with_borrow_mut(|all| all.insert(key.to_owned(), now.to_owned()));
        }
        (Some(_), Some(before)) if is("ttl-never-renewed") => {
            metadata.retain(|(name, _)| name != TTL);
            metadata.push((TTL.to_owned(), before));
        }
        _ => {}
    }
}

/// How a mismatch is told.
pub fn mismatch(error: StateError) -> StateError {
    match error {
        StateError::EtagMismatch(why) if is("mismatch-is-aborted") => other(Code::Aborted, why),
        StateError::EtagMismatch(why) if is("mismatch-is-invalid") => StateError::EtagInvalid(why),
        error => error,
    }
}

/// What a bulk call reads.
pub fn bulk_found(requests: &[GetRequest], mut found: Vec<Option<Item>>) -> Vec<Option<Item>> {
    if is("bulk-get-without-missing") {
        found.retain(Option::is_some);
    }
    if is("bulk-get-reversed") {
        found.reverse();
    }
    if is("bulk-get-each-key-once") {
        let keys: Vec<&str> = requests.iter().map(|it| &*it.key).collect();
        let mut place = 0;
        found.retain(|_| {
            let (before, rest) = keys.split_at(place);
            place += 1;
            rest.first().is_some_and(|key| !before.contains(key))
        });
    }
    if is("bulk-get-without-etags") {
        found.iter_mut().flatten().for_each(|item| item.etag = None);
    }
    if is("bulk-get-without-expiry") {
        let items = found.iter_mut().flatten();
        items.for_each(|item| item.metadata.clear());
    }
    found
}

/// What a transaction does.
pub fn operations(mut operations: Vec<Operation>) -> Vec<Operation> {
    if is("transact-backwards") {
        operations.reverse();
    }
    if is("transact-without-deletes") {
        operations.retain(|it| matches!(it, Operation::Set(_)));
    }
    for operation in &mut operations {
        match operation {
            Operation::Set(request) => {
                if is("transact-without-etags") {
                    request.etag = None;
                }
                if is("transact-without-first-write") {
                    request.concurrency = Concurrency::Unspecified;
                }
                if is("transact-without-ttl") {
                    request.metadata.clear();
                }
            }
            Operation::Delete(request) if is("transact-without-etags") => request.etag = None,
            Operation::Delete(_) => {}
        }
    }
    operations
}

/// What is looked for.
pub fn query(mut request: QueryRequest) -> QueryRequest {
    let foreign = |token: &String| !token.starts_with('{');
    if is("query-begins-again")
        || is("query-takes-any-token") && request.token.as_ref().is_some_and(foreign)
    {
        request.token = None;
    }
    if is("query-without-limit") {
        request.limit = None;
    }
    if is("query-without-filter") {
        request.filter.clear();
    }
    if is("query-without-order") {
        request.sort.clear();
    }
    if is("query-by-first-key-only") {
        request.sort.truncate(1);
    }
    if is("query-never-descending") || is("query-descending-is-backwards") {
        request
            .sort
            .iter_mut()
            .for_each(|key| key.descending = false);
    }
    if is("query-of-all-finds-nothing") && request.filter.is_empty() {
        request.filter.push(Node::Compare(Compare {
            path: String::new(),
            comparison: Comparison::Eq,
            value: Value::Null,
        }));
    }
    request.filter.iter_mut().for_each(node);
    request
}

fn node(node: &mut Node) {
    match node {
        Node::AnyOf(children) if is("query-or-is-and") => {
            *node = Node::AllOf(std::mem::take(children));
        }
        Node::AllOf(children) if is("query-and-is-or") => {
            *node = Node::AnyOf(std::mem::take(children));
        }
        Node::OneOf(one_of) if is("query-in-first-only") => one_of.values.truncate(1),
        Node::Compare(compare) => {
            let from = compare.comparison;
            compare.comparison = match from {
                Comparison::Gte if is("query-gte-is-gt") => Comparison::Gt,
                Comparison::Lte if is("query-lte-is-lt") => Comparison::Lt,
                Comparison::Lt if is("query-lt-is-lte") => Comparison::Lte,
                Comparison::Gt if is("query-gt-is-gte") => Comparison::Gte,
                Comparison::Neq if is("query-neq-is-eq") => Comparison::Eq,
                _ => from,
            };
            match &compare.value {
                Value::Text(text) if is("query-texts-are-numbers") => {
                    let number = text.parse().map(Value::Integer);
                    compare.value = number.unwrap_or_else(|_| Value::Text(text.clone()));
                }
                _ => {}
            }
            if is("query-without-dots") {
                compare.path = compare.path.replace('.', "/");
            }
        }
        _ => {}
    }
}

/// What is found.
pub fn page(mut page: Page, sort: &[SortKey]) -> Page {
    if is("query-without-etags") {
        page.items.iter_mut().for_each(|item| item.etag = None);
    }
    let descending = sort.iter().any(|key| key.descending);
    if is("query-unsorted-backwards") && sort.is_empty()
        || is("query-descending-is-backwards") && descending
    {
        page.items.reverse();
    }
    if is("query-always-one-more-page") && page.token.is_none() {
        page.token = Some("{}".to_owned());
    }
    page
}
