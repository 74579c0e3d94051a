//! What is counted: calls of each kind, in blocks between marks.

use super::{
    callgrind::{Part, mark, told},
    client::{Client, INSTANCE, Stream},
    host::{Host, MARK},
    threads::settle,
};
use anyhow::ensure;
use plugbox::{
    engine::{
        Block,
        state::{Consistency, GetRequest as Get, Item},
    },
    proto::{
        common::v1::{InvokeRequest, InvokeResponse},
        dapr::{
            GetRequest, GetResponse, InitRequest, InitResponse, PubSubInitRequest,
            PubSubInitResponse, PublishRequest, PublishResponse, PullMessagesRequest,
            PullMessagesResponse, SetRequest, SetResponse, Topic,
        },
        layotto::hello::{HelloRequest, HelloResponse},
    },
    runtime::{Address, Component},
    services::state::convert,
};
use prost_types::Any;
use std::{collections::HashMap, io, path::Path};
use tokio::runtime::{self, Runtime};

const TOPIC: &str = "orders";

const STORE: &str = "rust-memory-state";
const BROKER: &str = "rust-memory-broker";
const APPLICATION: &str = "rust-minimal-app";

/// Parts of each kind.
const PARTS: usize = 11;

/// Calls of a kind before anything is counted: tables and buffers have their size then, and code is where it stays.
const WARM: usize = 32;

/// The key of each value begins with it, as daprd has it.
const APP: &str = "app";

/// Makes all calls.
pub fn make(cache: &Path) -> anyhow::Result<()> {
    runtime()?.block_on(async {
        let mut host = Host::start(cache)?;
        let (component, socket) = host.serve(STORE).await?;
        let mut client = Client::connect(&socket).await?;
        for _ in 0..PARTS {
            marked(&mut client, Part::Marked("call that reaches no guest")).await?;
        }
        store(&mut client).await?;
        dispatch(&component).await?;
        conversion().await?;
        let (_, socket) = host.serve(BROKER).await?;
        broker(&mut Client::connect(&socket).await?).await?;
        let (_, socket) = host.serve(APPLICATION).await?;
        invocation(&mut Client::connect(&socket).await?).await
    })
}

/// Compiles what [`make`] needs.
pub fn compile(cache: &Path) -> anyhow::Result<()> {
    runtime()?.block_on(async {
        let mut host = Host::start(cache)?;
        host.serve(STORE).await?;
        host.serve(BROKER).await?;
        host.serve(APPLICATION).await?;
        Ok(())
    })
}

fn runtime() -> io::Result<Runtime> {
    runtime::Builder::new_current_thread().enable_all().build()
}

/// Has the thread of a connection mark.
async fn marked(client: &mut Client, part: Part<'_>) -> anyhow::Result<()> {
    settle()?;
    let _: HelloResponse = client.call(MARK, &HelloRequest::default()).await?;
    told(part);
    Ok(())
}

/// Counts calls that are made in rounds of so many.
async fn count(
    client: &mut Client,
    kind: &str,
    (rounds, calls): (usize, usize),
    mut round: impl AsyncFnMut(&mut Client) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for _ in 0..WARM.div_ceil(calls) {
        round(client).await?;
    }
    marked(client, Part::Nothing).await?;
    for _ in 0..PARTS {
        for _ in 0..rounds {
            settle()?;
            round(client).await?;
        }
        marked(client, Part::Calls(rounds * calls, kind)).await?;
    }
    Ok(())
}

