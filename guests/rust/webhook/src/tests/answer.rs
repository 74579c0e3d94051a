//! What an answer becomes.

use super::*;
use crate::answer;

fn headers<const N: usize>(all: [(&str, &[u8]); N]) -> Vec<(String, Vec<u8>)> {
    all.map(|(name, value)| (name.to_owned(), value.to_vec()))
        .to_vec()
}

#[test]
fn status_and_headers_are_metadata() {
    let headers = headers([
        ("content-type", b"text/plain"),
        ("x-request-id", b"1"),
        ("ETAG", b"\"e\""),
    ]);
    let response = answer::response(201, headers, b"body".to_vec());
    assert_eq!(response.data, b"body");
    assert_eq!(response.content_type.as_deref(), Some("text/plain"));
    let expected = metadata([
        ("statusCode", "201"),
        ("status", "201 Created"),
        ("Content-Type", "text/plain"),
        ("X-Request-Id", "1"),
        ("Etag", "\"e\""),
    ]);
    assert_eq!(response.metadata, expected);
}

#[test]
fn every_name_comes_once() {
    let headers = headers([
        ("set-cookie", b"a=1"),
        ("status", b"fine"),
        ("statuscode", b"600"),
        ("Set-Cookie", b"b=\xff"),
    ]);
    let response = answer::response(299, headers, Vec::new());
    assert_eq!(response.content_type, None);
    let expected = metadata([
        ("statusCode", "299"),
        ("status", "299"),
        ("Set-Cookie", "a=1, b=\u{fffd}"),
        ("Status", "fine"),
        ("Statuscode", "600"),
    ]);
    assert_eq!(response.metadata, expected);
}
