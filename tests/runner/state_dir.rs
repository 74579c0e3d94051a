//! A runner that is started again with what Init brought before: clients that send it once go on.

mod files;
mod waiting;

use crate::support::{Runner, Setup, Store, addressed, broker::Broker, guest, properties};
use plugbox::proto::{
    dapr::{
        FeaturesRequest, InputBindingInitRequest, InvokeRequest, ListOperationsRequest,
        OutputBindingInitRequest, ReadRequest, input_binding_client::InputBindingClient,
        output_binding_client::OutputBindingClient,
    },
    layotto::hello::{HelloConfig, HelloRequest, hello_client::HelloClient},
};
use rustix::process::Signal;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, transport::Channel};

const SECRET: &str = "hunter2-hunter2";

/// A folder for what Init brings, which outlives the runners that use it.
struct State(TempDir);

impl State {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("state")
    }

    /// A runner of one guest, `store`, not started yet.
    fn of(&self, guest: &str) -> Setup {
        self.used_by(Setup::new().guest("store", guest))
    }

    fn used_by(&self, setup: Setup) -> Setup {
        setup.arg("--state-dir").arg(self.path())
    }

    /// What was kept of an instance of a component, a file for each block.
    fn files(&self, component: &str, instance: &str) -> Vec<PathBuf> {
        let begin = format!("{component}.{instance}.");
        self.all(|name| name.starts_with(&begin) && name.ends_with(".init"))
    }

    /// The one of an instance that has one.
    fn file(&self, component: &str, instance: &str) -> PathBuf {
        let files = self.files(component, instance);
        assert_eq!(files.len(), 1, "{files:?}");
        files[0].clone()
    }

    fn all(&self, of: impl Fn(&str) -> bool) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path()).unwrap();
        let entries = entries.map(|entry| entry.unwrap());
        let entries = entries.filter(|entry| of(entry.file_name().to_str().unwrap()));
        entries.map(|entry| entry.path()).collect()
    }
}

fn kill(mut runner: Runner) {
    runner.signal(Signal::KILL);
    runner.wait();
}

/// Writes something else to a file, as plugbox would have.
fn rewrite(file: &Path, change: impl FnOnce(&mut Value)) {
    let text = fs::read_to_string(file).unwrap();
    let (line, content) = text.split_once('\n').unwrap();
    let sum = |content: &str| format!("{:x}", Sha256::digest(content));
    let begin = line.strip_suffix(&sum(content)).unwrap();
    let mut content = serde_json::from_str(content).unwrap();
    change(&mut content);
    let content = content.to_string();
    fs::write(file, format!("{begin}{}\n{content}", sum(&content))).unwrap();
}

#[track_caller]
fn came_before_init<T>(answer: Result<T, Status>) {
    let status = answer.err().unwrap();
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
    assert!(status.message().contains("came before Init"), "{status:?}");
}

async fn features(store: &mut Store) -> Result<Vec<String>, Status> {
    let request = store.request(FeaturesRequest {});
    let answer = store.client.features(request).await?;
    Ok(answer.into_inner().features)
}

#[tokio::test]
async fn a_killed_runner_is_followed_by_one_that_needs_no_init() {
    let state = State::new();
    let runner = state.of("hostile-rude-state").start();
    let instances = ["", "red", "a/../b.c"];
    for instance in instances {
        let mut store = runner.store("store", instance).await;
        store.init(&[("colour", "none")]).await.unwrap();
        let colour = format!("of {instance}");
        store.init(&[("colour", &colour)]).await.unwrap();
    }
    kill(runner);
    // What a runner keeps, all that follow have.
    for _ in 0..2 {
        let runner = state.of("hostile-rude-state").start();
        for instance in instances {
            let mut store = runner.store("store", instance).await;
            let colour = format!("of {instance}");
            assert_eq!(store.text("property:colour").await, colour);
            assert_eq!(store.text("init-count").await, "1");
            features(&mut store).await.unwrap();
            // Like that of any other instance, its guest is replaced when it fails.
            store.get("trap").await.unwrap_err();
            assert_eq!(store.text("property:colour").await, colour);
        }
        let mut other = runner.store("store", "blue").await;
        came_before_init(other.get("key").await);
        kill(runner);
    }
}

