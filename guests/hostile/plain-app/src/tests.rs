//! What it does when it is told, called as the host calls it. Each test runs on a thread, so with an instance, of its own.

use serde_json::Value;

use super::*;
use crate::bindings::dapr::app::event_types::CloudEvent;

fn handle(data: &str) -> Outcome {
    let event = CloudEvent {
        id: "seven".to_owned(),
        source: "shop".to_owned(),
        kind: "order.made".to_owned(),
        spec_version: "1.0".to_owned(),
        content_type: None,
        data: data.as_bytes().to_vec(),
        subject: None,
        time: None,
        data_schema: None,
        extensions: Vec::new(),
    };
    <PlainApp as subscriber::Guest>::handle(Message {
        event,
        pubsub: "pubsub".to_owned(),
        topic: "tea".to_owned(),
        path: None,
        metadata: Vec::new(),
    })
}

fn invoke(method: &str) -> Result<Vec<u8>, Status> {
    let request = Request {
        method: method.to_owned(),
        data: Vec::new(),
        content_type: None,
        type_url: None,
        http: None,
        headers: Vec::new(),
    };
    <PlainApp as invoke::Guest>::handle(request).map(|response| response.data)
}

#[test]
fn a_message_says_what_becomes_of_it_and_is_heard_once() {
    for (data, expected) in [
        ("retry", Outcome::Retry),
        ("drop", Outcome::Drop),
        ("success", Outcome::Success),
        ("tea", Outcome::Success),
    ] {
        let outcome = handle(data);
        assert_eq!(format!("{outcome:?}"), format!("{expected:?}"), "{data}");
    }
    let heard: Value = serde_json::from_slice(&invoke("heard").unwrap()).unwrap();
    let data: Vec<_> = heard.as_array().unwrap().iter().collect();
    assert_eq!(data.len(), 4);
    assert_eq!(data[3]["event"]["data"], serde_json::json!(b"tea"));
    assert_eq!(invoke("heard").unwrap(), b"[]");
}

#[test]
fn there_is_no_other_method() {
    assert_eq!(invoke("dance").unwrap_err().code, Code::Unimplemented);
}
