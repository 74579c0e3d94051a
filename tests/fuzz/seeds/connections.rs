//! Connections, frame by frame: as they should be, and broken off.

use super::Seed;
use crate::entries::served::framed;
use plugbox::proto::dapr::GetRequest;
use prost::Message;

/// HPACK without a table: each header as a literal that is not indexed, with a name of its own.
fn headers(headers: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in headers {
        block.push(0);
        for text in [name, value] {
            block.push(text.len() as u8);
            block.extend(text.as_bytes());
        }
    }
    block
}

/// The kind of a frame, its flags, its stream, its payload.
type Frame = (u8, u8, u8, Vec<u8>);

pub fn seeds() -> Vec<Seed> {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const RESET: u8 = 3;
    const SETTINGS: u8 = 4;
    const PING: u8 = 6;
    const WINDOW: u8 = 8;
    const CONTINUATION: u8 = 9;
    const END_STREAM: u8 = 1;
    const END_HEADERS: u8 = 4;
    let head = headers(&[
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/dapr.proto.components.v1.StateStore/Get"),
        (":authority", "localhost"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
        ("x-component-instance", "one"),
    ]);
    let get = GetRequest {
        key: "key".to_owned(),
        ..Default::default()
    };
    let data = framed(&get.encode_to_vec());
    let (first, rest) = head.split_at(20);
    let call = |stream| {
        vec![
            (HEADERS, END_HEADERS, stream, head.clone()),
            (DATA, END_STREAM, stream, data.clone()),
        ]
    };
    let settings = (SETTINGS, 0, 0, vec![]);
    let small_window = (SETTINGS, 0, 0, vec![0, 4, 0, 0, 0, 1]);
    let widen = |stream| (WINDOW, 0, stream, vec![0x7f, 0xff, 0xff, 0xff]);
    let ping = |flags| (PING, flags, 0, vec![7; 8]);
    let reset = |stream| (RESET, 0, stream, vec![0, 0, 0, 8]);
    let rows: [(&str, Vec<Frame>); 6] = [
        ("call", [vec![settings.clone()], call(1), call(3)].concat()),
        (
            "slow",
            [vec![small_window], call(1), vec![widen(1), widen(0)]].concat(),
        ),
        (
            "reset",
            [
                vec![settings.clone()],
                call(1),
                vec![reset(1)],
                call(3),
                vec![reset(5)],
            ]
            .concat(),
        ),
        (
            "continued",
            vec![
                settings.clone(),
                (HEADERS, END_STREAM, 1, first.to_vec()),
                (CONTINUATION, 0, 1, vec![]),
                (CONTINUATION, END_HEADERS, 1, rest.to_vec()),
            ],
        ),
        (
            "unfinished",
            vec![
                settings.clone(),
                (HEADERS, END_HEADERS, 1, head.clone()),
                (DATA, 0, 1, vec![0, 0, 0x0f, 0xff, 0xff, 1]),
            ],
        ),
        ("pings", vec![settings, ping(0), ping(1), ping(0)]),
    ];
    let mut seeds = vec![Seed::new(
        "frames",
        "http-1",
        *b"\0GET / HTTP/1.1\r\nhost: localhost\r\n\r\n",
    )];
    for (name, frames) in rows {
        let mut script = vec![1];
        let mut plain = [&[0], PREFACE].concat();
        for (kind, flags, stream, payload) in frames {
            let length = u32::try_from(payload.len()).unwrap();
            script.extend([kind, flags, stream]);
            script.extend((length as u16).to_le_bytes());
            script.extend(&payload);
            plain.extend(&length.to_be_bytes()[1..]);
            plain.extend([kind, flags, 0, 0, 0, stream]);
            plain.extend(&payload);
        }
        seeds.push(Seed::new("frames", name, script));
        seeds.push(Seed::new("frames", &format!("{name}-as-bytes"), plain));
    }
    seeds
}