#[tokio::test]
async fn each_of_several_guests_has_been_through_it() {
    let state = State::new();
    let start = || state.of("hostile-rude-state").arg("--instances=3").start();
    let runner = start();
    runner
        .ready()
        .await
        .init(&[("colour", "red")])
        .await
        .unwrap();
    kill(runner);
    let runner = start();
    let store = runner.store("store", "").await;
    let calls = (0..12).map(|_| {
        let mut store = store.clone();
        tokio::spawn(async move {
            store.get("sleep:20").await.unwrap();
            store.text("property:colour").await
        })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap(), "red");
    }
}

async fn init_bindings(channel: &Channel) {
    let mut output = OutputBindingClient::new(channel.clone());
    let init = OutputBindingInitRequest {
        metadata: properties(&[]),
    };
    output.init(addressed(init, "x")).await.unwrap();
    let mut input = InputBindingClient::new(channel.clone());
    let init = InputBindingInitRequest {
        metadata: properties(&[]),
    };
    input.init(addressed(init, "x")).await.unwrap();
}

#[tokio::test]
async fn every_block_of_an_instance_comes_back_and_streams_can_be_opened() {
    let state = State::new();
    let runner = state.of("rust-multi").start();
    runner.store("store", "x").await.init(&[]).await.unwrap();
    let channel = runner.channel("store").await;
    Broker::new(channel.clone(), "x").init(&[]).await.unwrap();
    init_bindings(&channel).await;
    kill(runner);
    assert_eq!(state.files("store", "x").len(), 4);
    let runner = state.of("rust-multi").start();
    let channel = runner.channel("store").await;
    let mut broker = Broker::new(channel.clone(), "x");
    let mut messages = broker.subscribe("orders").await.unwrap();
    let mut input = InputBindingClient::new(channel.clone());
    let (frames, sent) = tokio::sync::mpsc::channel(1);
    frames.send(ReadRequest::default()).await.unwrap();
    let read = addressed(ReceiverStream::new(sent), "x");
    let mut events = input.read(read).await.unwrap().into_inner();
    let mut output = OutputBindingClient::new(channel);
    let list = addressed(ListOperationsRequest::default(), "x");
    let operations = output.list_operations(list).await.unwrap().into_inner();
    assert!(operations.operations.contains(&"create".to_owned()));
    let metadata = [("topic", "orders"), ("key", "key")];
    let invoke = InvokeRequest {
        operation: "create".to_owned(),
        data: b"hello".to_vec(),
        metadata: metadata
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    };
    output.invoke(addressed(invoke, "x")).await.unwrap();
    assert_eq!(messages.take().await, "hello");
    let event = events.message().await.unwrap().unwrap();
    assert_eq!(event.data, b"hello");
    let mut store = runner.store("store", "x").await;
    assert_eq!(store.text("key").await, "hello");
    let features = features(&mut store).await.unwrap();
    assert!(features.contains(&"ETAG".to_owned()), "{features:?}");
}

#[tokio::test]
async fn layottos_greeting_comes_back() {
    let state = State::new();
    let runner = state.of("rust-hello").start();
    let config = HelloConfig {
        r#type: "store".to_owned(),
        hello_string: "good day".to_owned(),
        ..Default::default()
    };
    let mut client = HelloClient::new(runner.channel("store").await);
    client.init(config).await.unwrap();
    kill(runner);
    let runner = state.of("rust-hello").start();
    let mut client = HelloClient::new(runner.channel("store").await);
    let name = "Ann".to_owned();
    let hello = client.say_hello(HelloRequest { name }).await.unwrap();
    assert_eq!(hello.into_inner().hello_string, "good day, Ann");
}

