//! Calls, as daprd makes them and otherwise.

use super::Seed;
use crate::entries::served::{number, place};
use fastrand::Rng;
use plugbox::proto::{
    common::v1::{HttpExtension, InvokeRequest as Invocation},
    dapr::*,
    runtime::v1::{
        BindingEventRequest, JobEventRequest, TopicEventBulkRequest, TopicEventBulkRequestEntry,
        TopicEventCeRequest, TopicEventRequest, topic_event_bulk_request_entry::Event,
    },
};
use prost::Message;
use prost_types::{Any, ListValue, Struct, Value, value::Kind};
use std::collections::HashMap;

/// Calls of one component, in the order of `fuzz/src/calls.rs`.
struct Script(Vec<u8>);

impl Script {
    fn of(component: &str) -> Self {
        Self(vec![number(component) as u8])
    }

    /// A call of the instance `one` that is waited for.
    fn call(self, service: &str, method: &str, message: &impl Message) -> Self {
        self.with(service, method, 1, None, &[message.encode_to_vec()])
    }

    /// Messages on a stream, each as it is.
    fn stream(self, service: &str, method: &str, messages: &[Vec<u8>]) -> Self {
        self.with(service, method, 1, Some(messages.len() as u8), messages)
    }

    fn with(
        mut self,
        service: &str,
        method: &str,
        how: u8,
        count: Option<u8>,
        messages: &[Vec<u8>],
    ) -> Self {
        let package = match service {
            "Hello" => "spec.proto.pluggable.v1.hello",
            "ServerReflection" => "grpc.reflection.v1",
            _ if service.starts_with("App") => "dapr.proto.runtime.v1",
            _ => "dapr.proto.components.v1",
        };
        let path = format!("/{package}.{service}/{method}");
        self.0.extend(place(&path).to_le_bytes());
        self.0.push(how);
        self.0.extend(count);
        for message in messages {
            self.0.push(1);
            self.0.extend((message.len() as u16).to_le_bytes());
            self.0.extend(message);
        }
        self.0.push(0);
        self
    }
}

