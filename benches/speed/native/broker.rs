//! A broker with the same groups, windows and redelivery as the guests.

use plugbox::proto::dapr::{
    BulkPublishRequest, BulkPublishResponse, FeaturesRequest, FeaturesResponse, PauseRequest,
    PauseResponse, PingRequest, PingResponse, PubSubInitRequest, PubSubInitResponse,
    PublishRequest, PublishResponse, PullMessagesRequest, PullMessagesResponse, ResumeRequest,
    ResumeResponse, Topic,
    pub_sub_server::{PubSub, PubSubServer},
};
use std::{
    collections::{HashMap, VecDeque},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Notify, Semaphore};
use tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};

const REDELIVER_AFTER: Duration = Duration::from_millis(100);
const MAX_MESSAGES: usize = 100_000;

/// The service.
pub fn service() -> PubSubServer<impl PubSub> {
    PubSubServer::new(Broker::default())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Default)]
struct Broker {
    /// By topic: a queue for each group.
    topics: Mutex<HashMap<String, HashMap<String, Arc<Queue>>>>,
    last_delivery: Arc<AtomicU64>,
}

struct Message {
    topic: String,
    data: Vec<u8>,
    content_type: String,
    metadata: HashMap<String, String>,
}

/// What one group has still to get of one topic.
#[derive(Default)]
struct Queue {
    ready: Mutex<VecDeque<Arc<Message>>>,
    more: Notify,
}

impl Queue {
    fn push(&self, message: Arc<Message>) -> Result<(), Status> {
        let mut ready = locked(&self.ready);
        if ready.len() >= MAX_MESSAGES {
            return Err(Status::resource_exhausted("the queue is full"));
        }
        ready.push_back(message);
        drop(ready);
        self.more.notify_one();
        Ok(())
    }

    /// Takes back what was not acknowledged.
    fn push_front(&self, message: Arc<Message>) {
        locked(&self.ready).push_front(message);
        self.more.notify_one();
    }

    async fn next(&self) -> Arc<Message> {
        loop {
            if let Some(message) = locked(&self.ready).pop_front() {
                return message;
            }
            self.more.notified().await;
        }
    }
}

/// One subscription, which its two directions share.
struct Subscription {
    queue: Arc<Queue>,
    /// How many more messages may be out.
    room: Semaphore,
    out: Mutex<HashMap<String, Arc<Message>>>,
}

impl Subscription {
    async fn next(&self, ids: &AtomicU64) -> Option<PullMessagesResponse> {
        self.room.acquire().await.ok()?.forget();
        let message = self.queue.next().await;
        let id = ids.fetch_add(1, Ordering::Relaxed).to_string();
        locked(&self.out).insert(id.clone(), message.clone());
        Some(PullMessagesResponse {
            data: message.data.clone(),
            topic_name: message.topic.clone(),
            metadata: message.metadata.clone(),
            content_type: message.content_type.clone(),
            id,
        })
    }

    fn heed(&self, frame: &PullMessagesRequest) {
        let Some(message) = locked(&self.out).remove(&frame.ack_message_id) else {
            return;
        };
        self.room.add_permits(1);
        if frame.ack_error.is_some() {
            let queue = self.queue.clone();
            tokio::spawn(async move {
                tokio::time::sleep(REDELIVER_AFTER).await;
                queue.push_front(message);
            });
        }
    }
}

/// The way out of a subscription. When it is dropped, what is out goes back.
struct Outgoing {
    subscription: Arc<Subscription>,
    reader: tokio::task::AbortHandle,
    ids: Arc<AtomicU64>,
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.reader.abort();
        for (_, message) in locked(&self.subscription.out).drain() {
            self.subscription.queue.push_front(message);
        }
    }
}

#[tonic::async_trait]
impl PubSub for Broker {
    async fn init(
        &self,
        _: Request<PubSubInitRequest>,
    ) -> Result<Response<PubSubInitResponse>, Status> {
        Ok(Response::new(PubSubInitResponse {}))
    }

    async fn features(
        &self,
        _: Request<FeaturesRequest>,
    ) -> Result<Response<FeaturesResponse>, Status> {
        Ok(Response::new(FeaturesResponse::default()))
    }

    async fn publish(
        &self,
        request: Request<PublishRequest>,
    ) -> Result<Response<PublishResponse>, Status> {
        let request = request.into_inner();
        let topics = locked(&self.topics);
        if let Some(groups) = topics.get(&request.topic) {
            let message = Arc::new(Message {
                topic: request.topic,
                data: request.data,
                content_type: request.content_type,
                metadata: request.metadata,
            });
            for queue in groups.values() {
                queue.push(message.clone())?;
            }
        }
        Ok(Response::new(PublishResponse {}))
    }

    type PullMessagesStream =
        Pin<Box<dyn Stream<Item = Result<PullMessagesResponse, Status>> + Send>>;

    async fn pull_messages(
        &self,
        request: Request<Streaming<PullMessagesRequest>>,
    ) -> Result<Response<Self::PullMessagesStream>, Status> {
        let mut frames = request.into_inner();
        let first = frames.message().await?.unwrap_or_default();
        let Some(Topic { name, metadata }) = first.topic else {
            return Err(Status::invalid_argument("the first frame names no topic"));
        };
        let window = metadata.get("maxInFlight").map(|window| window.parse());
        let window = window
            .unwrap_or(Ok(1))
            .map_err(|_| Status::invalid_argument("maxInFlight is no number"))?;
        let group = metadata.get("consumerID").cloned().unwrap_or_default();
        let queue = {
            let mut topics = locked(&self.topics);
            let groups = topics.entry(name).or_default();
            groups.entry(group).or_default().clone()
        };
        let subscription = Arc::new(Subscription {
            queue,
            room: Semaphore::new(window),
            out: Mutex::default(),
        });
        let reading = subscription.clone();
        let reader = tokio::spawn(async move {
            while let Ok(Some(frame)) = frames.message().await {
                reading.heed(&frame);
            }
        });
        let outgoing = Outgoing {
            subscription,
            reader: reader.abort_handle(),
            ids: self.last_delivery.clone(),
        };
        let messages = futures_util::stream::unfold(outgoing, |outgoing| async move {
            let message = outgoing.subscription.next(&outgoing.ids).await?;
            Some((Ok(message), outgoing))
        });
        Ok(Response::new(Box::pin(messages)))
    }

    async fn ping(&self, _: Request<PingRequest>) -> Result<Response<PingResponse>, Status> {
        Ok(Response::new(PingResponse {}))
    }

    async fn bulk_publish(
        &self,
        _: Request<BulkPublishRequest>,
    ) -> Result<Response<BulkPublishResponse>, Status> {
        Err(not_called())
    }

    async fn pause(&self, _: Request<PauseRequest>) -> Result<Response<PauseResponse>, Status> {
        Err(not_called())
    }

    async fn resume(&self, _: Request<ResumeRequest>) -> Result<Response<ResumeResponse>, Status> {
        Err(not_called())
    }
}

fn not_called() -> Status {
    Status::unimplemented("the benchmark does not call it")
}
