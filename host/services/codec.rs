//! Messages as bytes. What cannot be read is the sender's mistake, and the status says so.

use bytes::{Buf, Bytes};
use prost::{DecodeError, Message};
use prost_types::Value;
use std::{marker::PhantomData, sync::Arc};
use tonic::{
    Status,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};

/// The most fields of one message, items of lists among them: an item of two bytes takes a hundred times as much memory when it
/// is decoded.
const FIELDS: usize = 100_000;

/// How deep messages lie in messages at the most: prost reads no deeper.
const DEPTH: usize = 100;

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

/// What an app is asked by.
pub(super) trait Asked: Message + Default + Send + 'static {
    /// The numbers of the fields that lead to the message's `google.protobuf.Struct`s, from the outside in; none where it has none.
    const STRUCTS: &'static [u64] = &[];
}

/// The same for what an app is asked by, with all that is in its Structs counted: there, too, two bytes can be a value.
pub(super) fn decode_asked<Q: Asked>(buffer: Bytes) -> Result<Q, Status> {
    if !Q::STRUCTS.is_empty() {
        counted(&buffer, Place::Way(Q::STRUCTS))?;
    }
    decode(buffer)
}

/// JSON that lies in another message.
///
/// # Errors
/// Those of [`decode_asked`].
pub(super) fn decode_value(bytes: &[u8]) -> Result<Value, Status> {
    counted(bytes, Place::Value)?;
    Value::decode(bytes).map_err(|error| Unreadable::Other(error).into())
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

/// Where in a message with Structs a part of it is.
#[derive(Clone, Copy)]
enum Place {
    /// Above them, and these fields lead to them.
    Way(&'static [u64]),
    Struct,
    Entry,
    Value,
    List,
}

impl Place {
    /// Where a field leads that may have Structs or values in it.
    fn of(self, field: u64) -> Option<Self> {
        match (self, field) {
            (Self::Way([first]), _) if field == *first => Some(Self::Struct),
            (Self::Way([first, rest @ ..]), _) if field == *first => Some(Self::Way(rest)),
            (Self::Struct, 1) => Some(Self::Entry),
            (Self::Entry, 2) | (Self::List, 1) => Some(Self::Value),
            (Self::Value, 5) => Some(Self::Struct),
            (Self::Value, 6) => Some(Self::List),
            _ => None,
        }
    }
}

/// Refuses a message with too much in its Structs. Each item has two bytes at least, so a short one need not be looked at.
fn counted(message: &[u8], place: Place) -> Result<(), Unreadable> {
    if message.len() > 2 * FIELDS {
        let mut left = FIELDS;
        count(message, place, DEPTH, &mut left).ok_or(Unreadable::TooMany)?;
    }
    Ok(())
}

/// Counts down by what is in the Structs of a message; none when it is more.
fn count(message: &[u8], place: Place, depth: usize, left: &mut usize) -> Option<()> {
    for (field, inner) in fields(message) {
        if let Some(place) = place.of(field) {
            *left = left.checked_sub(1)?;
            // What lies deeper is not decoded.
            if let Some(depth) = depth.checked_sub(1) {
                count(inner, place, depth, left)?;
            }
        }
    }
    Some(())
}

/// The fields of a message and what is in them, one by one, as far as they can be read.
fn fields(mut message: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    std::iter::from_fn(move || {
        let key = varint(&mut message)?;
        let length = match key & 7 {
            0 => varint(&mut message).map(|_| 0)?,
            1 => 8,
            2 => varint(&mut message)?,
            5 => 4,
            _ => return None,
        };
        let (content, rest) = message.split_at_checked(usize::try_from(length).ok()?)?;
        message = rest;
        Some((key >> 3, content))
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
    use super::*;
    use crate::proto::{
        dapr::{BulkGetRequest, BulkGetRequestOptions, GetRequest},
        runtime::v1::{
            TopicEventBulkRequest, TopicEventBulkRequestEntry, TopicEventCeRequest,
            TopicEventRequest, topic_event_bulk_request_entry::Event,
        },
    };
    use prost_types::{ListValue, Struct, value::Kind};
    use std::iter;
    use tonic::Code;

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

    fn list(values: Vec<Value>) -> Value {
        let kind = Some(Kind::ListValue(ListValue { values }));
        Value { kind }
    }

    /// Lists in lists, so many.
    fn nested(depth: usize) -> Value {
        let all = iter::successors(Some(list(Vec::new())), |inner| {
            Some(list(vec![inner.clone()]))
        });
        all.take(depth).last().unwrap()
    }

    /// An event with so many values in its extensions, beside one that has them all.
    fn event(values: usize) -> TopicEventRequest {
        let values = vec![Value { kind: None }; values];
        let fields = [("many".to_owned(), list(values))].into();
        TopicEventRequest {
            data: vec![10; 4 * FIELDS],
            extensions: Some(Struct { fields }),
            ..Default::default()
        }
    }

    fn code<Q: Asked>(message: &Q) -> Option<Code> {
        let decoded = decode_asked::<Q>(message.encode_to_vec().into());
        decoded.err().map(|why| why.code())
    }

    #[test]
    fn what_is_in_structs_is_counted_wherever_they_are_and_a_long_text_is_one() {
        // The Struct, its entry, that one's value and the list in it.
        let beside = 4;
        for (values, expected) in [
            (0, None),
            (FIELDS - beside, None),
            (FIELDS - beside + 1, Some(Code::ResourceExhausted)),
            (3 * FIELDS, Some(Code::ResourceExhausted)),
        ] {
            assert_eq!(code(&event(values)), expected, "{values}");
        }
        let entry = |values| TopicEventBulkRequestEntry {
            event: Some(Event::CloudEvent(TopicEventCeRequest {
                extensions: event(values).extensions,
                ..Default::default()
            })),
            ..Default::default()
        };
        for (values, expected) in [
            (FIELDS / 3, None),
            (FIELDS / 2, Some(Code::ResourceExhausted)),
        ] {
            let message = TopicEventBulkRequest {
                entries: vec![entry(values), entry(values)],
                ..Default::default()
            };
            assert_eq!(code(&message), expected, "{values}");
        }
    }

    #[test]
    fn json_in_another_message_is_counted_and_no_deeper_than_is_read() {
        let code = |value: Value| decode_value(&value.encode_to_vec()).map_err(|why| why.code());
        let many = |values| list(vec![Value { kind: None }; values]);
        for values in [0, FIELDS - 1] {
            assert_eq!(code(many(values)), Ok(many(values)), "{values}");
        }
        for values in [FIELDS, 3 * FIELDS] {
            assert_eq!(code(many(values)), Err(Code::ResourceExhausted), "{values}");
        }
        assert_eq!(code(nested(200)), Err(Code::InvalidArgument));
    }

    #[test]
    fn structs_as_deep_as_nobody_reads_them_are_refused() {
        let nest = |depth| {
            let fields = [("deep".to_owned(), nested(depth))].into();
            TopicEventRequest {
                extensions: Some(Struct { fields }),
                // Long enough to be looked at.
                data: vec![0; 3 * FIELDS],
                ..Default::default()
            }
        };
        assert_eq!(code(&nest(40)), None);
        assert_eq!(code(&nest(200)), Some(Code::InvalidArgument));
    }
}
