//! The state store's messages, from protobuf to what the guest's contract says, and back.

use divan::Bencher;
use plugbox::{
    engine::state::{Item, query::Found},
    proto::dapr::{
        DeleteRequest, Etag, GetRequest, SetRequest, TransactionalStateOperation,
        transactional_state_operation::Request,
    },
    services::state::convert,
};

/// Pairs of metadata: none, as most messages have, and as many as daprd sends with some.
const METADATA: [usize; 2] = [0, 4];

#[divan::bench(args = METADATA)]
fn get_request(bencher: Bencher, metadata: usize) {
    let request = || GetRequest {
        key: key(),
        metadata: pairs(metadata).collect(),
        ..Default::default()
    };
    bencher
        .with_inputs(request)
        .bench_values(convert::get_request);
}

#[divan::bench(args = METADATA)]
fn get_response(bencher: Bencher, metadata: usize) {
    let item = || {
        Some(Item {
            value: value(),
            etag: Some("1".to_owned()),
            content_type: None,
            metadata: pairs(metadata).collect(),
        })
    };
    bencher
        .with_inputs(item)
        .bench_values(convert::get_response);
}

#[divan::bench(args = METADATA)]
fn set_request(bencher: Bencher, metadata: usize) {
    bencher
        .with_inputs(|| set(metadata))
        .bench_values(convert::set_request);
}

#[divan::bench(args = METADATA)]
fn delete_request(bencher: Bencher, metadata: usize) {
    let request = || DeleteRequest {
        key: key(),
        etag: etag(),
        metadata: pairs(metadata).collect(),
        ..Default::default()
    };
    bencher
        .with_inputs(request)
        .bench_values(convert::delete_request);
}

#[divan::bench(args = METADATA)]
fn operation(bencher: Bencher, metadata: usize) {
    let operation = || TransactionalStateOperation {
        request: Some(Request::Set(set(metadata))),
    };
    bencher
        .with_inputs(operation)
        .bench_values(convert::operation);
}

#[divan::bench]
fn bulk_item(bencher: Bencher) {
    let item = || Item {
        value: value(),
        etag: Some("1".to_owned()),
        content_type: None,
        metadata: Vec::new(),
    };
    bencher
        .with_inputs(|| (key(), Ok(Some(item()))))
        .bench_values(|(key, item)| convert::bulk_item(key, item));
}

#[divan::bench]
fn found(bencher: Bencher) {
    let found = || Found {
        key: key(),
        value: value(),
        etag: Some("1".to_owned()),
        content_type: None,
    };
    bencher.with_inputs(found).bench_values(convert::found);
}

fn set(metadata: usize) -> SetRequest {
    SetRequest {
        key: key(),
        value: value(),
        etag: etag(),
        metadata: pairs(metadata).collect(),
        ..Default::default()
    }
}

fn key() -> String {
    "app||key".to_owned()
}

fn value() -> Vec<u8> {
    vec![b'v'; 100]
}

fn etag() -> Option<Etag> {
    let value = "1".to_owned();
    Some(Etag { value })
}

fn pairs(count: usize) -> impl Iterator<Item = (String, String)> {
    (0..count).map(|number| (format!("name-{number}"), "value".to_owned()))
}
