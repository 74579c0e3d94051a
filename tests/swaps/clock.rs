//! An input binding that ticks: its stream goes on, and each tick is answered.

use crate::support::{PATIENCE, addressed, properties};
use plugbox::proto::dapr::{
    InputBindingInitRequest, ReadRequest, input_binding_client::InputBindingClient,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::mpsc, task::JoinSet};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::transport::Channel;

/// How often it ticks.
pub const PROPERTIES: [(&str, &str); 2] = [("schedule", "@every 100ms"), ("direction", "input")];

/// How many ticks came.
#[derive(Clone, Default)]
pub struct Ticks(Arc<AtomicUsize>);

impl Ticks {
    pub fn came(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Waits until one comes more.
    pub async fn next(&self) {
        let (before, begun) = (self.count(), Instant::now());
        while self.count() == before {
            assert!(begun.elapsed() < PATIENCE, "the clock has stopped");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Reads and answers what comes.
pub async fn read(channel: Channel, ticks: &Ticks) -> JoinSet<()> {
    let mut client = InputBindingClient::new(channel);
    let init = InputBindingInitRequest {
        metadata: properties(&PROPERTIES),
    };
    client.init(addressed(init, "")).await.unwrap();
    let (frames, sent) = mpsc::unbounded_channel();
    frames.send(ReadRequest::default()).unwrap();
    let request = addressed(UnboundedReceiverStream::new(sent), "");
    let mut events = client.read(request).await.unwrap().into_inner();
    let ticks = ticks.clone();
    let mut all = JoinSet::new();
    all.spawn(async move {
        loop {
            let event = events.message().await.unwrap();
            let event = event.expect("the stream ended");
            ticks.came();
            let answer = ReadRequest {
                message_id: event.message_id,
                ..Default::default()
            };
            frames.send(answer).unwrap();
        }
    });
    all
}
