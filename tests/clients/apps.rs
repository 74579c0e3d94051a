//! The port of an application: messages that are small on the wire and large in memory, and calls for nobody to wait for.

use crate::{
    neighbour::{GROWTH, attacked},
    support::{
        App, PATIENCE, Runner, Setup,
        app::{event, port, section},
        guest,
    },
};
use plugbox::proto::runtime::v1::{
    TopicEventBulkRequest, TopicEventBulkRequestEntry, TopicEventRequest,
    topic_event_bulk_request_entry::Event, topic_event_response::TopicEventResponseStatus::Success,
};
use prost_types::{ListValue, Struct, Value, value::Kind};
use tonic::Code;

/// Values in a Struct, or entries in a bulk: two or a few bytes each on the wire.
const MANY: usize = 500_000;
/// More than any message that means something is deep, and more than a decoder's stack could take.
const DEEP: usize = 2000;

/// An event with one attribute.
fn with(kind: Kind) -> TopicEventRequest {
    let value = Value { kind: Some(kind) };
    TopicEventRequest {
        extensions: Some(Struct {
            fields: [("attribute".to_owned(), value)].into(),
        }),
        ..event("success")
    }
}

fn list(values: Vec<Value>) -> Kind {
    Kind::ListValue(ListValue { values })
}

fn nested(depth: usize) -> Kind {
    (0..depth).fold(Kind::BoolValue(true), |inner, _| {
        list(vec![Value { kind: Some(inner) }])
    })
}

fn bulk(entries: usize) -> TopicEventBulkRequest {
    let entry = TopicEventBulkRequestEntry {
        event: Some(Event::Bytes(Vec::new())),
        ..Default::default()
    };
    TopicEventBulkRequest {
        entries: vec![entry; entries],
        ..Default::default()
    }
}

/// A runner that serves an application, too.
async fn under_attack(name: &str, attack: impl AsyncFnOnce(&mut App)) {
    let section = section("app", "hostile-probe-app", port(), "instances = 2");
    let store = guest("rust-memory-state");
    let store = format!("[component.store]\nguest = '{}'\n", store.display());
    let setup = Setup::new().manifest(&(section + &store), 2);
    let attack = async |runner: &Runner| {
        let mut app = runner.app("app").await;
        assert_eq!(app.deliver("success").await.unwrap(), Success);
        attack(&mut app).await;
        assert_eq!(app.deliver("success").await.unwrap(), Success);
    };
    attacked(name, setup, GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_would_be_much_larger_in_memory_than_on_the_wire_is_refused() {
    under_attack("attributes and entries", async |app| {
        let empty = || vec![Value { kind: None }; MANY];
        for (event, code) in [
            (with(list(empty())), Code::ResourceExhausted),
            (with(nested(DEEP)), Code::InvalidArgument),
        ] {
            let status = app.callback.on_topic_event(event).await.unwrap_err();
            assert_eq!(status.code(), code, "{status}");
            assert_eq!(app.deliver("success").await.unwrap(), Success);
        }
        let status = app.callback.on_bulk_topic_event(bulk(MANY)).await;
        let status = status.unwrap_err();
        assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_that_go_away_cost_an_application_nothing() {
    under_attack("callers that go away", async |app| {
        for _ in 0..8 {
            let mut calls = tokio::task::JoinSet::new();
            for _ in 0..64 {
                let mut app = app.clone();
                calls.spawn(async move { drop(app.call("wait", "5").await) });
            }
            // Some have an answer by now, some are under way, and some wait.
            calls.join_next().await;
            calls.abort_all();
        }
        let answered = tokio::time::timeout(PATIENCE, app.text("echo", "tea"));
        assert_eq!(answered.await.expect("no answer came"), "tea");
    })
    .await;
}
