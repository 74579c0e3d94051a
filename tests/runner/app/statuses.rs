//! A status that a guest answers: its code, its words and its details, as far as clients take them.

use crate::support::{Setup, app::any};
use prost::Message;
use serde_json::json;
use tonic::Code;

/// A field of protobuf: its number, wire type 2, what is in it.
fn field(number: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    let content = content.as_ref();
    let mut out = vec![number << 3 | 2, content.len().try_into().unwrap()];
    out.extend(content);
    out
}

#[tokio::test]
async fn a_status_reaches_the_caller_with_its_details_byte_for_byte() {
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    let status = json!({
        "code": "NotFound",
        "message": "no tea — none at all",
        "details": [
            { "ErrorInfo": { "reason": "NO_TEA", "domain": "tea.example", "metadata": [["kind", "Assam"]] } },
            { "BadRequest": [{ "field": "order.lines", "description": "empty" }] },
            { "ResourceInfo": { "kind": "tea", "name": "assam", "owner": null, "description": "gone" } },
            { "Other": { "type_url": "a.example/Own", "value": [0, 255, 7] } },
        ],
    });
    let detail = |type_url: &str, parts: &[Vec<u8>]| any(type_url, parts.concat());
    let rpc = |name: &str| format!("type.googleapis.com/google.rpc.{name}");
    let kind = [field(1, "kind"), field(2, "Assam")].concat();
    let violation = [field(1, "order.lines"), field(2, "empty")].concat();
    let expected = tonic_types::Status {
        code: Code::NotFound.into(),
        message: "no tea — none at all".to_owned(),
        details: vec![
            detail(
                &rpc("ErrorInfo"),
                &[field(1, "NO_TEA"), field(2, "tea.example"), field(3, kind)],
            ),
            detail(&rpc("BadRequest"), &[field(1, violation)]),
            detail(
                &rpc("ResourceInfo"),
                &[field(1, "tea"), field(2, "assam"), field(4, "gone")],
            ),
            any("a.example/Own", [0, 255, 7]),
        ],
    };
    let failed = app.call("status", status.to_string()).await.unwrap_err();
    assert_eq!(failed.code(), Code::NotFound);
    assert_eq!(failed.message(), expected.message);
    assert_eq!(failed.details(), expected.encode_to_vec());
    // One without details has none.
    let plain = json!({ "code": "NotFound", "message": "no", "details": [] });
    let failed = app.call("status", plain.to_string()).await.unwrap_err();
    assert_eq!(failed.details(), b"");
}

#[tokio::test]
async fn each_code_of_a_guest_reaches_the_caller() {
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    for code in [
        Code::Cancelled,
        Code::Unknown,
        Code::InvalidArgument,
        Code::DeadlineExceeded,
        Code::NotFound,
        Code::AlreadyExists,
        Code::PermissionDenied,
        Code::ResourceExhausted,
        Code::FailedPrecondition,
        Code::Aborted,
        Code::OutOfRange,
        Code::Unimplemented,
        Code::Internal,
        Code::Unavailable,
        Code::DataLoss,
        Code::Unauthenticated,
    ] {
        let status = json!({ "code": format!("{code:?}"), "message": "so it is", "details": [] });
        let failed = app.call("status", status.to_string()).await.unwrap_err();
        assert_eq!((failed.code(), failed.message()), (code, "so it is"));
    }
}

#[tokio::test]
async fn a_status_larger_than_clients_take_of_headers_is_sent_in_part() {
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    let detail = |number: u8, size: usize| json!({ "Other": { "type_url": format!("a.example/{number}"), "value": vec![number; size] } });
    let status = json!({
        "code": "Internal",
        "message": "ü".repeat(64 << 10),
        "details": [detail(1, 100), detail(2, 1 << 20), detail(3, 100)],
    });
    let failed = app.call("status", status.to_string()).await.unwrap_err();
    assert_eq!(failed.code(), Code::Internal);
    assert!(failed.message().starts_with("üü"), "{failed}");
    let sent = tonic_types::Status::decode(failed.details()).unwrap();
    assert_eq!(sent.details[0], any("a.example/1", vec![1; 100]));
    assert!(sent.encoded_len() < 16 << 10);
    // The connection lives on.
    assert_eq!(app.text("echo", "tea").await, "tea");
}
