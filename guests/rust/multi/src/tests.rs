//! What the four blocks promise, called as the host calls them. Each test runs on a thread, so with a memory, of its own.

use super::*;
use bindings::dapr::components::state_types::{Concurrency, Consistency};

fn metadata(pairs: &[(&str, &str)]) -> Metadata {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

fn set(key: &str, value: &str, etag: Option<&str>) -> Result<(), StateError> {
    <Multi as state_store::Guest>::set(SetRequest {
        key: key.to_owned(),
        value: value.as_bytes().to_vec(),
        content_type: Some("text/plain".to_owned()),
        etag: etag.map(str::to_owned),
        concurrency: Concurrency::Unspecified,
        consistency: Consistency::Unspecified,
        metadata: Vec::new(),
    })
}

fn delete(key: &str) -> Result<(), StateError> {
    <Multi as state_store::Guest>::delete(DeleteRequest {
        key: key.to_owned(),
        etag: None,
        concurrency: Concurrency::Unspecified,
        consistency: Consistency::Unspecified,
        metadata: Vec::new(),
    })
}

fn get(key: &str) -> Option<Item> {
    <Multi as state_store::Guest>::get(GetRequest {
        key: key.to_owned(),
        consistency: Consistency::Unspecified,
        metadata: Vec::new(),
    })
    .unwrap()
}

fn publish(topic: &str, data: &str) {
    <Multi as pub_sub::Guest>::publish(Outgoing {
        topic: topic.to_owned(),
        data: data.as_bytes().to_vec(),
        content_type: None,
        metadata: metadata(&[("color", "blue")]),
    })
    .unwrap();
}

fn subscribe(id: u64, topic: &str) {
    <Multi as pub_sub::Guest>::subscribe(id, topic.to_owned(), Vec::new()).unwrap();
}

fn messages(id: u64) -> Vec<Delivery> {
    let wanted = vec![pub_sub::Demand { id, messages: 2 }];
    let pulled = <Multi as pub_sub::Guest>::pull(wanted).unwrap();
    assert!(pulled.waits.is_empty());
    pulled.deliveries
}

fn events(id: u64) -> Vec<Event> {
    let wanted = vec![input_binding::Demand { id, events: 9 }];
    <Multi as input_binding::Guest>::pull(wanted)
        .unwrap()
        .events
}

fn invoke(operation: &str, data: &str, pairs: &[(&str, &str)]) -> Result<String, Code> {
    let request = Invocation {
        operation: operation.to_owned(),
        data: data.as_bytes().to_vec(),
        metadata: metadata(pairs),
    };
    <Multi as output_binding::Guest>::invoke(request)
        .map(|response| String::from_utf8(response.data).unwrap())
        .map_err(|error| error.code)
}

#[test]
fn each_block_has_an_init() {
    let none = Vec::new;
    assert_eq!(
        <Multi as state_store::Guest>::init(none()).unwrap(),
        ["ETAG"]
    );
    assert!(<Multi as pub_sub::Guest>::init(none()).unwrap().is_empty());
    <Multi as input_binding::Guest>::init(none()).unwrap();
    assert_eq!(
        <Multi as output_binding::Guest>::init(none()).unwrap(),
        ["create", "get", "delete", "list"]
    );
}

#[test]
fn a_value_has_an_etag() {
    set("k", "a", None).unwrap();
    let etag = get("k").unwrap().etag.unwrap();
    set("k", "b", Some(&etag)).unwrap();
    assert!(matches!(
        set("k", "c", Some(&etag)),
        Err(StateError::EtagMismatch(_))
    ));
    assert!(matches!(
        set("k", "c", Some("c")),
        Err(StateError::EtagInvalid(_))
    ));
    assert_eq!(get("k").unwrap().value, b"b");
    delete("k").unwrap();
    delete("k").unwrap();
    assert!(get("k").is_none());
}

#[test]
fn a_message_comes_until_it_is_accepted_or_has_failed_three_times() {
    publish("t", "before");
    subscribe(1, "t");
    subscribe(2, "t");
    for data in ["a", "b", "c"] {
        publish("t", data);
    }
    publish("elsewhere", "x");
    let first = messages(1);
    assert_eq!(first.len(), 2);
    assert_eq!(
        (first[0].data.as_slice(), first[0].topic.as_str()),
        (&b"a"[..], "t")
    );
    assert_eq!(first[0].metadata, metadata(&[("color", "blue")]));
    let ack = |delivery: &Delivery, outcome| {
        <Multi as pub_sub::Guest>::ack(delivery.id, delivery.message_id.clone(), outcome);
    };
    let failed = || Outcome::Failed("the test says so".to_owned());
    ack(&first[1], Outcome::Accepted);
    ack(&first[0], failed());
    for _ in 0..2 {
        let again = messages(1);
        assert_eq!(again[0].data, b"a");
        ack(&again[0], failed());
    }
    assert!(messages(1).is_empty());
    assert_eq!(messages(2).len(), 2);
    <Multi as pub_sub::Guest>::unsubscribe(2);
    assert!(messages(2).is_empty());
}

#[test]
fn a_write_is_an_event_for_each_reader() {
    for id in [1, 2] {
        <Multi as input_binding::Guest>::open(id).unwrap();
    }
    set("k", "a", None).unwrap();
    delete("k").unwrap();
    delete("k").unwrap();
    let got = events(1);
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].data, b"a");
    assert_eq!(
        got[0].metadata,
        metadata(&[("key", "k"), ("operation", "set")])
    );
    assert_eq!(got[1].metadata[1].1, "delete");
    let failed = Err("the test says so".to_owned());
    <Multi as input_binding::Guest>::answer(1, got[0].event_id.clone(), failed);
    assert!(events(1).is_empty());
    assert_eq!(events(2).len(), 2);
    <Multi as input_binding::Guest>::close(2);
    set("k", "b", None).unwrap();
    assert!(events(2).is_empty());
}

#[test]
fn the_output_binding_reaches_all_of_it() {
    subscribe(1, "t");
    <Multi as input_binding::Guest>::open(1).unwrap();
    invoke("create", "a", &[("key", "k"), ("topic", "t")]).unwrap();
    assert_eq!(get("k").unwrap().value, b"a");
    assert_eq!(messages(1)[0].data, b"a");
    assert_eq!(events(1)[0].data, b"a");
    set("\"", "b", None).unwrap();
    assert_eq!(invoke("get", "", &[("key", "k")]).unwrap(), "a");
    assert_eq!(invoke("list", "", &[]).unwrap(), r#"["\"","k"]"#);
    invoke("delete", "", &[("key", "k")]).unwrap();
    assert_eq!(invoke("get", "", &[("key", "k")]), Err(Code::NotFound));
    for operation in ["create", "get", "delete", "shred"] {
        assert_eq!(invoke(operation, "", &[]), Err(Code::InvalidArgument));
    }
}
