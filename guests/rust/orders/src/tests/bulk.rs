//! Many messages at once.

use super::*;
use crate::bindings::dapr::app::event_types::CloudEvent;
use crate::bindings::exports::dapr::app::bulk_subscriber::{Entry, Payload};

fn shipped(dapr: &Fake, data: &[Value]) -> Vec<Outcome> {
    deliver(dapr, "order.shipped", None, data)
}

fn deliver(dapr: &Fake, topic: &str, path: Option<&str>, data: &[Value]) -> Vec<Outcome> {
    let entry = |(place, data): (usize, &Value)| Entry {
        entry_id: place.to_string(),
        payload: payload(place, data),
        content_type: None,
        metadata: Vec::new(),
    };
    let messages = Messages {
        id: "delivery".to_owned(),
        pubsub: "pubsub".to_owned(),
        topic: topic.to_owned(),
        path: path.map(str::to_owned),
        entries: data.iter().enumerate().map(entry).collect(),
        metadata: Vec::new(),
    };
    crate::bulk::receive(dapr, &settings(), &messages)
}

/// By turns an event and raw bytes.
fn payload(place: usize, data: &Value) -> Payload {
    let data = data.to_string().into_bytes();
    if !place.is_multiple_of(2) {
        return Payload::Raw(data);
    }
    Payload::Event(CloudEvent {
        id: place.to_string(),
        source: "warehouse".to_owned(),
        kind: "order.shipped".to_owned(),
        spec_version: "1.0".to_owned(),
        content_type: None,
        data,
        subject: None,
        time: None,
        data_schema: None,
        extensions: Vec::new(),
    })
}

fn named(ids: &[&str]) -> Vec<Value> {
    ids.iter().map(|id| json!({"id": id})).collect()
}

fn with_orders(ids: &[&str]) -> Fake {
    let dapr = Fake::new();
    for id in ids {
        place(&dapr, &tea(id)).unwrap();
    }
    dapr.calls.borrow_mut().clear();
    dapr
}

fn assert_shipped(dapr: &Fake, ids: &[&str]) {
    for id in ids {
        assert_eq!(find(dapr, id).unwrap()["shipped"], json!(true), "{id}");
        assert_eq!(dapr.writes(id), 2, "{id}");
    }
}

#[test]
fn many_messages_are_one_read_and_one_write() {
    let dapr = with_orders(&["a", "b", "c"]);
    let told = named(&["a", "b", "a", "c"]);
    assert_eq!(shipped(&dapr, &told), [Outcome::Success; 4]);
    assert_eq!(
        *dapr.calls.borrow(),
        [
            "bulk_get",
            "one_of_bulk_get",
            "one_of_bulk_get",
            "one_of_bulk_get",
            "save"
        ]
    );
    assert_shipped(&dapr, &["a", "b", "c"]);
    assert_eq!(shipped(&dapr, &told), [Outcome::Success; 4]);
    assert_eq!(dapr.count("save"), 1, "all is done already");
}

#[test]
fn each_message_has_an_outcome_of_its_own() {
    let dapr = with_orders(&["a", "b"]);
    dapr.put("broken", b"no order");
    let mut told = named(&["a", "unknown", "b", "broken"]);
    told.insert(1, json!("no id"));
    use Outcome::{Drop, Success};
    assert_eq!(shipped(&dapr, &told), [Success, Drop, Drop, Success, Drop]);
    assert_shipped(&dapr, &["a", "b"]);
    assert_eq!(shipped(&dapr, &[json!(1)]), [Drop]);
}

#[test]
fn where_somebody_was_quicker_each_is_written_by_itself() {
    let dapr = with_orders(&["a", "b", "c"]);
    dapr.rivals.set(1);
    assert_eq!(
        shipped(&dapr, &named(&["a", "b", "c"])),
        [Outcome::Success; 3]
    );
    // One for all, of which two were done; one for the other.
    assert_eq!(dapr.count("save"), 2);
    for id in ["a", "b", "c"] {
        assert_eq!(find(&dapr, id).unwrap()["shipped"], json!(true));
    }
}

#[test]
fn all_come_again_while_the_store_is_away_and_it_is_not_asked_for_each() {
    let dapr = with_orders(&["a", "b", "c"]);
    let told = named(&["a", "b", "c"]);
    dapr.fail("bulk_get", Code::Unavailable);
    assert_eq!(shipped(&dapr, &told), [Outcome::Retry; 3]);
    dapr.fail("save", Code::Unavailable);
    dapr.fail("get", Code::Unavailable);
    assert_eq!(shipped(&dapr, &told), [Outcome::Retry; 3]);
    assert_eq!(dapr.count("get"), 1);
    assert_eq!(shipped(&dapr, &told), [Outcome::Success; 3]);
}

#[test]
fn one_that_cannot_be_read_among_many_is_read_by_itself() {
    let dapr = with_orders(&["a", "b"]);
    dapr.fail("one_of_bulk_get", Code::Internal);
    assert_eq!(shipped(&dapr, &named(&["a", "b"])), [Outcome::Success; 2]);
    assert_eq!(dapr.count("get"), 1);
    assert_shipped(&dapr, &["a", "b"]);
}

#[test]
fn messages_of_another_topic_are_taken_one_by_one() {
    let dapr = with_orders(&["a"]);
    let outcomes = deliver(&dapr, "order.placed", Some("/confirm"), &named(&["a", "b"]));
    assert_eq!(outcomes, [Outcome::Success, Outcome::Drop]);
    assert_eq!(dapr.count("invoke"), 1);
}
