//! Instances by `x-component-instance`: each with its own memory and its own Init.

use crate::support::{Runner, Setup};
use plugbox::proto::dapr::{FeaturesRequest, PingRequest};
use tonic::Code;

#[tokio::test]
async fn each_instance_has_its_own_memory() {
    let runner = Runner::of("rust-memory-state");
    let mut red = runner.store("store", "red").await;
    let mut blue = runner.store("store", "blue").await;
    red.init(&[]).await.unwrap();
    blue.init(&[]).await.unwrap();
    red.set("key", "of red").await.unwrap();
    assert_eq!(blue.text("key").await, "");
    blue.set("key", "of blue").await.unwrap();
    assert_eq!(red.text("key").await, "of red");
}

#[tokio::test]
async fn each_instance_has_its_own_init_metadata() {
    let runner = Runner::of("hostile-rude-state");
    let mut red = runner.store("store", "red").await;
    let mut blue = runner.store("store", "blue").await;
    red.init(&[("colour", "red")]).await.unwrap();
    blue.init(&[("colour", "blue")]).await.unwrap();
    assert_eq!(red.text("property:colour").await, "red");
    assert_eq!(blue.text("property:colour").await, "blue");
}

#[tokio::test]
async fn an_absent_and_an_empty_header_are_the_default_instance() {
    let runner = Runner::of("rust-memory-state");
    let mut absent = runner.ready().await;
    absent.set("key", "value").await.unwrap();
    let mut request = tonic::Request::new(plugbox::proto::dapr::GetRequest {
        key: "key".into(),
        ..Default::default()
    });
    let empty = "".parse().unwrap();
    request.metadata_mut().insert("x-component-instance", empty);
    let got = absent.client.get(request).await.unwrap().into_inner();
    assert_eq!(got.data, b"value");
}

/// What daprd asks of one component while it handles an event of another goes out under both names.
#[tokio::test]
async fn of_several_names_the_last_is_the_instance() {
    let runner = Runner::of("rust-memory-state");
    let mut store = runner.store("store", "own").await;
    store.init(&[]).await.unwrap();
    store.set("key", "value").await.unwrap();
    let mut request = tonic::Request::new(plugbox::proto::dapr::GetRequest {
        key: "key".into(),
        ..Default::default()
    });
    for name in ["inherited", "own"] {
        let name = name.parse().unwrap();
        request.metadata_mut().append("x-component-instance", name);
    }
    let got = store.client.get(request).await.unwrap().into_inner();
    assert_eq!(got.data, b"value");
}

#[tokio::test]
async fn a_call_before_init_names_the_component_the_instance_and_the_remedy() {
    let runner = Runner::of("rust-memory-state");
    for (instance, named) in [("", "default instance"), ("orders", "instance 'orders'")] {
        let mut store = runner.store("store", instance).await;
        let request = store.request(FeaturesRequest {});
        let features = store.client.features(request).await.map(|_| ());
        for status in [
            store.get("key").await.unwrap_err(),
            store.set("key", "value").await.unwrap_err(),
            features.unwrap_err(),
        ] {
            assert_eq!(status.code(), Code::FailedPrecondition);
            for words in ["component 'store'", named, "Init", "restart daprd"] {
                assert!(status.message().contains(words), "{status}");
            }
        }
    }
}

#[tokio::test]
async fn ping_is_answered_before_init() {
    let runner = Runner::of("rust-memory-state");
    let mut store = runner.store("store", "new").await;
    let request = store.request(PingRequest {});
    store.client.ping(request).await.unwrap();
}

#[tokio::test]
async fn init_again_brings_new_metadata_and_keeps_the_memory() {
    let runner = Runner::of("hostile-rude-state");
    let mut store = runner.store("store", "hot").await;
    store.init(&[("colour", "red")]).await.unwrap();
    store.set("key", "kept").await.unwrap();
    store.init(&[("colour", "blue")]).await.unwrap();
    assert_eq!(store.text("property:colour").await, "blue");
    assert_eq!(store.text("key").await, "kept");
    assert_eq!(store.text("init-count").await, "2");
}

#[tokio::test]
async fn an_init_that_fails_says_why_and_leaves_the_instance_uninitialised() {
    let runner = Runner::of("hostile-rude-state");
    let mut store = runner.store("store", "bad").await;
    let status = store.init(&[("fail", "no")]).await.unwrap_err();
    assert_eq!(
        (status.code(), status.message()),
        (Code::FailedPrecondition, "no")
    );
    assert_eq!(
        store.get("key").await.unwrap_err().code(),
        Code::FailedPrecondition
    );
    store.init(&[]).await.unwrap();
    store.get("key").await.unwrap();
}

#[tokio::test]
async fn an_init_that_traps_is_internal_and_the_next_init_is_served() {
    let runner = Runner::of("hostile-rude-state");
    let mut store = runner.store("store", "bad").await;
    let status = store.init(&[("trap-in-init", "true")]).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    store.init(&[]).await.unwrap();
}

#[tokio::test]
async fn the_number_of_instances_is_bounded_and_failed_inits_take_no_place() {
    let runner = Setup::new()
        .guest("store", "hostile-rude-state")
        .arg("--max-instances=2")
        .start();
    for failing in 0..4 {
        let mut store = runner.store("store", &format!("bad-{failing}")).await;
        store.init(&[("fail", "no")]).await.unwrap_err();
    }
    for good in ["a", "b"] {
        runner.store("store", good).await.init(&[]).await.unwrap();
    }
    let mut third = runner.store("store", "c").await;
    let status = third.init(&[]).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.message().contains("--max-instances"), "{status}");
    // Those that are there go on, Init again included.
    let mut first = runner.store("store", "a").await;
    first.init(&[]).await.unwrap();
    first.get("key").await.unwrap();
}

#[tokio::test]
async fn secrets_of_init_are_neither_logged_nor_in_errors() {
    const SECRET: &str = "hunter2-hunter2";
    let runner = Setup::new()
        .guest("store", "hostile-rude-state")
        .arg("-vv")
        .start();
    let mut store = runner.store("store", "x").await;
    let fail = format!("cannot log in with {SECRET}");
    let status = store
        .init(&[("password", SECRET), ("fail", &fail)])
        .await
        .unwrap_err();
    assert!(!format!("{status:?}").contains(SECRET), "{status:?}");
    store.init(&[("password", SECRET)]).await.unwrap();
    store.get("trap").await.unwrap_err();
    store.get("key").await.unwrap();
    runner.logs(&["the guest failed"]);
    assert!(!runner.log().contains(SECRET), "{}", runner.log());
}

#[tokio::test]
async fn an_instance_name_that_is_not_text_is_an_invalid_argument() {
    let runner = Runner::of("rust-memory-state");
    let mut store = runner.store("store", "").await;
    let mut request = tonic::Request::new(PingRequest {});
    let odd = tonic::metadata::MetadataValue::try_from(&b"\xff\xfe"[..]).unwrap();
    request.metadata_mut().insert("x-component-instance", odd);
    let status = store.client.ping(request).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}
