//! `get` asks by HTTP for what its key names, `host:port`, and goes wherever the answer sends it. Answers the last answer's body, or
//! `error: ` and WASI's name of it.

use wasi::http::outgoing_handler;
use wasi::http::types::{ErrorCode, Fields, OutgoingRequest, Scheme};

use crate::attack::{Attack, item};
use crate::bindings::dapr::components::state_types::{Item, StateError};

pub struct Redirect;

impl Attack for Redirect {
    fn get(&mut self, key: &str) -> Result<Option<Item>, StateError> {
        let answer = follow(key).unwrap_or_else(|code| format!("error: {code:?}").into_bytes());
        Ok(Some(item(answer)))
    }
}

fn follow(authority: &str) -> Result<Vec<u8>, ErrorCode> {
    let mut authority = authority.to_owned();
    loop {
        let fields = Fields::new();
        let request = OutgoingRequest::new(fields);
        request
            .set_scheme(Some(&Scheme::Http))
            .and_then(|()| request.set_authority(Some(&authority)))
            .and_then(|()| request.set_path_with_query(Some("/")))
            .map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
        let pending = outgoing_handler::handle(request, None)?;
        pending.subscribe().block();
        let bug = || ErrorCode::InternalError(None);
        let answer = pending.get().ok_or_else(bug)?.map_err(|()| bug())??;
        let location = answer.headers().get("location").into_iter().next();
        match location.and_then(|location| String::from_utf8(location).ok()) {
            Some(location) => authority = location.trim_start_matches("http://").to_owned(),
            None => {
                let body = answer.consume().map_err(|()| bug())?;
                let stream = body.stream().map_err(|()| bug())?;
                return stream.blocking_read(1000).map_err(|_| bug());
            }
        }
    }
}
