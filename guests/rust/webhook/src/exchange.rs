//! One request and its answer over `wasi:http`, within the time that they may take.

use wasi::clocks::monotonic_clock;
use wasi::http::outgoing_handler;
use wasi::http::types::{
    ErrorCode, Fields, IncomingResponse, OutgoingBody, OutgoingRequest, Scheme, http_error_code,
};
use wasi::io::poll::{self, Pollable};
use wasi::io::streams::StreamError;

use crate::bindings::dapr::components::types::{Code, Error};
use crate::failure;
use crate::request::Request;
use crate::settings::Settings;
use crate::{error, invalid_argument};

/// How long an answer may be. What carries it on takes 4 MiB with its metadata.
const LONGEST: usize = 3 * 1024 * 1024;

/// How much of an answer is read at once.
const CHUNK: u64 = 64 * 1024;

pub struct Exchange<'a> {
    settings: &'a Settings,
    end: Pollable,
}

impl<'a> Exchange<'a> {
    /// From here the time runs.
    pub fn begin(settings: &'a Settings) -> Self {
        let nanoseconds = u64::try_from(settings.timeout.as_nanos()).unwrap_or(u64::MAX);
        let end = monotonic_clock::subscribe_duration(nanoseconds);
        Self { settings, end }
    }

    /// Sends, and waits for the head of the answer.
    pub fn send(&self, request: &Request) -> Result<IncomingResponse, Error> {
        let fields = Fields::new();
        for (name, value) in &request.headers {
            fields
                .append(name, value.as_bytes())
                .map_err(|failure| failure::of_header(name, failure))?;
        }
        let address = &self.settings.address;
        let scheme = match address.is_https {
            true => Scheme::Https,
            false => Scheme::Http,
        };
        let outgoing = OutgoingRequest::new(fields);
        outgoing
            .set_method(&request.method)
            .and_then(|()| outgoing.set_scheme(Some(&scheme)))
            .and_then(|()| outgoing.set_authority(Some(address.authority())))
            .and_then(|()| outgoing.set_path_with_query(Some(&request.path_with_query)))
            .map_err(|()| invalid_argument("the host takes the url or the path for no address"))?;
        let body = match &request.body {
            Some(data) => Some((outgoing.body().map_err(|()| bug())?, data)),
            None => None,
        };

        // No options: they are limits of time for the parts of the exchange, and `end` is the limit for the whole.
        let answer =
            outgoing_handler::handle(outgoing, None).map_err(|failure| self.failed(&failure))?;
        if let Some((body, data)) = body {
            self.write(body, data)?;
        }
        self.wait(&answer.subscribe())?;
        let answer = answer.get().ok_or_else(bug)?.map_err(|()| bug())?;
        answer.map_err(|failure| self.failed(&failure))
    }

    /// Reads the rest of the answer.
    pub fn body(&self, response: &IncomingResponse) -> Result<Vec<u8>, Error> {
        let body = response.consume().map_err(|()| bug())?;
        let stream = body.stream().map_err(|()| bug())?;
        let mut data = Vec::new();
        loop {
            match stream.read(CHUNK) {
                Ok(chunk) if chunk.is_empty() => self.wait(&stream.subscribe())?,
                Ok(chunk) if data.len() + chunk.len() > LONGEST => {
                    let authority = self.settings.address.authority();
                    return Err(error(
                        Code::ResourceExhausted,
                        format!("the answer of {authority} is longer than {LONGEST} bytes"),
                    ));
                }
                Ok(chunk) => data.extend(chunk),
                Err(StreamError::Closed) => return Ok(data),
                Err(StreamError::LastOperationFailed(why)) => {
                    let failure = http_error_code(&why).unwrap_or(ErrorCode::HttpProtocolError);
                    return Err(self.failed(&failure));
                }
            }
        }
    }

    /// Sends the data as fast as they are taken. Where the other side stops taking them, its answer, or why
    /// there is none, says more than this could.
    fn write(&self, body: OutgoingBody, mut data: &[u8]) -> Result<(), Error> {
        let stream = body.write().map_err(|()| bug())?;
        while !data.is_empty() {
            let Ok(room) = stream.check_write() else {
                return Ok(());
            };
            let room = usize::try_from(room).unwrap_or(usize::MAX);
            let (now, later) = data.split_at(room.min(data.len()));
            if now.is_empty() {
                self.wait(&stream.subscribe())?;
            } else if stream.write(now).is_err() {
                return Ok(());
            }
            data = later;
        }
        drop(stream);
        OutgoingBody::finish(body, None).map_err(|failure| self.failed(&failure))
    }

    fn wait(&self, wanted: &Pollable) -> Result<(), Error> {
        let ready = poll::poll(&[wanted, &self.end]);
        match ready.contains(&0) {
            true => Ok(()),
            false => Err(failure::timeout(
                self.settings.timeout,
                self.settings.address.authority(),
            )),
        }
    }

    fn failed(&self, failure: &ErrorCode) -> Error {
        failure::of_exchange(failure, self.settings.address.authority())
    }
}

/// A part of a request or an answer can be taken once, and here each is.
fn bug() -> Error {
    error(
        Code::Internal,
        "the host gives a part of the exchange away twice",
    )
}
