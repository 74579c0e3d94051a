//! The same by gRPC: items, etags, transactions and queries.

use crate::{
    api::{self, Etag, Item, StateItem},
    sidecar::{STORE, Stand},
};
use prost::Message;
use std::collections::HashMap;
use tonic::{
    Code, Request, Status, client::Grpc, codegen::http::uri::PathAndQuery, transport::Channel,
};
use tonic_prost::ProstCodec;

/// Daprd's gRPC API, for the resource of these tests.
pub struct Client(Grpc<Channel>);

impl Client {
    pub async fn of(stand: &Stand) -> Self {
        let address = format!("http://127.0.0.1:{}", stand.daprd.grpc);
        let endpoint = Channel::from_shared(address).unwrap();
        Self(Grpc::new(endpoint.connect().await.unwrap()))
    }

    pub async fn call<Q, A>(&mut self, method: &str, request: Q) -> Result<A, Status>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        let path = format!("/dapr.proto.runtime.v1.Dapr/{method}");
        let path = PathAndQuery::try_from(path).unwrap();
        self.0.ready().await.unwrap();
        let codec = ProstCodec::<Q, A>::default();
        let answer = self.0.unary(Request::new(request), path, codec).await?;
        Ok(answer.into_inner())
    }

    async fn save(&mut self, states: Vec<StateItem>) -> Result<(), Status> {
        let store_name = STORE.to_owned();
        self.call("SaveState", api::States { store_name, states })
            .await
    }

    async fn get(&mut self, key: &str) -> api::State {
        let request = api::GetState {
            store_name: STORE.to_owned(),
            key: key.to_owned(),
        };
        self.call("GetState", request).await.unwrap()
    }

    async fn delete(&mut self, key: &str, etag: Option<&str>) -> Result<(), Status> {
        let request = api::DeleteState {
            store_name: STORE.to_owned(),
            key: key.to_owned(),
            etag: etag.map(self::etag),
        };
        self.call("DeleteState", request).await
    }

    async fn transact(&mut self, operations: Vec<(&str, StateItem)>) -> Result<(), Status> {
        let operations = operations.into_iter();
        let request = api::Transaction {
            store_name: STORE.to_owned(),
            operations: operations
                .map(|(name, item)| api::Operation {
                    operation_type: name.to_owned(),
                    request: Some(item),
                })
                .collect(),
        };
        self.call("ExecuteStateTransaction", request).await
    }

    async fn query(&mut self, query: &str) -> Result<api::Items, Status> {
        let request = api::Query {
            store_name: STORE.to_owned(),
            query: query.to_owned(),
        };
        self.call("QueryStateAlpha1", request).await
    }
}

fn etag(value: &str) -> Etag {
    Etag {
        value: value.to_owned(),
    }
}

fn item(key: &str, value: impl AsRef<[u8]>) -> StateItem {
    StateItem {
        key: key.to_owned(),
        value: value.as_ref().to_owned(),
        ..Default::default()
    }
}

impl StateItem {
    fn etag(mut self, value: &str) -> Self {
        self.etag = Some(etag(value));
        self
    }
}

#[tokio::test]
async fn by_grpc_bytes_are_saved_and_read_and_deleted() {
    let Some(stand) = &Stand::new().await else {
        return;
    };
    let mut client = Client::of(stand).await;
    let bytes: Vec<u8> = (0..=255).collect();
    client.save(vec![item("key", &bytes)]).await.unwrap();
    let got = client.get("key").await;
    assert_eq!(got.data, bytes);
    assert!(!got.etag.is_empty());
    client.delete("key", None).await.unwrap();
    assert_eq!(client.get("key").await, api::State::default());
    client.delete("key", None).await.unwrap();
}

#[tokio::test]
async fn by_grpc_several_items_are_saved_and_read_and_deleted_at_once() {
    let Some(stand) = &Stand::new().await else {
        return;
    };
    let mut client = Client::of(stand).await;
    let states = vec![item("a", "1"), item("b", "2"), item("c", "3")];
    client.save(states).await.unwrap();
    let request = || api::GetBulkState {
        store_name: STORE.to_owned(),
        keys: ["c", "missing", "a", "b"].map(str::to_owned).to_vec(),
    };
    let values = |got: api::Items| -> Vec<(String, Vec<u8>)> {
        let items = got.items.into_iter();
        items
            .inspect(|item| assert_eq!(item.error, ""))
            .map(|item: Item| (item.key, item.data))
            .collect()
    };
    let pair = |key: &str, value: &str| (key.to_owned(), value.as_bytes().to_vec());
    let got = client.call("GetBulkState", request()).await.unwrap();
    assert_eq!(
        values(got),
        [
            pair("c", "3"),
            pair("missing", ""),
            pair("a", "1"),
            pair("b", "2")
        ]
    );
    // The good ones go, whatever the others do.
    let states = vec![item("a", ""), item("b", "").etag("5"), item("c", "")];
    let store_name = STORE.to_owned();
    let deleted: Result<(), _> = client
        .call("DeleteBulkState", api::States { store_name, states })
        .await;
    assert_eq!(deleted.unwrap_err().code(), Code::Aborted);
    let got = client.call("GetBulkState", request()).await.unwrap();
    assert_eq!(
        values(got),
        [
            pair("c", ""),
            pair("missing", ""),
            pair("a", ""),
            pair("b", "2")
        ]
    );
}

