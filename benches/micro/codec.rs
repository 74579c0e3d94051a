//! From bytes to messages and back, with the count of their fields.

use bytes::{BufMut, Bytes, BytesMut};
use divan::{Bencher, counter::BytesCount};
use futures_util::{FutureExt, StreamExt, stream};
use http_body_util::Full;
use plugbox::{
    proto::dapr::{BulkGetRequest, GetRequest, GetResponse, SetRequest},
    services::ProstCodec,
};
use prost::Message;
use std::pin::pin;
use tonic::{
    Status, Streaming,
    codec::{Codec, EncodeBody, SingleMessageCompressionOverride},
};

#[divan::bench]
fn decode_get(bencher: Bencher) {
    decode(bencher, get());
}

#[divan::bench(args = [100, 64 << 10])]
fn decode_set(bencher: Bencher, size: usize) {
    decode(
        bencher,
        SetRequest {
            key: get().key,
            value: vec![b'v'; size],
            ..Default::default()
        },
    );
}

#[divan::bench(args = [20, 1000])]
fn decode_bulk_get(bencher: Bencher, items: usize) {
    decode(
        bencher,
        BulkGetRequest {
            items: vec![get(); items],
            ..Default::default()
        },
    );
}

#[divan::bench(args = [100, 64 << 10])]
fn encode_get(bencher: Bencher, size: usize) {
    let answer = GetResponse {
        data: vec![b'v'; size],
        ..Default::default()
    };
    bencher
        .counter(BytesCount::new(answer.encoded_len()))
        .with_inputs(|| answer.clone())
        .bench_values(|answer| {
            let encoder = ProstCodec::<_, ()>::default().encoder();
            let answers = stream::iter([Ok::<_, Status>(answer)]);
            let single = SingleMessageCompressionOverride::default();
            let body = EncodeBody::new_server(encoder, answers, None, single, None);
            http_body_util::BodyExt::collect(body)
                .now_or_never()
                .expect("nothing waits")
                .expect("it can be written")
                .to_bytes()
        });
}

fn get() -> GetRequest {
    GetRequest {
        key: "app||key".to_owned(),
        ..Default::default()
    }
}

/// As a service takes a message from a request's body.
fn decode<T: Message + Default + 'static>(bencher: Bencher, message: T) {
    let bytes = framed(&message);
    bencher
        .counter(BytesCount::new(bytes.len()))
        .with_inputs(|| bytes.clone())
        .bench_values(|bytes| {
            let decoder = ProstCodec::<(), T>::default().decoder();
            let mut messages = pin!(Streaming::new_request(
                decoder,
                Full::new(bytes),
                None,
                None
            ));
            let message = messages.next().now_or_never().expect("nothing waits");
            message.expect("there is one").expect("it can be read")
        });
}

fn framed(message: &impl Message) -> Bytes {
    let mut bytes = BytesMut::new();
    bytes.put_u8(0);
    bytes.put_u32(message.encoded_len() as u32);
    bytes.put(message.encode_to_vec().as_slice());
    bytes.freeze()
}
