//! Sizes, and requests that no client should send.

use prost::Message;
use tonic::Code;

use super::{CONNECTIONS, Rule, STORE, Source};
use crate::{
    proto::dapr::GetResponse,
    rules::{
        client::ANSWER_LIMIT,
        messages::{get, set},
        show::Show,
    },
};

/// Three of these are more than an answer can hold; one is not.
const LARGE: usize = 3 << 19;

pub const RULES: &[Rule] = &[
    Rule {
        id: "state/request-over-4-mib",
        promise: "A request can be larger than an answer can: more than 4 MiB are taken.",
        source: CONNECTIONS,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let keys = ["a", "b", "c"].map(|name| c.key(name));
                let value = vec![b'x'; LARGE];
                let items = keys.iter().map(|key| set(key, value.clone()));
                c.bulk_set(items.collect()).await.ok()?;
                for key in &keys {
                    c.get(key).await.holds(&value)?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "state/answer-over-4-mib",
        promise: "An answer of more than 4 MiB, which clients reject, is RESOURCE_EXHAUSTED with a message instead, \
                  and the connection lives on.",
        source: Source::Host("answers"),
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let keys = ["a", "b", "c"].map(|name| c.key(name));
                let value = vec![b'x'; LARGE];
                for key in &keys {
                    c.set(set(key, value.clone())).await.ok()?;
                    c.get(key).await.holds(&value)?;
                }
                let [first, second, third] = keys.each_ref().map(String::as_str);
                let answer = c.bulk_get(&[first, second, third]).await;
                if let Ok(message) = &answer.result {
                    let (size, limit) = (message.encoded_len(), ANSWER_LIMIT);
                    let why =
                        format!("RESOURCE_EXHAUSTED: {size} bytes, and clients accept {limit}");
                    return Err(answer.broken(why));
                }
                answer.fails_if("RESOURCE_EXHAUSTED with a message", |status| {
                    status.code() == Code::ResourceExhausted && !status.message().is_empty()
                })?;
                let two = [(first, Some(&*value)), (second, Some(&*value))];
                c.bulk_get(&[first, second]).await.items(&two)?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/key-not-utf8",
        promise: "A key that is not UTF-8 is refused with a status, and the connection lives on.",
        source: Source::Host("requests"),
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.put(&key, "1").await?;
                let bad = RawGet {
                    key: b"\xff\xfe".to_vec(),
                };
                c.call::<_, GetResponse>("StateStore/Get", bad)
                    .await
                    .fails_if("a status from the component", |status| {
                        ![Code::Unavailable, Code::Cancelled].contains(&status.code())
                    })?;
                c.get(&key).await.holds("1")?;
                Ok(())
            })
        },
    },
];

/// A Get whose key can be any bytes.
#[derive(Clone, PartialEq, prost::Message)]
struct RawGet {
    #[prost(bytes = "vec", tag = "1")]
    key: Vec<u8>,
}

impl Show for RawGet {
    fn show(&self, line: &mut String) {
        get(&self.key.escape_ascii().to_string()).show(line);
    }
}
