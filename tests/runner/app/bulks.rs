//! Many messages at once, for guests that take them so, and for those that do not.

use super::messages::{extensions, probe, sorted};
use crate::support::{App, Setup};
use TopicEventResponseStatus::{Drop as DROP, Retry as RETRY, Success as SUCCESS};
use plugbox::proto::runtime::v1::{
    TopicEventBulkRequest, TopicEventBulkRequestEntry, TopicEventCeRequest,
    topic_event_bulk_request_entry::Event, topic_event_response::TopicEventResponseStatus,
};
use serde_json::json;
use std::collections::HashMap;

/// A bulk of the topic `orders`, whose entries are named by their places.
fn bulk(entries: impl IntoIterator<Item = Event>) -> TopicEventBulkRequest {
    let entries = entries.into_iter().enumerate();
    TopicEventBulkRequest {
        id: "bulk".to_owned(),
        entries: entries
            .map(|(place, event)| TopicEventBulkRequestEntry {
                entry_id: place.to_string(),
                event: Some(event),
                ..Default::default()
            })
            .collect(),
        topic: "orders".to_owned(),
        pubsub_name: "pubsub".to_owned(),
        ..Default::default()
    }
}

fn cloud_event(data: &str) -> Event {
    Event::CloudEvent(TopicEventCeRequest {
        id: "seven".to_owned(),
        source: "shop".to_owned(),
        r#type: "order.made".to_owned(),
        spec_version: "1.0".to_owned(),
        data: data.into(),
        ..Default::default()
    })
}

/// What becomes of each entry, by both of the methods, which answer for each by its name and in their order.
async fn delivered(app: &mut App, data: &[&str]) -> Vec<TopicEventResponseStatus> {
    let request = bulk(data.iter().map(|data| cloud_event(data)));
    let App {
        callback, alpha, ..
    } = app;
    let stable = callback.on_bulk_topic_event(request.clone()).await;
    let earlier = alpha.on_bulk_topic_event_alpha1(request).await;
    let statuses = stable.unwrap().into_inner().statuses;
    assert_eq!(statuses, earlier.unwrap().into_inner().statuses);
    for (place, status) in statuses.iter().enumerate() {
        assert_eq!(status.entry_id, place.to_string());
    }
    statuses.iter().map(|status| status.status()).collect()
}

#[tokio::test]
async fn an_app_for_bulks_gets_them_and_entries_without_an_outcome_come_again() {
    let runner = probe().start();
    let mut app = runner.app("app").await;
    let table: [(&[&str], &[TopicEventResponseStatus]); 4] = [
        (&["tea", "retry", "drop"], &[SUCCESS, RETRY, DROP]),
        (&["drop", "skip", "drop"], &[DROP, RETRY, RETRY]),
        // One more than there are.
        (&["drop", "more"], &[DROP, SUCCESS]),
        (&["skip"], &[RETRY]),
    ];
    for (data, outcomes) in table {
        assert_eq!(delivered(&mut app, data).await, outcomes, "{data:?}");
    }
    // Two calls for each, and all entries in one of them.
    let heard = app.heard().await;
    assert_eq!(heard.len(), 2 * table.len());
    assert_eq!(heard[0]["messages"]["entries"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_bulk_reaches_the_guest_with_all_that_it_says() {
    let runner = probe().start();
    let mut app = runner.app("app").await;
    let (sent, seen) = extensions();
    let Event::CloudEvent(event) = cloud_event("tea") else {
        unreachable!();
    };
    let event = TopicEventCeRequest {
        data_content_type: "text/plain".to_owned(),
        extensions: Some(sent),
        ..event
    };
    let mut request = bulk([Event::CloudEvent(event), Event::Bytes(b"milk".to_vec())]);
    let said = |name: &str, value: &str| HashMap::from([(name.to_owned(), value.to_owned())]);
    request.metadata = said("of", "all");
    request.path = "/large".to_owned();
    request.entries[0].content_type = "application/cloudevents+json".to_owned();
    request.entries[1].metadata = said("of", "one");
    app.callback.on_bulk_topic_event(request).await.unwrap();
    let mut messages = app.heard().await[0]["messages"].take();
    let event = &mut messages["entries"][0]["payload"]["Event"];
    *event = sorted(event.take());
    assert_eq!(
        messages,
        json!({
            "id": "bulk",
            "pubsub": "pubsub",
            "topic": "orders",
            "path": "/large",
            "metadata": [["of", "all"]],
            "entries": [
                {
                    "entry_id": "0",
                    "payload": { "Event": {
                        "id": "seven",
                        "source": "shop",
                        "kind": "order.made",
                        "spec_version": "1.0",
                        "content_type": "text/plain",
                        "data": b"tea",
                        "subject": "order 7",
                        "time": "2026-11-21T13:00:00Z",
                        "data_schema": "https://a.example/order",
                        "extensions": seen,
                    } },
                    "content_type": "application/cloudevents+json",
                    "metadata": [],
                },
                {
                    "entry_id": "1",
                    "payload": { "Raw": b"milk" },
                    "content_type": null,
                    "metadata": [["of", "one"]],
                },
            ],
        })
    );
}

#[tokio::test]
async fn an_app_without_bulks_gets_their_messages_one_by_one_and_one_that_traps_spoils_no_other() {
    let runner = Setup::app("hostile-plain-app").arg("--instances=1").start();
    let mut app = runner.app("app").await;
    let data = ["tea", "retry", "trap", "drop", "trap", "milk"];
    let outcomes = [SUCCESS, RETRY, RETRY, DROP, RETRY, SUCCESS];
    assert_eq!(delivered(&mut app, &data).await, outcomes);
    // What came after the last one that trapped.
    let heard = app.heard().await;
    let [message] = &heard[..] else {
        panic!("one came after that: {heard:?}");
    };
    assert_eq!(message["event"]["data"], json!(b"milk"));
    assert_eq!(message["topic"], "orders");
}

#[tokio::test]
async fn of_a_bulk_what_is_no_cloud_event_becomes_one_as_dapr_makes_it() {
    let runner = Setup::app("hostile-plain-app").arg("--instances=1").start();
    let mut app = runner.app("app").await;
    let mut request = bulk([Event::Bytes(b"tea".to_vec()), Event::Bytes(vec![0, 255])]);
    request.path = "/raw".to_owned();
    request.entries[0].metadata = HashMap::from([("of".to_owned(), "one".to_owned())]);
    let answer = app.callback.on_bulk_topic_event(request).await.unwrap();
    assert_eq!(answer.into_inner().statuses.len(), 2);
    let heard = app.heard().await;
    assert_eq!(heard.len(), 2);
    for (message, data) in heard.iter().zip([&b"tea"[..], &[0, 255]]) {
        let event = &message["event"];
        for (field, value) in [
            ("source", json!("Dapr")),
            ("kind", json!("com.dapr.event.sent")),
            ("spec_version", json!("1.0")),
            ("content_type", json!("application/octet-stream")),
            ("data", json!(data)),
        ] {
            assert_eq!(event[field], value, "{field} of {event}");
        }
        assert_eq!(message["path"], "/raw");
    }
    let id = |place: usize| heard[place]["event"]["id"].as_str().unwrap();
    assert!(!id(0).is_empty() && id(0) != id(1));
    assert_eq!(heard[0]["metadata"], json!([["of", "one"]]));
}
