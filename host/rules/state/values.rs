//! What values can be.

use serde_json::{Value, json};

use super::{CLIENT, CONFORMANCE, ETAG, Rule, STORE, Source};
use crate::{
    proto::dapr::{GetRequest, GetResponse},
    rules::{
        Broken,
        answer::Answer,
        client::Client,
        messages::{get, set, set_json},
    },
};

/// Values as applications save them: JSON of every kind, and bytes that are none.
const VALUES: &[&str] = &[
    "123",
    "-0.5",
    "true",
    "null",
    "\u{1}",
    "\"hello world\"",
    "\"\"",
    "\"{\\\"a\\\":\\\"b\\\"}\"",
    "{\"message\":\"test\",\"product\":{\"value\":15}}",
    "[1, 2,  3]",
    " { \"spaces\" : \"stay\" } ",
    "⏱️",
];

pub const RULES: &[Rule] = &[
    Rule {
        id: "state/values-of-every-kind",
        promise: "Values are opaque: JSON of every kind comes back byte for byte, and so does what is not JSON.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                for (place, value) in VALUES.iter().enumerate() {
                    round_trip(&c, &format!("kind-{place}"), *value).await?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "state/values-of-any-byte",
        promise: "A value can hold every byte, valid UTF-8 or not.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let bytes: Vec<u8> = (0..=u8::MAX).chain((0..=u8::MAX).rev()).collect();
                round_trip(&c, "bytes", bytes).await?;
                round_trip(&c, "zero", vec![0]).await
            })
        },
    },
    Rule {
        id: "state/value-of-1-mib",
        promise: "A value of 1 MiB is kept.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                // No run of equal bytes that a compressing store could make small.
                let bytes =
                    (0..1_u32 << 18).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes());
                round_trip(&c, "large", bytes.collect::<Vec<u8>>()).await
            })
        },
    },
    Rule {
        id: "state/value-empty",
        promise: "An empty value is a value: the item is there and has an etag.",
        source: Source::Contract("state-store.get"),
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("empty");
                c.put(&key, "").await?;
                c.get(&key).await.holds("")?;
                c.get(&key).await.etag()?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/content-type",
        promise: "A content type comes back as it was given, or not at all.",
        source: Source::Contract("item.content-type"),
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let key = c.key("typed");
                let mut request = set(&key, "<a/>");
                request.content_type = "application/xml".to_owned();
                c.set(request).await.ok()?;
                c.get(&key)
                    .await
                    .ok_if("OK with content_type=\"application/xml\" or none", |it| {
                        ["application/xml", ""].contains(&&*it.content_type)
                    })?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/value-json",
        promise: "A value that is said to be JSON, by the metadata contentType, is the same JSON when it is asked for so.",
        source: CONFORMANCE,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let key = c.key("json");
                let value = json!({"kind": "shrub", "home": {"zone": 5}, "names": ["holly"]});
                c.set(set_json(&key, &value)).await.ok()?;
                is_json(c.get_with(as_json(&key)).await, &value)
            })
        },
    },
];

/// Reads a key whose value is JSON.
pub fn as_json(key: &str) -> GetRequest {
    let mut request = get(key);
    let json = ("contentType".to_owned(), "application/json".to_owned());
    request.metadata.extend([json]);
    request
}

/// The answer carries this JSON, in whatever spelling: a store that knows what JSON is may keep it in its own.
pub fn is_json(answer: Answer<GetResponse>, value: &Value) -> Result<(), Broken> {
    answer.ok_if(format!("OK with the JSON {value}"), |it| {
        serde_json::from_slice::<Value>(&it.data).is_ok_and(|found| found == *value)
    })?;
    Ok(())
}

/// What is set comes back.
pub async fn round_trip(c: &Client, name: &str, value: impl Into<Vec<u8>>) -> Result<(), Broken> {
    let (key, value) = (c.key(name), value.into());
    c.set(set(&key, value.clone())).await.ok()?;
    c.get(&key).await.holds(&value)?;
    Ok(())
}
