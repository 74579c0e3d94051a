//! Bulk publishing: each entry by itself.

use super::*;
use crate::bindings::exports::dapr::components::bulk_publish::{Entry, Failure};
use crate::bulk;

fn entry(id: &str, data: &str, pairs: &[(&str, &str)]) -> Entry {
    Entry {
        entry_id: id.to_owned(),
        data: data.as_bytes().to_vec(),
        content_type: None,
        metadata: metadata(pairs),
    }
}

fn publish(
    broker: &mut Broker,
    entries: Vec<Entry>,
    pairs: &[(&str, &str)],
) -> Result<Vec<Failure>, Error> {
    bulk::publish(broker, "t", entries, metadata(pairs))
}

fn ids(failures: &[Failure]) -> Vec<&str> {
    assert!(failures.iter().all(|failure| !failure.reason.is_empty()));
    failures.iter().map(|f| f.entry_id.as_str()).collect()
}

#[test]
fn good_entries_are_published_in_order_among_bad_ones() {
    let mut broker = broker(&[]);
    broker.listen(1, "t");
    let entries = vec![
        entry("1", "a", &[]),
        entry("", "no id", &[]),
        entry("twice", "b", &[]),
        entry("2", "c", &[("ttlInSeconds", "soon")]),
        entry("twice", "d", &[]),
        entry("3", "e", &[("ttlInSeconds", "5")]),
    ];
    let failures = publish(&mut broker, entries, &[]).unwrap();
    assert_eq!(ids(&failures), ["", "twice", "2", "twice"]);
    assert_eq!(broker.texts(1, 9), ["a", "e"]);
}

#[test]
fn what_the_request_says_holds_for_entries_that_do_not() {
    let mut broker = broker(&[]);
    broker.listen(1, "t");
    let entries = vec![
        entry("1", "a", &[]),
        entry("2", "b", &[("ttlInSeconds", "9"), ("color", "blue")]),
    ];
    assert!(
        publish(&mut broker, entries, &[("ttlInSeconds", "1")])
            .unwrap()
            .is_empty()
    );
    wait(1000);
    let left = broker.take_one(1);
    assert_eq!(text(&left), "b");
    assert_eq!(left.metadata.len(), 2);
}

#[test]
fn a_wrong_request_publishes_nothing() {
    let mut broker = broker(&[]);
    broker.listen(1, "t");
    let wrong = publish(
        &mut broker,
        vec![entry("1", "a", &[("ttlInSeconds", "1")])],
        &[("ttlInSeconds", "0")],
    );
    refusal(wrong, Code::InvalidArgument);
    let wrong = bulk::publish(&mut broker, "", vec![entry("1", "a", &[])], Vec::new());
    refusal(wrong, Code::InvalidArgument);
    assert!(broker.take(1, 9).is_empty());
}

#[test]
fn a_queue_fills_up_in_the_midst() {
    let mut broker = broker(&[("maxMessages", "1")]);
    broker.listen(1, "t");
    let entries = vec![entry("1", "a", &[]), entry("2", "b", &[])];
    assert_eq!(ids(&publish(&mut broker, entries, &[]).unwrap()), ["2"]);
    assert_eq!(broker.texts(1, 9), ["a"]);
}