#[tokio::test]
async fn by_grpc_an_etag_that_does_not_match_is_aborted_and_an_invalid_one_is_an_invalid_argument()
{
    let Some(stand) = &Stand::new().await else {
        return;
    };
    let mut client = Client::of(stand).await;
    client.save(vec![item("key", "1")]).await.unwrap();
    for (etag, code) in [("5", Code::Aborted), ("not-mine", Code::InvalidArgument)] {
        let state = item("key", "2").etag(etag);
        for status in [
            client.save(vec![state.clone()]).await.unwrap_err(),
            client
                .save(vec![item("other", "1"), state])
                .await
                .unwrap_err(),
            client.delete("key", Some(etag)).await.unwrap_err(),
        ] {
            assert_eq!(status.code(), code, "{status}");
            assert!(status.message().contains("key"), "{status}");
        }
    }
    let got = client.get("key").await;
    assert_eq!(got.data, b"1");
    client
        .save(vec![item("key", "2").etag(&got.etag)])
        .await
        .unwrap();
    let mut first = item("key", "3");
    first.options = Some(api::StateOptions {
        concurrency: api::Concurrency::FirstWrite.into(),
    });
    let status = client.save(vec![first]).await.unwrap_err();
    assert_eq!(status.code(), Code::Aborted);
    let etag = client.get("key").await.etag;
    client.delete("key", Some(&etag)).await.unwrap();
}

#[tokio::test]
async fn by_grpc_an_items_expiry_comes_back_in_its_metadata() {
    let Some(stand) = &Stand::new().await else {
        return;
    };
    let mut client = Client::of(stand).await;
    let mut state = item("key", "1");
    state.metadata = HashMap::from([("ttlInSeconds".to_owned(), "1000".to_owned())]);
    client.save(vec![state]).await.unwrap();
    let got = client.get("key").await;
    let moment = &got.metadata["ttlExpireTime"];
    assert!(humantime::parse_rfc3339(moment).is_ok(), "{moment}");
}

#[tokio::test]
async fn by_grpc_a_transaction_happens_as_a_whole_or_not_at_all() {
    let Some(stand) = &Stand::new().await else {
        return;
    };
    let mut client = Client::of(stand).await;
    client.save(vec![item("old", "1")]).await.unwrap();
    let operations = |last: StateItem| {
        vec![
            ("upsert", item("new", "1")),
            ("delete", item("old", "")),
            ("upsert", last),
        ]
    };
    let bad = item("new", "2").etag("5");
    client.transact(operations(bad)).await.unwrap_err();
    assert_eq!(client.get("old").await.data, b"1");
    assert_eq!(client.get("new").await.data, b"");
    client.transact(operations(item("new", "2"))).await.unwrap();
    assert_eq!(client.get("old").await.data, b"");
    assert_eq!(client.get("new").await.data, b"2");
}

#[tokio::test]
async fn by_grpc_a_query_finds_what_is_json_and_leaves_the_rest_aside() {
    let Some(stand) = &Stand::new().await else {
        return;
    };
    let mut client = Client::of(stand).await;
    let states = vec![
        item("a", r#"{"n": 1}"#),
        item("b", [0xff, 0xfe]),
        item("c", r#"{"n": 2}"#),
        item("d", "{\"n\": 3"),
    ];
    client.save(states).await.unwrap();
    let query = r#"{"filter": {"GTE": {"n": 1}}, "sort": [{"key": "n", "order": "DESC"}], "page": {"limit": 1}}"#;
    let page = client.query(query).await.unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(
        (page.items[0].key.as_str(), &*page.items[0].data),
        ("c", &br#"{"n": 2}"#[..])
    );
    assert!(!page.token.is_empty());
    let page = client.query("{}").await.unwrap();
    assert_eq!(page.items.len(), 2);
    let status = client.query(r#"{"filter": {"EQ": 5}}"#).await.unwrap_err();
    assert!(status.message().contains("EQ"), "{status}");
}
