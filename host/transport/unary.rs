//! Calls of one request and one answer, each a message behind gRPC's prefix: a flag, and the length in four bytes.
//!
//! Nearly all calls are of this kind, so they go a way of their own: what came in one piece is read where it lies, and an answer is
//! written once.

use super::intake::Intake;
use crate::{
    budget::Held,
    config::named,
    services::Consumers,
    text::{cut, shown},
};
use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue};
use prost::Message;
use std::sync::Arc;
use tonic::{Status, metadata::MetadataValue};

/// The bytes of a message's prefix.
pub(super) const PREFIX: usize = 5;

/// Bytes that a request which comes in pieces gets room for at once, if it says that it has them. For more it must bring some.
const ROOM: usize = 256 << 10;

/// The header that says how a message is compressed.
const ENCODING: &str = "grpc-encoding";

/// The header that says what a server takes.
const ACCEPTED: &str = "grpc-accept-encoding";

/// The most bytes of an encoding's name in a message.
const NAME: usize = 64;

/// A request, all of which has come.
pub struct Unary {
    /// What was sent before the message.
    pub headers: HeaderMap,
    /// The message, without its prefix.
    pub message: Bytes,
    /// What the call holds in memory.
    pub held: Arc<Held>,
    /// Who speaks on its connection.
    pub consumers: Consumers,
}

/// The message of a request with at most so many bytes. What comes after it is left aside.
///
/// # Errors
/// When it is too large, compressed or not whole, and as of [`Intake::next`].
pub(super) async fn receive(
    mut intake: Intake,
    limit: usize,
    headers: &HeaderMap,
) -> Result<Bytes, Status> {
    let first = intake.next().await.transpose()?.unwrap_or_default();
    let wanted = wanted(&first, limit, headers)?;
    if intake.is_at_end() {
        return message(first, wanted);
    }
    let mut come = BytesMut::with_capacity(wanted.unwrap_or_default().clamp(first.len(), ROOM));
    come.extend_from_slice(&first);
    let mut wanted = wanted;
    while let Some(piece) = intake.next().await {
        let piece = piece?;
        if wanted.is_none_or(|wanted| come.len() < wanted) {
            come.extend_from_slice(&piece);
            wanted = self::wanted(&come, limit, headers)?;
        }
    }
    message(come.freeze(), wanted)
}

/// The bytes of a message and its prefix, once that is known.
fn wanted(come: &[u8], limit: usize, headers: &HeaderMap) -> Result<Option<usize>, Status> {
    let Some((&[flag, a, b, c, d], _)) = come.split_first_chunk::<PREFIX>() else {
        return Ok(None);
    };
    if flag != 0 {
        return Err(compressed(headers.get(ENCODING)));
    }
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    match length > limit {
        true => Err(too_large(&format!(
            "found {length} bytes, the limit is: {limit} bytes"
        ))),
        false => Ok(Some(PREFIX.saturating_add(length))),
    }
}

/// What a request over the limit is refused by. Other servers say RESOURCE_EXHAUSTED, and the operator needs to know what to turn.
pub(super) fn too_large(sizes: &str) -> Status {
    Status::resource_exhausted(format!(
        "the request is too large: {sizes} ({})",
        named::max_message
    ))
}

/// What a message with a flag is refused by. Source: gRPC over HTTP/2, Compressed-Flag, and Compression, Test Cases.
fn compressed(encoding: Option<&HeaderValue>) -> Status {
    let Some(encoding) = encoding.and_then(|encoding| encoding.to_str().ok()) else {
        return Status::internal(
            "the message has a flag that says how it is compressed, and no header grpc-encoding does",
        );
    };
    let encoding = shown(cut(encoding, NAME));
    let mut refusal = Status::unimplemented(format!(
        "the message is compressed by {encoding}: plugbox takes only what is not (grpc-encoding: identity)"
    ));
    let ours = MetadataValue::from_static("identity");
    refusal.metadata_mut().insert(ACCEPTED, ours);
    refusal
}

fn message(mut come: Bytes, wanted: Option<usize>) -> Result<Bytes, Status> {
    match wanted {
        Some(wanted) if come.len() >= wanted => {
            come.truncate(wanted);
            Ok(come.split_off(PREFIX))
        }
        _ if come.is_empty() => Err(Status::internal("the request has no message")),
        _ => Err(Status::internal(
            "the request ended before its message was whole",
        )),
    }
}

/// A message of so many bytes as it is sent.
///
/// # Errors
/// When it is too large for gRPC.
pub fn framed(message: &impl Message, size: usize) -> Result<Bytes, Status> {
    let length = u32::try_from(size)
        .map_err(|_| Status::resource_exhausted("the reply has more than 4 GiB"))?;
    let mut frame = BytesMut::with_capacity(PREFIX.saturating_add(size));
    frame.put_u8(0);
    frame.put_u32(length);
    match message.encode(&mut frame) {
        Ok(()) => Ok(frame.freeze()),
        Err(error) => Err(Status::internal(format!(
            "the message cannot be written: {error}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::dapr::GetRequest;
    use tonic::Code;

    #[test]
    fn a_message_is_read_as_it_was_framed_and_what_follows_is_left_aside() {
        let request = GetRequest {
            key: "k".repeat(300),
            ..Default::default()
        };
        let size = request.encoded_len();
        let frame = framed(&request, size).unwrap();
        assert_eq!(frame.len(), PREFIX + size);
        for more in [&b""[..], b"x", &[0; 10]] {
            let come = Bytes::from([&frame[..], more].concat());
            let wanted = wanted(&come, size, &HeaderMap::new()).unwrap();
            let read = message(come, wanted).unwrap();
            assert_eq!(GetRequest::decode(read).unwrap(), request);
        }
    }

    #[test]
    fn what_is_too_large_compressed_or_cut_short_is_refused() {
        let gzip = HeaderMap::from_iter([(
            http::HeaderName::from_static(ENCODING),
            HeaderValue::from_static("gzip"),
        )]);
        let plain = HeaderMap::new();
        for (come, headers, code) in [
            (&[0, 0, 0, 0, 4][..], &plain, Code::ResourceExhausted),
            (&[0, 255, 255, 255, 255], &plain, Code::ResourceExhausted),
            (&[1, 0, 0, 0, 0], &gzip, Code::Unimplemented),
            (&[1, 0, 0, 0, 0], &plain, Code::Internal),
            (&[0, 0, 0, 0, 3, 1, 2], &plain, Code::Internal),
            (&[0, 0, 0, 0], &plain, Code::Internal),
            (&[], &plain, Code::Internal),
        ] {
            let wanted = wanted(come, 3, headers);
            let read = wanted.and_then(|wanted| message(Bytes::copy_from_slice(come), wanted));
            assert_eq!(read.unwrap_err().code(), code, "{come:?}");
        }
        let message = Bytes::from_static(&[0, 0, 0, 0, 0]);
        let wanted = wanted(&message, 3, &gzip).unwrap();
        assert_eq!(wanted, Some(PREFIX), "what is not compressed is taken");
    }
}
