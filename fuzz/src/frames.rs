//! What stands below gRPC: any bytes on a connection.

use super::{
    Entry,
    input::Input,
    served::{PATIENCE, Served, runtime},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

/// What a client of HTTP/2 says first.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The most bytes that are read of what is answered.
const ANSWER: u64 = 1 << 20;

/// An odd first byte has frames after it, whose lengths are true; an even one just bytes. The connection ends once its client's
/// side has, and others are served.
pub fn entry() -> Entry {
    let served = Served::start();
    Box::new(move |bytes| {
        let target = served.component("multi");
        let sent = sent(Input::new(bytes));
        runtime().block_on(async {
            let (reader, mut writer) = target.stream().await.into_split();
            let write = async {
                // The server may have heard enough.
                let _ = writer.write_all(&sent).await;
                let _ = writer.shutdown().await;
            };
            let mut answer = Vec::new();
            let mut reader = reader.take(ANSWER);
            let ended = timeout(PATIENCE, async {
                tokio::join!(write, reader.read_to_end(&mut answer))
            });
            assert!(ended.await.is_ok(), "the connection does not end");
            let client = target.connect().await;
            let ended = timeout(PATIENCE, target.serves(&client)).await;
            assert!(ended.is_ok(), "a neighbour is not served");
        });
    })
}

fn sent(mut input: Input<'_>) -> Vec<u8> {
    if !input.yes() {
        return input.rest().to_vec();
    }
    let mut sent = PREFACE.to_vec();
    while !input.is_empty() {
        let [kind, flags, stream] = input.array();
        let payload = input.bytes();
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        sent.extend(&length[1..]);
        // Frames of a kind that there is, for the most part.
        sent.extend([kind % 11, flags]);
        sent.extend(u32::from(stream).to_be_bytes());
        sent.extend(payload);
    }
    sent
}