/// One at the most, as the pairs of a map have no order.
fn pairs(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

pub fn seeds() -> Vec<Seed> {
    let mut seeds: Vec<_> = scripts()
        .into_iter()
        .map(|(name, script)| Seed::new("grpc", name, script.0))
        .collect();
    // Choices by chance: messages of every type, grown by the descriptors.
    for component in 0..11 {
        let mut random = Rng::with_seed(component);
        let mut bytes = vec![component as u8];
        bytes.extend((0..400).map(|_| random.u8(..)));
        seeds.push(Seed::new("grpc", &format!("grown-{component}"), bytes));
    }
    seeds
}

fn scripts() -> Vec<(&'static str, Script)> {
    vec![
        ("state", state()),
        ("state-bulk", bulk_state()),
        ("state-rude", rude_state()),
        ("broker", broker("broker")),
        ("broker-rude", rude_broker()),
        ("bindings", bindings()),
        ("secrets", secrets()),
        ("hello", hello()),
        ("app-orders", orders()),
        ("app-events", events()),
        ("app-bulk", bulk_events()),
    ]
}

fn set(key: &str) -> SetRequest {
    SetRequest {
        key: key.to_owned(),
        value: b"value".to_vec(),
        etag: Some(Etag {
            value: "1".to_owned(),
        }),
        metadata: pairs(&[("ttlInSeconds", "60")]),
        options: Some(StateOptions {
            concurrency: 1,
            consistency: 2,
        }),
        content_type: "text/plain".to_owned(),
    }
}

fn state() -> Script {
    let key = "key".to_owned();
    let unconditional = SetRequest {
        etag: None,
        options: None,
        ..set("key")
    };
    let get = GetRequest {
        key: key.clone(),
        ..Default::default()
    };
    let delete = DeleteRequest {
        key,
        ..Default::default()
    };
    let operation = |request| TransactionalStateOperation {
        request: Some(request),
    };
    let transaction = TransactionalStateRequest {
        operations: vec![
            operation(transactional_state_operation::Request::Set(
                unconditional.clone(),
            )),
            operation(transactional_state_operation::Request::Delete(
                delete.clone(),
            )),
        ],
        metadata: pairs(&[]),
    };
    let filter = prost_types::Any {
        type_url: String::new(),
        value: br#"[{"EQ": {"a": 1}}]"#.to_vec(),
    };
    let query = QueryRequest {
        query: Some(Query {
            filter: [("AND".to_owned(), filter)].into(),
            sort: vec![Sorting {
                key: "a".to_owned(),
                order: 1,
            }],
            pagination: Some(Pagination {
                limit: 2,
                token: String::new(),
            }),
        }),
        metadata: pairs(&[]),
    };
    Script::of("state")
        .call("StateStore", "Features", &FeaturesRequest {})
        .call("StateStore", "Set", &unconditional)
        .call("StateStore", "Get", &get)
        .call("StateStore", "Set", &set("key"))
        .call("TransactionalStateStore", "Transact", &transaction)
        .call("QueriableStateStore", "Query", &query)
        .call("StateStore", "Delete", &delete)
        .call("StateStore", "Ping", &PingRequest {})
}

fn bulk_state() -> Script {
    let keys = ["a", "b", "a"].map(str::to_owned);
    let get = |key: String| GetRequest {
        key,
        ..Default::default()
    };
    let delete = |key: String| DeleteRequest {
        key,
        ..Default::default()
    };
    let set = BulkSetRequest {
        items: ["a", "b", "a"].map(set).to_vec(),
        options: Some(BulkSetRequestOptions { parallelism: 2 }),
    };
    let get = BulkGetRequest {
        items: keys.clone().map(get).to_vec(),
        options: Some(BulkGetRequestOptions { parallelism: -1 }),
    };
    let delete = BulkDeleteRequest {
        items: keys.map(delete).to_vec(),
        options: None,
    };
    Script::of("state")
        .call("StateStore", "BulkSet", &set)
        .call("StateStore", "BulkGet", &get)
        .call("StateStore", "BulkDelete", &delete)
        .call(
            "TransactionalStoreMultiMaxSize",
            "MultiMaxSize",
            &MultiMaxSizeRequest {},
        )
}

fn rude_state() -> Script {
    let get = |key: &str| GetRequest {
        key: key.to_owned(),
        ..Default::default()
    };
    [
        "trap",
        "reply:5000000",
        "mismatch",
        "row-mismatch",
        "app-error",
        "code:data-loss",
        "print:\x1b[2J",
    ]
    .into_iter()
    .fold(Script::of("rude-state"), |script, key| {
        script.call("StateStore", "Get", &get(key))
    })
}

fn publish(topic: &str, data: &[u8]) -> PublishRequest {
    PublishRequest {
        data: data.to_vec(),
        topic: topic.to_owned(),
        ..Default::default()
    }
}

fn pull(topic: &str) -> Vec<Vec<u8>> {
    let first = PullMessagesRequest {
        topic: Some(Topic {
            name: topic.to_owned(),
            metadata: pairs(&[("maxInFlight", "2")]),
        }),
        ..Default::default()
    };
    let answer = |error: Option<&str>| PullMessagesRequest {
        ack_message_id: "1".to_owned(),
        ack_error: error.map(|message| AckMessageError {
            message: message.to_owned(),
        }),
        ..Default::default()
    };
    [first, answer(None), answer(Some("no"))]
        .map(|message| message.encode_to_vec())
        .to_vec()
}

fn broker(component: &str) -> Script {
    let entry = |id: &str| BulkMessageEntry {
        entry_id: id.to_owned(),
        event: b"event".to_vec(),
        ..Default::default()
    };
    let bulk = BulkPublishRequest {
        entries: ["1", "2"].map(entry).to_vec(),
        topic: "orders".to_owned(),
        ..Default::default()
    };
    Script::of(component)
        .call("PubSub", "Features", &FeaturesRequest {})
        .call("PubSub", "Publish", &publish("orders", b"data"))
        .call("PubSub", "BulkPublish", &bulk)
        .stream("PubSub", "PullMessages", &pull("orders"))
        .call("PubSub", "Pause", &PauseRequest {})
        .stream("PubSub", "PullMessages", &pull("orders"))
        .call("PubSub", "Resume", &ResumeRequest {})
}

fn rude_broker() -> Script {
    Script::of("rude-broker")
        .call("PubSub", "Publish", &publish("twice", b"data"))
        .stream("PubSub", "PullMessages", &pull("twice"))
        .stream("PubSub", "PullMessages", &pull("trap-on-pull"))
        .call("PubSub", "Publish", &publish("stray", b"poison"))
        .stream("PubSub", "PullMessages", &pull("stray"))
        .stream("InputBinding", "Read", &reads("poison"))
        .call("PubSub", "Publish", &publish("fail:no", b""))
        .stream("PubSub", "PullMessages", &pull("refuse"))
}

fn reads(answer: &str) -> Vec<Vec<u8>> {
    let answer = ReadRequest {
        message_id: "1".to_owned(),
        response_data: answer.into(),
        response_error: None,
    };
    [ReadRequest::default(), answer]
        .map(|message| message.encode_to_vec())
        .to_vec()
}

fn bindings() -> Script {
    let create = InvokeRequest {
        data: b"data".to_vec(),
        metadata: pairs(&[("key", "a")]),
        operation: "create".to_owned(),
    };
    let get = InvokeRequest {
        operation: "get".to_owned(),
        ..create.clone()
    };
    Script::of("multi")
        .call("OutputBinding", "ListOperations", &ListOperationsRequest {})
        .call("OutputBinding", "Invoke", &create)
        .call("OutputBinding", "Invoke", &get)
        .stream("InputBinding", "Read", &reads("data"))
}

fn secrets() -> Script {
    let get = GetSecretRequest {
        key: "key".to_owned(),
        ..Default::default()
    };
    Script::of("secrets")
        .call("SecretStore", "Features", &FeaturesRequest {})
        .call("SecretStore", "Get", &get)
        .call("SecretStore", "BulkGet", &BulkGetSecretRequest::default())
}

fn invocation(method: &str, data: &[u8]) -> Invocation {
    Invocation {
        method: method.to_owned(),
        data: Some(any(data)),
        content_type: "application/json".to_owned(),
        http_extension: Some(HttpExtension {
            verb: 3,
            querystring: "a=1&b=%20".to_owned(),
        }),
    }
}

fn any(data: &[u8]) -> Any {
    Any {
        type_url: "type.googleapis.com/google.protobuf.Value".to_owned(),
        value: data.to_vec(),
    }
}

fn orders() -> Script {
    let order = br#"{"id":"7","item":"tea","count":2}"#;
    let event = BindingEventRequest {
        name: "inbox".to_owned(),
        data: order.to_vec(),
        metadata: pairs(&[("from", "shop")]),
    };
    Script::of("orders")
        .call("AppCallback", "ListTopicSubscriptions", &())
        .call("AppCallback", "ListInputBindings", &())
        .call("AppCallback", "OnInvoke", &invocation("place", order))
        .call("AppCallback", "OnBindingEvent", &event)
        .call("AppCallbackHealthCheck", "HealthCheck", &())
}

/// Of each kind that an attribute can be of.
fn extensions() -> Struct {
    let of = |kind| Value { kind: Some(kind) };
    let list = ListValue {
        values: vec![of(Kind::BoolValue(true)), of(Kind::NullValue(0))],
    };
    let inner = Struct {
        fields: [("a".to_owned(), of(Kind::ListValue(list)))].into(),
    };
    let named = [
        ("time", Kind::StringValue("2026-01-01T00:00:00Z".to_owned())),
        ("count", Kind::NumberValue(-1e308)),
        ("more", Kind::StructValue(inner)),
    ];
    let named = named.map(|(name, kind)| (name.to_owned(), of(kind)));
    Struct {
        fields: named.into(),
    }
}

fn events() -> Script {
    let event = TopicEventRequest {
        id: "1".to_owned(),
        source: "shop".to_owned(),
        r#type: "com.dapr.event.sent".to_owned(),
        spec_version: "1.0".to_owned(),
        data_content_type: "application/json".to_owned(),
        data: b"{}".to_vec(),
        topic: "routed".to_owned(),
        pubsub_name: "broker".to_owned(),
        path: "/placed".to_owned(),
        extensions: Some(extensions()),
    };
    let kind = Some(Kind::StructValue(extensions()));
    let job = JobEventRequest {
        name: "report".to_owned(),
        data: Some(any(&Value { kind }.encode_to_vec())),
        method: "job/report".to_owned(),
        ..Default::default()
    };
    Script::of("app")
        .call("AppCallback", "OnTopicEvent", &event)
        .call("AppCallback", "OnJobEvent", &job)
        .call("AppCallbackAlpha", "OnJobEventAlpha1", &job)
        .call("AppCallback", "OnInvoke", &invocation("echo", b"1"))
}

fn bulk_events() -> Script {
    let entry = |id: &str, event| TopicEventBulkRequestEntry {
        entry_id: id.to_owned(),
        event: Some(event),
        metadata: pairs(&[("key", "1")]),
        ..Default::default()
    };
    let event = TopicEventCeRequest {
        id: "1".to_owned(),
        source: "shop".to_owned(),
        data: b"{}".to_vec(),
        extensions: Some(extensions()),
        ..Default::default()
    };
    let bulk = TopicEventBulkRequest {
        id: "1".to_owned(),
        entries: vec![
            entry("1", Event::CloudEvent(event)),
            entry("2", Event::Bytes(b"raw".to_vec())),
        ],
        topic: "plain".to_owned(),
        pubsub_name: "broker".to_owned(),
        ..Default::default()
    };
    Script::of("app")
        .call("AppCallback", "OnBulkTopicEvent", &bulk)
        .call("AppCallbackAlpha", "OnBulkTopicEventAlpha1", &bulk)
}

fn hello() -> Script {
    use plugbox::proto::layotto::hello::HelloRequest;
    // Lists the services, as `grpcurl` does: the field `list_services`.
    let list = [0x3a, 0x01, b'*'].to_vec();
    Script::of("hello")
        .call(
            "Hello",
            "SayHello",
            &HelloRequest {
                name: "you".to_owned(),
            },
        )
        .stream("ServerReflection", "ServerReflectionInfo", &[list])
}