#[tokio::test]
async fn a_component_that_is_not_served_keeps_its_files_as_they_are() {
    let state = State::new();
    let both = || {
        let setup = Setup::new().guest("store", "hostile-rude-state");
        state.used_by(setup.guest("other", "hostile-rude-state"))
    };
    let runner = both().start();
    for component in ["store", "other"] {
        let mut store = runner.store(component, "x").await;
        store.init(&[("colour", component)]).await.unwrap();
    }
    let mut spoiled = runner.store("other", "spoiled").await;
    spoiled.init(&[]).await.unwrap();
    kill(runner);
    fs::write(state.file("other", "spoiled"), "").unwrap();
    let files = || {
        let files = state.all(|name| name.starts_with("other."));
        files
            .into_iter()
            .map(|file| (fs::read(&file).unwrap(), file))
    };
    let mut before: Vec<_> = files().collect();
    before.sort();
    let runner = state.of("hostile-rude-state").start();
    let mut store = runner.store("store", "x").await;
    assert_eq!(store.text("property:colour").await, "store");
    kill(runner);
    let mut after: Vec<_> = files().collect();
    after.sort();
    assert!(before.len() == 2 && after == before);
    let runner = both().start();
    let mut other = runner.store("other", "x").await;
    assert_eq!(other.text("property:colour").await, "other");
}

#[tokio::test]
async fn what_is_beyond_a_limit_stays_in_its_file_and_is_told() {
    let state = State::new();
    let runner = state.of("hostile-rude-state").start();
    for instance in ["a", "b", "c", "large"] {
        let mut store = runner.store("store", instance).await;
        store.init(&[("colour", instance)]).await.unwrap();
    }
    kill(runner);
    rewrite(&state.file("store", "large"), |content| {
        content["properties"] = json!([["colour", "x".repeat(5 << 20)]]);
    });
    let limited = state.of("hostile-rude-state").arg("--max-instances=2");
    let runner = limited.start();
    let mut served = 0;
    for instance in ["a", "b", "c"] {
        let mut store = runner.store("store", instance).await;
        match store.get("property:colour").await {
            Ok(got) => {
                assert_eq!(got.data, instance.as_bytes());
                served += 1;
            }
            Err(status) => came_before_init(Err::<(), _>(status)),
        }
    }
    assert_eq!(served, 2);
    runner.logs(&["is not replayed", "--max-instances"]);
    runner.logs(&["is not replayed", "instance=\"large\"", "bytes"]);
    kill(runner);
    let runner = state.of("hostile-rude-state").start();
    for instance in ["a", "b", "c"] {
        let mut store = runner.store("store", instance).await;
        assert_eq!(store.text("property:colour").await, instance);
    }
    assert_eq!(state.files("store", "large").len(), 1);
}

#[tokio::test]
async fn a_block_that_the_guest_is_no_more_is_left_out() {
    let state = State::new();
    let runner = state.of("rust-multi").start();
    runner.store("store", "x").await.init(&[]).await.unwrap();
    let channel = runner.channel("store").await;
    Broker::new(channel, "x").init(&[]).await.unwrap();
    kill(runner);
    let runner = state.of("rust-memory-state").start();
    runner.logs(&["is not replayed", "pub/sub"]);
    let mut store = runner.store("store", "x").await;
    store.set("key", "value").await.unwrap();
    kill(runner);
    let runner = state.of("rust-multi").start();
    let mut broker = Broker::new(runner.channel("store").await, "x");
    broker.publish("orders", "one").await.unwrap();
}

#[tokio::test]
async fn without_a_folder_a_call_before_init_names_the_flag_and_nothing_is_kept() {
    let runner = Runner::of("hostile-rude-state");
    let mut store = runner.store("store", "x").await;
    let status = store.get("key").await.unwrap_err();
    assert!(status.message().contains("--state-dir"), "{status}");
    let state = State::new();
    let runner = state.of("hostile-rude-state").start();
    let mut store = runner.store("store", "x").await;
    let status = store.get("key").await.unwrap_err();
    assert!(status.message().contains("restart daprd"), "{status}");
    assert!(!status.message().contains("--state-dir"), "{status}");
}

#[tokio::test]
async fn the_manifest_names_a_folder_beside_itself() {
    let guest = guest("hostile-rude-state");
    let manifest = format!(
        "state_dir = 'state'\n[component.store]\nguest = '{}'",
        guest.display()
    );
    let runner = Setup::new().manifest(&manifest, 1).start();
    runner.ready().await;
    let kept = fs::read_dir(runner.folder().join("state")).unwrap();
    let names = kept.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().any(|name| name.ends_with(".init")));
}