/// Sets and gets: of small values one by one and many at once, and of large ones.
async fn store(client: &mut Client) -> anyhow::Result<()> {
    const SERVICE: &str = "dapr.proto.components.v1.StateStore";
    let method = |name| format!("{SERVICE}/{name}");
    let (init, get, set) = (method("Init"), method("Get"), method("Set"));
    let _: InitResponse = client.call(&init, &InitRequest::default()).await?;
    for (what, size, rounds, calls) in [
        ("100 B", 100, 10, 1),
        ("100 B, 64 at once", 100, 1, 64),
        ("64 KiB", 64 << 10, 2, 1),
    ] {
        let key = |number| format!("{APP}||key-{number:04}");
        let sets = (0..calls).map(|number| SetRequest {
            key: key(number),
            value: vec![b'v'; size],
            ..Default::default()
        });
        let sets: Vec<_> = sets.collect();
        let kind = format!("set of {what}");
        count(client, &kind, (rounds, calls), async |client| {
            client.together::<SetResponse>(&set, &sets).await?;
            Ok(())
        })
        .await?;
        let gets = (0..calls).map(|number| GetRequest {
            key: key(number),
            ..Default::default()
        });
        let gets: Vec<_> = gets.collect();
        let kind = format!("get of {what}");
        count(client, &kind, (rounds, calls), async |client| {
            let answers: Vec<GetResponse> = client.together(&get, &gets).await?;
            let whole = answers.iter().all(|answer| answer.data.len() == size);
            ensure!(whole, "a value is not what was set");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// A call as services make it, on this thread: from the component to its guest.
async fn dispatch(component: &Component) -> anyhow::Result<()> {
    let to = Address {
        instance: INSTANCE.to_owned(),
        method: "Get",
        deadline: None,
        held: None,
        trace: None,
    };
    let request = Get {
        key: format!("{APP}||key-0001"),
        consistency: Consistency::Unspecified,
        metadata: Vec::new(),
    };
    let prepare = || request.clone();
    here("dispatch of a get of 64 KiB", prepare, async |request| {
        let call = component.call(&to, Block::State, |guest| {
            Box::pin(async move {
                let (state, store) = guest.state()?;
                state.call_get(store, &request).await
            })
        });
        let got = call.await?;
        ensure!(matches!(got, Ok(Some(_))), "there is no value");
        Ok(got)
    })
    .await
}

/// Messages on their way from protobuf to the guest's contract, and back.
async fn conversion() -> anyhow::Result<()> {
    let metadata = || {
        let pairs = (0..4).map(|number| (format!("name-{number}"), "value".to_owned()));
        pairs.collect::<Vec<_>>()
    };
    let request = SetRequest {
        key: format!("{APP}||key"),
        value: vec![b'v'; 100],
        metadata: metadata().into_iter().collect(),
        ..Default::default()
    };
    let prepare = || request.clone();
    here(
        "conversion of a set of 100 B with 4 pairs",
        prepare,
        async |request| Ok(convert::set_request(request)),
    )
    .await?;
    let item = Item {
        value: vec![b'v'; 100],
        etag: Some("1".to_owned()),
        content_type: None,
        metadata: metadata(),
    };
    let prepare = || Some(item.clone());
    here(
        "conversion of an item of 100 B with 4 pairs",
        prepare,
        async |item| Ok(convert::get_response(item)),
    )
    .await
}

/// Counts what is done on this thread, and neither what it needs nor what becomes of its answer.
async fn here<T, R>(
    kind: &str,
    prepare: impl Fn() -> T,
    work: impl AsyncFn(T) -> anyhow::Result<R>,
) -> anyhow::Result<()> {
    for _ in 0..WARM {
        work(prepare()).await?;
    }
    for _ in 0..PARTS {
        let prepared = prepare();
        mark();
        let done = work(prepared).await?;
        mark();
        drop(done);
        told(Part::Nothing);
        told(Part::Here(kind));
    }
    Ok(())
}

/// Messages on their way through the broker.
async fn broker(client: &mut Client) -> anyhow::Result<()> {
    const SERVICE: &str = "dapr.proto.components.v1.PubSub";
    let method = |name| format!("{SERVICE}/{name}");
    let (init, publish, pull) = (method("Init"), method("Publish"), method("PullMessages"));
    let _: PubSubInitResponse = client.call(&init, &PubSubInitRequest::default()).await?;
    let first = PullMessagesRequest {
        topic: Some(Topic {
            name: TOPIC.to_owned(),
            metadata: HashMap::from([("maxInFlight".to_owned(), "64".to_owned())]),
        }),
        ..Default::default()
    };
    let mut stream = client.open(&pull, &first).await?;
    let mut last = None;
    let kind = "publish of 100 B, delivered and acknowledged";
    count(client, kind, (10, 1), async |client| {
        last = Some(delivered(client, &mut stream, &publish, last.take()).await?);
        Ok(())
    })
    .await
}

/// Calls of an application's method.
async fn invocation(client: &mut Client) -> anyhow::Result<()> {
    let request = InvokeRequest {
        method: "echo".to_owned(),
        data: Some(Any {
            type_url: String::new(),
            value: vec![b'i'; 100],
        }),
        content_type: "text/plain".to_owned(),
        http_extension: None,
    };
    let method = "dapr.proto.runtime.v1.AppCallback/OnInvoke";
    count(client, "invocation of 100 B", (10, 1), async |client| {
        let answer: InvokeResponse = client.call(method, &request).await?;
        ensure!(answer.data == request.data, "not what was sent");
        Ok(())
    })
    .await
}

/// Acknowledges a message and publishes another in one piece. Answers which one, once it is delivered.
async fn delivered(
    client: &mut Client,
    stream: &mut Stream,
    publish: &str,
    last: Option<String>,
) -> anyhow::Result<String> {
    if let Some(id) = last {
        stream.send(&PullMessagesRequest {
            ack_message_id: id,
            ..Default::default()
        })?;
    }
    let message = PublishRequest {
        topic: TOPIC.to_owned(),
        data: vec![b'm'; 100],
        ..Default::default()
    };
    let published = client.send(publish, &message)?;
    published.message::<PublishResponse>().await?;
    let came: PullMessagesResponse = stream.message().await?;
    ensure!(came.data.len() == 100, "not what was published");
    Ok(came.id)
}
