//! Requests that are what their type says, grown from an input by the descriptors of the protocol; or just bytes.

use super::input::Input;
use prost::Message as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};

/// The most levels of messages in messages, and elements of a list or map.
const DEPTH: u8 = 4;
const ELEMENTS: u8 = 4;

/// Fields that say which message of a stream a frame is an answer to.
const ANSWERED: [&str; 2] = ["ack_message_id", "message_id"];

/// One message of a request.
pub enum Message {
    /// Whatever it may be.
    Raw(Vec<u8>),
    /// One of its type. `answers` has it answer the last message that came.
    Grown {
        message: DynamicMessage,
        answers: bool,
    },
}

impl Message {
    pub fn read(input: &mut Input<'_>, ty: &MessageDescriptor) -> Self {
        match input.yes() {
            true => Self::Raw(input.bytes().to_vec()),
            false => Self::Grown {
                answers: input.yes(),
                message: grow(input, ty, DEPTH),
            },
        }
    }

    /// Its bytes, after `last` was the id of the last message that came.
    pub fn encode(self, last: Option<&str>) -> Vec<u8> {
        match self {
            Self::Raw(bytes) => bytes,
            Self::Grown {
                mut message,
                answers,
            } => {
                if let (true, Some(last)) = (answers, last) {
                    for name in ANSWERED {
                        if message.get_field_by_name(name).is_some() {
                            message.set_field_by_name(name, Value::String(last.to_owned()));
                        }
                    }
                }
                message.encode_to_vec()
            }
        }
    }
}

/// The id of a message that came on a stream; none of what has no id.
pub fn id(message: &DynamicMessage) -> Option<String> {
    let mut names = ["id", "message_id"].into_iter();
    names.find_map(|name| Some(message.get_field_by_name(name)?.as_str()?.to_owned()))
}

fn grow(input: &mut Input<'_>, ty: &MessageDescriptor, depth: u8) -> DynamicMessage {
    let mut message = DynamicMessage::new(ty.clone());
    for field in ty.fields() {
        if input.yes() {
            let value = field_value(input, &field, depth);
            message.set_field(&field, value);
        }
    }
    message
}

fn field_value(input: &mut Input<'_>, field: &FieldDescriptor, depth: u8) -> Value {
    if let Kind::Message(entry) = field.kind()
        && field.is_map()
    {
        let (key, element) = (entry.map_entry_key_field(), entry.map_entry_value_field());
        let entries = (0..input.below(ELEMENTS)).map(|_| {
            let key = match value(input, &key.kind(), depth) {
                Value::String(text) => MapKey::String(text),
                other => panic!("a map of the protocol has a key that is no text: {other:?}"),
            };
            (key, value(input, &element.kind(), depth))
        });
        return Value::Map(entries.collect());
    }
    let kind = field.kind();
    match field.is_list() {
        true => {
            let count = input.below(ELEMENTS);
            Value::List((0..count).map(|_| value(input, &kind, depth)).collect())
        }
        false => value(input, &kind, depth),
    }
}

fn value(input: &mut Input<'_>, kind: &Kind, depth: u8) -> Value {
    match kind {
        Kind::String => Value::String(input.text()),
        Kind::Bytes => Value::Bytes(input.bytes().to_vec().into()),
        Kind::Bool => Value::Bool(input.yes()),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(input.number() as i32),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(input.number() as u32),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(input.number() as i64),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(input.number()),
        Kind::Float => Value::F32(f32::from_bits(input.number() as u32)),
        Kind::Double => Value::F64(f64::from_bits(input.number())),
        Kind::Enum(_) => Value::EnumNumber(input.number() as i32),
        Kind::Message(ty) => {
            let empty = depth == 0;
            Value::Message(match empty {
                true => DynamicMessage::new(ty.clone()),
                false => grow(input, ty, depth - 1),
            })
        }
    }
}
