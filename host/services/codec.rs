//! Messages as bytes. What cannot be read is the sender's mistake, and the status says so.

use bytes::Buf;
use prost::{DecodeError, Message};
use std::{marker::PhantomData, sync::Arc};
use tonic::{
    Status,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};

/// The most fields of one message, items of lists among them: an item of two bytes takes a hundred times as much memory when it
/// is decoded.
const FIELDS: usize = 100_000;

/// Protobuf messages: `T` go out, `U` come in.
#[derive(Debug)]
pub struct ProstCodec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for ProstCodec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> Codec for ProstCodec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstCodec<T, U>;
    type Decoder = ProstCodec<T, U>;

    fn encoder(&mut self) -> Self::Encoder {
        Self::default()
    }

    fn decoder(&mut self) -> Self::Decoder {
        Self::default()
    }
}

impl<T: Message, U> Encoder for ProstCodec<T, U> {
    type Item = T;
    type Error = Status;

    fn encode(&mut self, item: T, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.encode(buffer)
            .map_err(|error| Status::internal(format!("the message cannot be written: {error}")))
    }
}

impl<T, U: Message + Default> Decoder for ProstCodec<T, U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        decode(buffer).map(Some)
    }
}

/// A message that lies in one piece.
///
/// # Errors
/// When it is of another type, or has too many fields.
pub(super) fn decode<U: Message + Default>(buffer: impl Buf) -> Result<U, Status> {
    // Each field has two bytes at least.
    if buffer.chunk().len() > 2 * FIELDS && fields(buffer.chunk()).nth(FIELDS).is_some() {
        return Err(Unreadable::TooMany.into());
    }
    U::decode(buffer).map_err(|error| Unreadable::Other(error).into())
}

/// Why a message is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It would take too much memory.
    #[error("it has more than {FIELDS} items")]
    TooMany,
    /// It is of another type.
    #[error("it is not what its type says: {0}")]
    Other(DecodeError),
}

/// In words for whoever has sent it. A client, which has only asked for it, finds the reason behind the status.
impl From<Unreadable> for Status {
    fn from(why: Unreadable) -> Self {
        let mut status = match &why {
            Unreadable::TooMany => Self::resource_exhausted(format!(
                "the message has more than {FIELDS} items: send fewer at once"
            )),
            Unreadable::Other(error) => {
                Self::invalid_argument(format!("the message is not what its type says: {error}"))
            }
        };
        status.set_source(Arc::new(why));
        status
    }
}

/// The fields of a message, one by one, as far as they can be read.
fn fields(mut message: &[u8]) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || {
        let key = varint(&mut message)?;
        let length = match key & 7 {
            0 => varint(&mut message).map(|_| 0)?,
            1 => 8,
            2 => varint(&mut message)?,
            5 => 4,
            _ => return None,
        };
        message = message.get(usize::try_from(length).ok()?..)?;
        Some(key >> 3)
    })
}

/// The number at the beginning: seven bits in each byte, as long as the eighth is set.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::fields;
    use crate::proto::dapr::{BulkGetRequest, BulkGetRequestOptions, GetRequest};
    use prost::Message;

    #[test]
    fn fields_are_counted_as_far_as_a_message_can_be_read() {
        let message = BulkGetRequest {
            items: vec![GetRequest::default(); 1000],
            options: Some(BulkGetRequestOptions { parallelism: -1 }),
        };
        assert_eq!(fields(&message.encode_to_vec()).count(), 1001);
        for (bytes, count) in [
            (&[][..], 0),
            (&[0x0a, 0x00, 0x0a], 1),
            (&[0x0a, 0x02, 0x00], 0),
            (&[0xff; 20], 0),
            (&[0x0b], 0),
            (&[0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x0d, 1, 2, 3, 4], 2),
        ] {
            assert_eq!(fields(bytes).count(), count, "{bytes:?}");
        }
    }
}
