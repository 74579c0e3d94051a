//! What it does when it is told, called as the host calls it. Each test runs on a thread, so with an instance, of its own.

use serde_json::json;

use super::*;

fn invoke(method: &str, data: impl AsRef<[u8]>) -> Result<Vec<u8>, Status> {
    let request = Request {
        method: method.to_owned(),
        data: data.as_ref().to_vec(),
        content_type: None,
        type_url: None,
        http: None,
        headers: Vec::new(),
    };
    <ProbeApp as invoke::Guest>::handle(request).map(|response| response.data)
}

fn status() -> Value {
    json!({
        "code": "NotFound",
        "message": "no tea",
        "details": [{"ErrorInfo": {"reason": "NO_TEA", "domain": "tea", "metadata": [["kind", "Assam"]]}}],
    })
}

#[test]
fn a_status_is_answered_as_it_was_told() {
    let failed = invoke("status", status().to_string()).unwrap_err();
    assert_eq!(serde_json::to_value(failed).unwrap(), status());
    for wrong in ["", "{}", r#"{"code": "Odd", "message": "", "details": []}"#] {
        assert_eq!(
            invoke("status", wrong).unwrap_err().code,
            Code::InvalidArgument
        );
    }
    assert_eq!(invoke("dance", "").unwrap_err().code, Code::Unimplemented);
}

#[test]
fn what_is_remembered_is_told_the_next_time() {
    assert_eq!(invoke("remember", "tea").unwrap(), b"");
    assert_eq!(invoke("remember", "milk").unwrap(), b"tea");
    assert_eq!(invoke("served", "").unwrap(), b"3");
}

#[test]
fn it_is_ill_until_it_is_told_otherwise() {
    let check = <ProbeApp as health::Guest>::check;
    check().unwrap();
    invoke("ill", status().to_string()).unwrap();
    assert_eq!(check().unwrap_err().message, "no tea");
    invoke("ill", "null").unwrap();
    check().unwrap();
}

#[test]
fn an_event_is_answered_by_what_it_says_and_heard() {
    let handle = |data: &str| {
        let event = Event {
            binding: "inbox".to_owned(),
            data: data.as_bytes().to_vec(),
            metadata: Vec::new(),
        };
        <ProbeApp as binding_handler::Guest>::handle(event)
    };
    assert_eq!(handle("tea").unwrap().data, b"tea");
    let answer = handle("parallel:mail,log").unwrap();
    assert_eq!(answer.forward_to, ["mail", "log"]);
    assert!(answer.in_parallel);
    assert!(!handle("forward:mail").unwrap().in_parallel);
    assert_eq!(
        handle(&format!("status:{}", status())).unwrap_err().code,
        Code::NotFound
    );

    let heard: Value = serde_json::from_slice(&invoke("heard", "").unwrap()).unwrap();
    assert_eq!(heard.as_array().unwrap().len(), 4);
    assert_eq!(heard[0]["event"]["data"], json!(b"tea"));
    assert_eq!(invoke("heard", "").unwrap(), b"[]");
}

#[test]
fn each_entry_of_a_bulk_says_what_becomes_of_it() {
    let handle = |all: &[&str]| {
        let entries = all.iter().map(|data| bulk_subscriber::Entry {
            entry_id: (*data).to_owned(),
            payload: Payload::Raw(data.as_bytes().to_vec()),
            content_type: None,
            metadata: Vec::new(),
        });
        let outcomes = <ProbeApp as bulk_subscriber::Guest>::handle_bulk(Messages {
            id: String::new(),
            pubsub: "pubsub".to_owned(),
            topic: "tea".to_owned(),
            path: None,
            entries: entries.collect(),
            metadata: Vec::new(),
        });
        serde_json::to_value(outcomes).unwrap()
    };
    let told = handle(&["tea", "drop", "retry", "success"]);
    assert_eq!(told, json!(["Success", "Drop", "Retry", "Success"]));
    assert_eq!(handle(&["drop", "skip", "drop"]), json!(["Drop"]));
    assert_eq!(handle(&["more"]), json!(["Success", "Success"]));
    assert_eq!(handle(&["wait:never"]), json!(["Retry"]));
}

#[test]
fn every_import_can_be_called() {
    let get = json!({"key": "k", "consistency": "Strong", "metadata": []});
    let delete = json!({
        "key": "k", "etag": null, "concurrency": "FirstWrite", "consistency": "Unspecified", "metadata": [],
    });
    let set = json!({
        "key": "k", "value": b"v", "content_type": null, "etag": "1",
        "concurrency": "LastWrite", "consistency": "Eventual", "metadata": [["ttlInSeconds", "1"]],
    });
    let message = json!({"data": b"tea", "content_type": "text/plain", "metadata": []});
    let request = json!({
        "method": "m", "data": [], "content_type": null, "type_url": null,
        "http": {"verb": "Post", "query": "a=b"}, "headers": [["a", "b"]],
    });
    for call in [
        json!({"get": {"store": "s", "request": get}}),
        json!({"bulk_get": {"store": "s", "keys": ["k"], "parallelism": 2, "metadata": []}}),
        json!({"save": {"store": "s", "items": [set]}}),
        json!({"delete": {"store": "s", "items": [delete]}}),
        json!({"transact": {"store": "s", "operations": [{"Set": set}, {"Delete": delete}], "metadata": []}}),
        json!({"query": {"store": "s", "query": "{}", "metadata": []}}),
        json!({"publish": {"pubsub": "p", "topic": "t", "message": message}}),
        json!({"bulk_publish": {
            "pubsub": "p", "topic": "t", "entries": [{"entry_id": "1", "message": message}], "metadata": [],
        }}),
        json!({"invoke": {"app": "a", "request": request}}),
        json!({"binding": {"binding": "b", "request": {"operation": "create", "data": [], "metadata": []}}}),
        json!({"secret": {"store": "s", "name": "n", "metadata": []}}),
        json!({"bulk_secrets": {"store": "s", "metadata": []}}),
    ] {
        assert!(
            serde_json::from_value::<Call>(call.clone()).is_ok(),
            "{call}"
        );
    }
    for wrong in [json!({"get": {}}), json!({"dance": {}}), json!("get")] {
        let refused = invoke("call", wrong.to_string()).unwrap_err();
        assert_eq!(refused.code, Code::InvalidArgument);
    }
}
