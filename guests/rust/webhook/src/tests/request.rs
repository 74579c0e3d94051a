//! What an invocation becomes.

use wasi::http::types::Method;

use super::*;
use crate::request::OPERATIONS;

const JSON: &str = "application/json; charset=utf-8";

fn header<'a>(request: &'a Request, wanted: &str) -> Option<&'a str> {
    let mut found = request
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
    let value = found.next().map(|(_, value)| value.as_str());
    assert!(found.next().is_none(), "{wanted} comes twice");
    value
}

#[test]
fn every_operation_has_its_method() {
    let methods = OPERATIONS.map(|operation| {
        let request = invoke(operation, []).unwrap();
        let has_body = matches!(request.method, Method::Post | Method::Put | Method::Patch);
        assert_eq!(request.body.is_some(), has_body);
        assert_eq!(header(&request, "Content-Type").is_some(), has_body);
        assert_eq!(header(&request, "Content-Length").is_some(), has_body);
        format!("{:?}", request.method).replace("Method::", "")
    });
    assert_eq!(
        methods,
        ["Post", "Get", "Delete", "Post", "Put", "Patch", "Head"]
    );
    for wrong in ["", "list", "Get", "options"] {
        let message = refusal(invoke(wrong, []));
        assert!(
            message.contains(&format!("{wrong:?}, only create, get")),
            "{message}"
        );
    }
}

#[test]
fn data_are_sent_as_they_are() {
    let request = invoke("create", []).unwrap();
    assert_eq!(request.body.as_deref(), Some(b"{}".as_slice()));
    assert_eq!(request.path_with_query, "/hook");
    assert_eq!(header(&request, "Content-Type"), Some(JSON));
    assert_eq!(header(&request, "Accept"), Some(JSON));
    assert_eq!(header(&request, "Content-Length"), Some("2"));
    assert!(request.error_if_not_2xx);
}

#[test]
fn capitals_make_headers() {
    let all = [
        ("X-Token", "t"),
        ("CONTENT-TYPE", "text/plain"),
        ("Accept", "*/*"),
        ("x-small", "s"),
        ("ttlInSeconds", "1"),
        ("Über", "u"),
        ("path", "a"),
        ("traceparent", "00-1-2-01"),
        ("tracestate", "a=b"),
        ("baggage", "c=d"),
    ];
    let request = invoke("post", all).unwrap();
    assert_eq!(header(&request, "X-Token"), Some("t"));
    assert_eq!(header(&request, "Content-Type"), Some("text/plain"));
    assert_eq!(header(&request, "Accept"), Some("*/*"));
    assert_eq!(header(&request, "traceparent"), Some("00-1-2-01"));
    assert_eq!(header(&request, "tracestate"), Some("a=b"));
    assert_eq!(header(&request, "baggage"), Some("c=d"));
    assert_eq!(request.headers.len(), 7, "{:?}", request.headers);
    assert_eq!(request.path_with_query, "/hook/a");
}

#[test]
fn the_length_cannot_be_chosen() {
    let message = refusal(invoke("post", [("Content-length", "1")]));
    assert!(message.contains("Content-Length"), "{message}");
}

#[test]
fn an_invocation_says_whether_errors_are_answers() {
    let asked = |value| invoke("get", [("errorIfNot2XX", value)]);
    assert!(!asked("false").unwrap().error_if_not_2xx);
    assert!(asked("").unwrap().error_if_not_2xx);
    assert!(refusal(asked("maybe")).contains("maybe"));
    let settings = settings("errorIfNot2XX", "false").unwrap();
    let request = |all: Metadata| {
        let invocation = Invocation {
            operation: "get".to_owned(),
            data: Vec::new(),
            metadata: all,
        };
        Request::new(&settings, invocation).unwrap()
    };
    assert!(!request(metadata([])).error_if_not_2xx);
    assert!(request(metadata([("errorIfNot2XX", "true")])).error_if_not_2xx);
}
