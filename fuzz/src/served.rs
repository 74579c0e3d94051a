//! Guests behind everything that a client's bytes pass: sockets, HTTP/2, services, instances.

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use plugbox::{
    author,
    engine::{Cache, Dir, Grants, Limits, Loader, Role, Totals},
    proto::{DESCRIPTORS, dapr},
    runtime::Component,
    services::{INSTANCE, services},
    transport::{Access, Admission, Server, Socket},
};
use prost::Message;
use prost_reflect::{DescriptorPool, MethodDescriptor};
use std::{
    convert::Infallible,
    fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    net::UnixStream,
    runtime::{Handle, Runtime},
    signal::unix::{SignalKind, signal},
    sync::oneshot,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::{Code, Status};

/// How long anything may take that must end, on a machine that is busy with other things.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The most bytes of a request.
const MESSAGE: usize = 1 << 20;

/// The instance that inputs do not name, and that must go on whatever they do.
const NEIGHBOUR: &str = "neighbour";

/// The instances that are initialised from the beginning.
pub const INSTANCES: [&str; 2] = ["", "one"];

/// One client at a time.
const ADMISSION: Admission = Admission {
    connections: 16,
    memory: 16 << 20,
    receive: Duration::from_secs(10),
};

/// Few and small, so that inputs come to the limits. What takes long is left to the machine, which may be busy.
fn limits() -> Limits {
    Limits {
        timeout: Duration::from_secs(10),
        memory: 64 << 20,
        ids: 8,
        queue: 64,
        streams: 16,
        ..Limits::default()
    }
}

/// A component, its guest, and what its Init needs.
type Row = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const GUESTS: [Row; 11] = [
    ("state", "rust-memory-state", &[]),
    ("broker", "rust-memory-broker", &[]),
    ("multi", "rust-multi", &[]),
    (
        "secrets",
        "rust-file-secrets",
        &[("secretsFile", "/secrets/secrets.json")],
    ),
    ("hello", "rust-hello", &[]),
    ("interval", "rust-interval", &[("schedule", "1ms")]),
    // Nothing listens there, and nothing is granted.
    ("webhook", "rust-webhook", &[("url", "http://127.0.0.1:9")]),
    ("rude-state", "hostile-rude-state", &[]),
    ("rude-broker", "hostile-rude-broker", &[]),
    // Applications, which have no Init.
    ("orders", "rust-orders", &[]),
    ("app", "hostile-mutant-app", &[]),
];

/// What else is served on each socket.
const REFLECTION: [&str; 2] = [
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
];

/// Components as they are served.
pub struct Served {
    components: Vec<Target>,
    _stop: oneshot::Sender<()>,
    _folder: TempDir,
}

/// One component, seen from outside.
pub struct Target {
    socket: PathBuf,
    pub methods: Vec<Method>,
    properties: dapr::InitRequest,
}

/// A method of one of its services.
pub struct Method {
    /// As a request names it.
    pub path: String,
    pub descriptor: MethodDescriptor,
}

pub type Body = UnsyncBoxBody<Bytes, Infallible>;

/// A connection to a component.
pub struct Client(hyper::client::conn::http2::SendRequest<Body>);

/// The end of a call, and the messages before it.
pub struct Answer {
    pub status: Status,
    pub messages: Vec<u8>,
}

impl Served {
    /// Serves the guests that `just guests` has built, until this is dropped.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secrets = folder.path().join("secrets");
        fs::create_dir(&secrets).unwrap();
        fs::write(
            secrets.join("secrets.json"),
            r#"{"key": "value", "nested": {"key": "value"}}"#,
        )
        .unwrap();
        let (stop, stopped) = oneshot::channel();
        let (ready, components) = std::sync::mpsc::channel();
        let path = folder.path().to_owned();
        thread::spawn(move || {
            runtime().block_on(async {
                // As the program does; libFuzzer would end with the first connection that is closed on it.
                let _ignored = signal(SignalKind::pipe()).unwrap();
                let cache = Cache::At(repository().join("target/test-cache"));
                let loader = Loader::new(&cache, Totals::default()).unwrap();
                let server = Server::start(TaskTracker::new()).unwrap();
                let mut components = Vec::new();
                for (name, guest, properties) in GUESTS {
                    components.push(serve(&loader, &server, &path, name, guest, properties).await);
                }
                ready.send(components).unwrap();
                let _ = stopped.await;
            });
        });
        let components = components.recv().expect("the guests are served");
        let served = Self {
            components,
            _stop: stop,
            _folder: folder,
        };
        runtime().block_on(async {
            for target in &served.components {
                let client = target.connect().await;
                for instance in INSTANCES {
                    target.init(&client, instance).await;
                }
            }
        });
        served
    }

    pub fn components(&self) -> &[Target] {
        &self.components
    }

    pub fn component(&self, name: &str) -> &Target {
        &self.components[number(name)]
    }
}

/// Where a component is in the table.
pub fn number(component: &str) -> usize {
    let place = GUESTS.iter().position(|(known, ..)| *known == component);
    place.expect("the component is in the table")
}

