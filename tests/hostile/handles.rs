//! Guests that hoard what the host holds for them: resources by the million, sockets, open files.

use crate::siege::{MIB, Siege};
use tonic::Code;

/// What the handles of one instance may cost.
const HANDLES: u64 = 64 * MIB;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pollables_without_end_are_refused() {
    hoards("pollables", "--max-handles").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_without_end_are_refused() {
    hoards("streams", "--max-handles").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_without_end_are_refused() {
    hoards("fields", "size of fields").await;
}

/// It ends by a limit, and all is given back.
async fn hoards(attack: &str, limit: &str) {
    let siege = Siege::start().await;
    let mut store = siege.store(attack).await;
    let status = siege.withstands(HANDLES, store.get("")).await;
    let status = status.unwrap_err();
    assert_eq!(status.code(), Code::Internal, "{status}");
    assert!(status.message().contains(limit), "{status}");
    store.set("key", "value").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_without_end_are_refused_and_closed_with_their_instance() {
    let siege = Siege::start().await;
    let mut store = siege.store("sockets").await;
    let before = siege.runner.descriptors();
    let attack = async {
        let made: usize = store.text("").await.parse().unwrap();
        (made, store.set("", "").await.unwrap_err())
    };
    let (made, _) = siege.withstands(HANDLES, attack).await;
    assert!(made < 500, "{made}");
    siege.closes(before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_opened_without_end_are_refused_and_closed_with_their_instance() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "data").unwrap();
    let grant = format!("--dir={}::/data", folder.path().display());
    let siege = Siege::with(|setup| setup.arg(grant)).await;
    let mut store = siege.store("files").await;
    let attack = async {
        let opened: usize = store.text("/data/file").await.parse().unwrap();
        (opened, store.set("", "").await.unwrap_err())
    };
    let (opened, _) = siege.withstands(HANDLES, attack).await;
    assert!((1..500).contains(&opened), "{opened}");
}
