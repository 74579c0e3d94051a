//! A client for one rule: it calls as daprd does, on an instance id of its own, and notes what it sent.

use std::{
    collections::HashMap,
    process,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use prost::Message;
use tonic::{
    Request, Status, client::Grpc, codegen::http::uri::PathAndQuery, metadata::MetadataValue,
    transport::Channel,
};
use tonic_prost::ProstCodec;

use super::{Block, Broken, Part, Subject, answer::Answer, messages, show::Show, subject::NAME};
use crate::proto::dapr::{
    BulkDeleteRequest, BulkDeleteResponse, BulkGetRequest, BulkGetRequestOptions, BulkGetResponse,
    BulkSetRequest, BulkSetResponse, DeleteRequest, DeleteResponse, GetRequest, GetResponse,
    MultiMaxSizeRequest, MultiMaxSizeResponse, Query, QueryRequest, QueryResponse, SetRequest,
    SetResponse, TransactionalStateOperation, TransactionalStateRequest,
    TransactionalStateResponse,
};
/// The most bytes of one answer: what grpc-go takes, which daprd is built with and has no way to change.
pub const ANSWER_LIMIT: usize = 4 << 20;
use crate::services::INSTANCE as INSTANCE_HEADER;

/// Large enough to see an answer that the clients would reject.
const NO_LIMIT: usize = 256 << 20;

/// Calls one instance of the component under test.
#[derive(Debug, Clone)]
pub struct Client {
    subject: Arc<Subject>,
    part: Part,
    /// None sends no header at all.
    instance: Option<String>,
    /// What a broker's Init names the application; none leaves that to the subject's properties.
    consumer: Option<String>,
    features: Vec<String>,
    notes: Arc<Notes>,
}

/// What all clients of one rule share.
#[derive(Debug)]
struct Notes {
    /// Unlike that of any other run of any rule: the instance that it begins on, and a part of its names.
    run: String,
    sent: Mutex<Vec<String>>,
    keys: Mutex<Vec<String>>,
    /// Why the rule does not concern the component after all.
    besides: Mutex<Option<String>>,
}

impl Client {
    /// A client with an instance id, and a beginning of keys, that nothing else uses.
    pub fn new(subject: &Subject, part: Part) -> Self {
        let run = unique();
        Self {
            subject: Arc::new(subject.clone()),
            part,
            // An application has no instances to choose from.
            instance: (part != Part::App).then(|| run.clone()),
            consumer: None,
            features: Vec::new(),
            notes: Arc::new(Notes {
                run,
                sent: Mutex::default(),
                keys: Mutex::default(),
                besides: Mutex::default(),
            }),
        }
    }

    /// The same client as one of another building block of the component.
    pub fn as_block(&self, block: Block) -> Self {
        let features = Vec::new();
        Self {
            part: block.into(),
            features,
            ..self.clone()
        }
    }

    /// The same client on another instance; none leaves the header out.
    pub fn on_instance(&self, instance: Option<&str>) -> Self {
        Self {
            instance: instance.map(str::to_owned),
            ..self.clone()
        }
    }

    /// The same client as one of another application, from its Init on.
    pub fn as_consumer(&self, consumer: &str) -> Self {
        Self {
            consumer: Some(consumer.to_owned()),
            ..self.clone()
        }
    }

    /// The same client on an instance that has had no Init.
    pub fn on_new_instance(&self) -> Self {
        self.on_instance(Some(&unique()))
    }

    /// The building block whose Init and Features are called, or the application, which has none.
    pub fn part(&self) -> Part {
        self.part
    }

    /// The id of the instance that is called, empty for the default one.
    pub fn instance(&self) -> &str {
        self.instance.as_deref().unwrap_or_default()
    }

    /// The application that the client speaks for, where that is not left to the subject's properties.
    pub fn consumer(&self) -> Option<&str> {
        self.consumer.as_deref()
    }

    /// What the component answers Features with, once started.
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// Whether the component names a feature.
    pub fn has(&self, feature: &str) -> bool {
        self.features.iter().any(|named| named == feature)
    }

    pub fn set_features(&mut self, features: Vec<String>) {
        self.features = features;
    }

    /// The component under test.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// What this run of the rule is called; all its keys begin so.
    pub fn run(&self) -> &str {
        &self.notes.run
    }

    /// A key that no other rule uses, with the prefix that daprd would give it. It is deleted after the rule.
    pub fn key(&self, name: &str) -> String {
        let key = format!("{}||{name}", self.notes.run);
        lock(&self.notes.keys).push(key.clone());
        key
    }

    /// The metadata for operations on a thing of this name that no other rule has; none where operations are not to be tried.
    pub fn operation_metadata(&self, name: &str) -> Option<HashMap<String, String>> {
        let own = format!("{}-{name}", self.notes.run);
        let given = self.subject.operation_metadata()?.iter();
        let own = given.map(|(key, value)| (key.clone(), value.replace(NAME, &own)));
        Some(own.collect())
    }

    /// The calls so far, for people.
    pub fn sent(&self) -> Vec<String> {
        lock(&self.notes.sent).clone()
    }

    /// Ends a rule that turns out not to concern the component.
    pub fn skip(&self, reason: &str) -> Result<(), Broken> {
        *lock(&self.notes.besides) = Some(reason.to_owned());
        Ok(())
    }

    /// Why the rule was skipped on its way, if it was.
    pub fn skipped(&self) -> Option<String> {
        lock(&self.notes.besides).clone()
    }

    /// Deletes the keys that were made. A key that cannot be deleted stays.
    pub async fn clean_up(&self) {
        let keys: Vec<String> = lock(&self.notes.keys).drain(..).collect();
        for key in keys {
            let _ = self.delete(messages::delete(&key)).await;
        }
    }

    // One method for each method of the state store's protocol; those with a second form take the whole request. What other
    // blocks have besides stands in `calls`.

    pub async fn get(&self, key: &str) -> Answer<GetResponse> {
        self.call("StateStore/Get", messages::get(key)).await
    }

    pub async fn get_with(&self, request: GetRequest) -> Answer<GetResponse> {
        self.call("StateStore/Get", request).await
    }

    pub async fn set(&self, request: SetRequest) -> Answer<SetResponse> {
        self.call("StateStore/Set", request).await
    }

    pub async fn delete(&self, request: DeleteRequest) -> Answer<DeleteResponse> {
        self.call("StateStore/Delete", request).await
    }

    pub async fn bulk_get(&self, keys: &[&str]) -> Answer<BulkGetResponse> {
        let request = BulkGetRequest {
            items: keys.iter().map(|key| messages::get(key)).collect(),
            options: Some(BulkGetRequestOptions { parallelism: 4 }),
        };
        self.call_within(NO_LIMIT, "StateStore/BulkGet", request)
            .await
    }

    pub async fn bulk_set(&self, items: Vec<SetRequest>) -> Answer<BulkSetResponse> {
        let options = None;
        let request = BulkSetRequest { items, options };
        self.call("StateStore/BulkSet", request).await
    }

    pub async fn bulk_delete(&self, items: Vec<DeleteRequest>) -> Answer<BulkDeleteResponse> {
        let options = None;
        let request = BulkDeleteRequest { items, options };
        self.call("StateStore/BulkDelete", request).await
    }

    pub async fn transact(
        &self,
        operations: Vec<TransactionalStateOperation>,
    ) -> Answer<TransactionalStateResponse> {
        let request = TransactionalStateRequest {
            operations,
            metadata: Default::default(),
        };
        self.transact_with(request).await
    }

    pub async fn transact_with(
        &self,
        request: TransactionalStateRequest,
    ) -> Answer<TransactionalStateResponse> {
        self.call("TransactionalStateStore/Transact", request).await
    }

    pub async fn multi_max_size(&self) -> Answer<MultiMaxSizeResponse> {
        let method = "TransactionalStoreMultiMaxSize/MultiMaxSize";
        self.call(method, MultiMaxSizeRequest {}).await
    }

    pub async fn query(&self, query: Query) -> Answer<QueryResponse> {
        let request = QueryRequest {
            query: Some(query),
            metadata: Default::default(),
        };
        self.query_with(request).await
    }

    pub async fn query_with(&self, request: QueryRequest) -> Answer<QueryResponse> {
        self.call("QueriableStateStore/Query", request).await
    }

    /// Writes a value, which must succeed.
    pub async fn put(&self, key: &str, value: &str) -> Result<(), Broken> {
        self.set(messages::set(key, value)).await.ok()?;
        Ok(())
    }

    /// Writes a value, and answers the etag that it got.
    pub async fn put_etag(&self, key: &str, value: &str) -> Result<String, Broken> {
        self.put(key, value).await?;
        self.get(key).await.etag()
    }

    /// Calls any method, as `Service/Method` of Dapr or with a full name, with any message.
    pub async fn call<Q, A>(&self, method: &str, message: Q) -> Answer<A>
    where
        Q: Message + Show + 'static,
        A: Message + Default + 'static,
    {
        self.call_within(ANSWER_LIMIT, method, message).await
    }

    /// The same with another limit for the answer.
    async fn call_within<Q, A>(&self, limit: usize, method: &str, message: Q) -> Answer<A>
    where
        Q: Message + Show + 'static,
        A: Message + Default + 'static,
    {
        let request = self.describe(method, &message);
        self.note(&request);
        let result = unary(self.subject.channel(), limit, method, self.request(message)).await;
        Answer { request, result }
    }

    /// A call that is repeated, to wait for something, is noted once.
    pub fn note(&self, request: &str) {
        let mut sent = lock(&self.notes.sent);
        if sent.last().is_none_or(|last| last != request) {
            sent.push(request.to_owned());
        }
    }

    /// The call as people read it: an instance is mentioned where it is not the rule's own.
    pub fn describe(&self, method: &str, message: &impl Show) -> String {
        let name = method.split('/').next_back().unwrap_or(method);
        let mut text = match &self.instance {
            None if self.part == Part::App => name.to_owned(),
            None => format!("{name} (without {INSTANCE_HEADER})"),
            Some(id) if *id == self.notes.run => name.to_owned(),
            Some(id) => format!("{name} ({INSTANCE_HEADER}: {id:?})"),
        };
        message.show(&mut text);
        text
    }

    /// The message with the instance's header.
    pub fn request<Q>(&self, message: Q) -> Request<Q> {
        let mut request = Request::new(message);
        let id = self.instance.as_deref().map(MetadataValue::try_from);
        if let Some(Ok(id)) = id {
            request.metadata_mut().insert(INSTANCE_HEADER, id);
        }
        request
    }
}

async fn unary<Q, A>(
    channel: Channel,
    limit: usize,
    method: &str,
    request: Request<Q>,
) -> Result<A, Status>
where
    Q: Message + 'static,
    A: Message + Default + 'static,
{
    let (mut grpc, path) = ready(channel, limit, method).await?;
    let answer = grpc.unary(request, path, ProstCodec::<Q, A>::default());
    Ok(answer.await?.into_inner())
}

/// What can make a call, and the call's path.
pub async fn ready(
    channel: Channel,
    limit: usize,
    method: &str,
) -> Result<(Grpc<Channel>, PathAndQuery), Status> {
    let package = if method.contains('.') {
        ""
    } else {
        "dapr.proto.components.v1."
    };
    let path = PathAndQuery::try_from(format!("/{package}{method}"))
        .map_err(|error| Status::internal(error.to_string()))?;
    let mut grpc = Grpc::new(channel).max_decoding_message_size(limit);
    grpc.ready()
        .await
        .map_err(|error| Status::unavailable(error.to_string()))?;
    Ok((grpc, path))
}

/// A name that no other process, and no other call in this one, comes up with.
fn unique() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    format!("rules-{:x}-{:x}-{count}", now.as_micros(), process::id())
}

/// What a panicking thread left in a list is still a list.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