async fn serve(
    loader: &Loader,
    server: &Server,
    folder: &Path,
    name: &str,
    guest: &str,
    properties: &[(&str, &str)],
) -> Target {
    let file = repository().join(format!("target/guests/{guest}.wasm"));
    assert!(
        file.exists(),
        "{} is missing: `just guests` builds it",
        file.display()
    );
    let grants = Grants {
        dirs: vec![Dir {
            host: folder.join("secrets"),
            guest: "/secrets".to_owned(),
            writable: false,
        }],
        ..Grants::default()
    };
    let role = author::role(&file).unwrap();
    let loaded = loader.load(name, role, &file, limits(), grants);
    let (template, tasks) = (loaded.await.unwrap(), TaskTracker::new());
    let component = match role {
        Role::Component => Component::new(name, template, tasks, Handle::current(), None),
        Role::App => {
            let app = Component::app(name, template, tasks, Handle::current());
            app.await.unwrap()
        }
    };
    let router = services(&component, MESSAGE, CancellationToken::new());
    let methods = router.names().chain(REFLECTION).flat_map(methods).collect();
    let path = folder.join(format!("{name}.sock"));
    let socket = Socket::bind(path.clone(), &Access::default()).unwrap();
    server.serve(name, socket, router, ADMISSION).unwrap();
    let pairs = properties.iter();
    let properties = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Target {
        socket: path,
        methods,
        properties: dapr::InitRequest {
            metadata: Some(dapr::MetadataRequest {
                properties: properties.collect(),
            }),
        },
    }
}

fn methods(service: &'static str) -> impl Iterator<Item = Method> {
    let mut pool = DescriptorPool::decode(DESCRIPTORS).unwrap();
    for reflection in [
        tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
        tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
    ] {
        pool.decode_file_descriptor_set(reflection).unwrap();
    }
    let service = pool.get_service_by_name(service).unwrap();
    let methods: Vec<_> = service.methods().collect();
    methods.into_iter().map(move |descriptor| Method {
        path: format!("/{}/{}", service.full_name(), descriptor.name()),
        descriptor,
    })
}

impl Target {
    /// The method that a number stands for. Each has a place of its own among the numbers, which does not move when others come.
    pub fn method(&self, number: u16) -> &Method {
        let distance = |method: &&Method| place(&method.path).wrapping_sub(number);
        let nearest = self.methods.iter().min_by_key(distance);
        nearest.expect("every component has methods")
    }

    pub async fn stream(&self) -> UnixStream {
        UnixStream::connect(&self.socket).await.unwrap()
    }

    pub async fn connect(&self) -> Client {
        let stream = TokioIo::new(self.stream().await);
        let (client, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), stream)
                .await
                .unwrap();
        tokio::spawn(connection);
        Client(client)
    }

    /// Checks that a call which is as it should be is served as it should be, by a guest that has its wits.
    pub async fn serves(&self, client: &Client) {
        self.init(client, NEIGHBOUR).await;
    }

    async fn init(&self, client: &Client, instance: &str) {
        let message = self.properties.encode_to_vec();
        for method in &self.methods {
            // An application says whether it is well instead.
            if ["Init", "HealthCheck"].contains(&method.descriptor.name()) {
                // Layotto's is another message, and an application has none.
                let dapr = method.path.starts_with("/dapr.proto.components.");
                let message = if dapr { message.as_slice() } else { &[] };
                let mut headers = HeaderMap::new();
                headers.insert(INSTANCE, instance.parse().unwrap());
                let body = body([framed(message)]);
                let response = client.send(&method.path, headers, body).await;
                let answer = Answer::read(response).await;
                assert_eq!(
                    answer.status.code(),
                    Code::Ok,
                    "{}: {}",
                    method.path,
                    answer.status
                );
            }
        }
    }
}

/// The number of a method, by its path (FNV-1a, folded).
pub fn place(path: &str) -> u16 {
    let hash = path.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash >> 16) as u16 ^ hash as u16
}

impl Client {
    pub async fn send(&self, path: &str, headers: HeaderMap, body: Body) -> Response<Incoming> {
        let mut request = Request::post(format!("http://localhost{path}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(body)
            .unwrap();
        request.headers_mut().extend(headers);
        let answered = self.0.clone().send_request(request).await;
        answered.unwrap_or_else(|error| panic!("{path} is not answered: {error:?}"))
    }
}

impl Answer {
    /// Reads an answer to its end.
    pub async fn read(response: Response<Incoming>) -> Self {
        assert_eq!(response.status(), http::StatusCode::OK, "{response:?}");
        let head = response.headers().clone();
        let body = response
            .into_body()
            .collect()
            .await
            .expect("an answer comes whole");
        let trailers = body.trailers().cloned().unwrap_or_default();
        let status = Status::from_header_map(&trailers).or_else(|| Status::from_header_map(&head));
        Self {
            status: status.expect("an answer has a status"),
            messages: body.to_bytes().to_vec(),
        }
    }
}

/// A message with what stands before it on the wire: not compressed, and its length.
pub fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap();
    [&[0], length.to_be_bytes().as_slice(), message].concat()
}

/// A body that ends after these.
pub fn body(frames: impl IntoIterator<Item = Vec<u8>>) -> Body {
    let frames: Vec<_> = frames.into_iter().collect();
    let frames = frames
        .into_iter()
        .map(|bytes| Ok(Frame::data(Bytes::from(bytes))));
    StreamBody::new(stream::iter(frames)).boxed_unsync()
}

/// A runtime for what one input does.
pub fn runtime() -> Runtime {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap()
}

/// The repository's root, for the tests and for the targets, which are a package of their own.
fn repository() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    match package.ends_with("fuzz") {
        true => package.parent().unwrap_or(package),
        false => package,
    }
}
