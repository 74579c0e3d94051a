//! A first set and get on a state store's socket, as a client of the protocol does them: `first-call SOCKET`.

use anyhow::Context;
use plugbox::proto::dapr::{
    GetRequest, InitRequest, SetRequest, state_store_client::StateStoreClient,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let socket = std::env::args()
        .nth(1)
        .context("usage: first-call SOCKET")?;
    let mut store = StateStoreClient::connect(format!("unix:{socket}")).await?;
    store.init(InitRequest::default()).await?;

    let (key, value) = ("greeting", "hello from WebAssembly");
    store
        .set(SetRequest {
            key: key.into(),
            value: value.into(),
            ..Default::default()
        })
        .await?;
    println!("set {key} = {value}");

    let got = store
        .get(GetRequest {
            key: key.into(),
            ..Default::default()
        })
        .await?
        .into_inner();
    let etag = got.etag.map(|etag| etag.value).unwrap_or_default();
    println!(
        "get {key} = {} (etag {etag})",
        String::from_utf8_lossy(&got.data)
    );
    Ok(())
}
