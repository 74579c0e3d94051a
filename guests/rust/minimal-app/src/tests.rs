//! What the application promises, called as the host calls it.

use super::*;

fn call(method: &str) -> Result<Response, Status> {
    MinimalApp::handle(Request {
        method: method.to_owned(),
        data: b"hello".to_vec(),
        content_type: Some("text/plain".to_owned()),
        type_url: None,
        http: None,
        headers: Vec::new(),
    })
}

#[test]
fn echo_answers_what_it_is_sent() {
    let response = call("echo").unwrap();
    assert_eq!(response.data, b"hello");
    assert_eq!(response.content_type.as_deref(), Some("text/plain"));
}

#[test]
fn there_is_no_other_method() {
    for other in ["", "Echo", "echo/more"] {
        assert_eq!(call(other).unwrap_err().code, Code::Unimplemented);
    }
}
