//! An application with one method: `greet` answers a greeting for the name that it is sent.

use crate::bindings::dapr::app::invocation_types::{Request, Response};
use crate::bindings::dapr::components::status_types::Status;
use crate::bindings::dapr::components::types::Code;
use crate::bindings::exports::dapr::app::invoke::Guest;

impl Guest for crate::Guest {
    fn handle(request: Request) -> Result<Response, Status> {
        match request.method.as_str() {
            "greet" => greet(request.data),
            other => Err(status(
                Code::Unimplemented,
                format!("there is no method {other:?}, only greet"),
            )),
        }
    }
}

fn greet(data: Vec<u8>) -> Result<Response, Status> {
    let name = String::from_utf8(data).unwrap_or_default();
    let name = name.trim();
    if name.is_empty() {
        let message = "the body must be a name".to_owned();
        return Err(status(Code::InvalidArgument, message));
    }
    Ok(Response {
        data: format!("Hello, {name}!\n").into_bytes(),
        content_type: Some("text/plain".to_owned()),
        type_url: None,
        headers: Vec::new(),
    })
}

fn status(code: Code, message: String) -> Status {
    Status {
        code,
        message,
        details: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(method: &str, data: &str) -> Result<String, Code> {
        let answer = crate::Guest::handle(Request {
            method: method.to_owned(),
            data: data.into(),
            content_type: None,
            type_url: None,
            http: None,
            headers: Vec::new(),
        });
        let text = |answer: Response| String::from_utf8(answer.data).unwrap();
        answer.map(text).map_err(|status| status.code)
    }

    #[test]
    fn who_is_named_is_greeted() {
        assert_eq!(call("greet", "Ada"), Ok("Hello, Ada!\n".to_owned()));
        assert_eq!(call("greet", " "), Err(Code::InvalidArgument));
    }

    #[test]
    fn there_is_no_other_method() {
        assert_eq!(call("fly", "Ada"), Err(Code::Unimplemented));
    }
}
