//! The component under test: how to reach it, what it serves and what its Init is given.

use std::{collections::HashMap, path::Path, time::Duration};

use tonic::{
    Status,
    transport::{Channel, Endpoint, Uri},
};

use super::{Interface, Part, client::Client};

/// How long a component has to accept a connection and to list its services.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// What stands for a name in the metadata of operations.
pub(super) const NAME: &str = "{name}";

/// A component, or an application, that rules are checked against.
///
/// Its connection belongs to the tokio runtime that made it: connect anew on another one.
#[derive(Debug, Clone)]
pub struct Subject {
    channel: Channel,
    name: Option<String>,
    services: Vec<String>,
    properties: HashMap<String, String>,
    shared_storage: bool,
    operations: Option<HashMap<String, String>>,
    secrets: HashMap<String, String>,
    exports: Vec<Interface>,
    methods: Vec<String>,
}

/// Why a component cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The path is not UTF-8, which the connection needs.
    #[error("the path of the socket is not UTF-8")]
    Path,
    /// Nobody answers on the socket.
    #[error("cannot connect to the socket: {}", root(.0))]
    Socket(#[source] tonic::transport::Error),
    /// Nobody answers on the port.
    #[error("cannot connect to the port: {}", root(.0))]
    Port(#[source] tonic::transport::Error),
    /// The component does not list its services, so no client would find them.
    #[error("reflection (v1alpha) does not list the services: {}", super::show::text(.0))]
    Reflection(Status),
    /// The component accepts a connection and says nothing.
    #[error("no answer within {} s", CONNECT_LIMIT.as_secs())]
    Late,
}

/// The innermost cause, the one that says something: `No such file or directory`.
fn root(error: &tonic::transport::Error) -> String {
    let mut error: &dyn std::error::Error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

impl Subject {
    /// Connects to a component's socket as daprd does, and asks reflection what it serves.
    /// The socket's file name without its extension is the component's name.
    pub async fn connect(socket: impl AsRef<Path>) -> Result<Self, ConnectError> {
        let socket = socket.as_ref();
        let name = socket.file_stem();
        let name = name.map(|name| name.to_string_lossy().into_owned());
        Self::over(dial(socket), name).await
    }

    /// Connects to an application as daprd does: by its name, and by the address and the port where it is served.
    pub async fn connect_app(name: &str, address: &str) -> Result<Self, ConnectError> {
        let channel = async {
            Endpoint::from_shared(format!("http://{address}"))
                .map_err(ConnectError::Port)?
                .connect()
                .await
                .map_err(ConnectError::Port)
        };
        Self::over(channel, Some(name.to_owned())).await
    }

    async fn over(
        channel: impl Future<Output = Result<Channel, ConnectError>>,
        name: Option<String>,
    ) -> Result<Self, ConnectError> {
        let found = async {
            let channel = channel.await?;
            let services = reflect_v1alpha(channel.clone())
                .await
                .map_err(ConnectError::Reflection)?;
            Ok(Self {
                channel,
                name,
                services,
                properties: HashMap::new(),
                shared_storage: false,
                operations: None,
                secrets: HashMap::new(),
                exports: Vec::new(),
                methods: Vec::new(),
            })
        };
        tokio::time::timeout(CONNECT_LIMIT, found)
            .await
            .map_err(|_| ConnectError::Late)?
    }

    /// Says which interfaces of the contract an application's guest exports. Rules about others are skipped: over gRPC, what is not
    /// exported cannot be told from what is and refuses.
    pub fn exported(mut self, interfaces: impl IntoIterator<Item = Interface>) -> Self {
        self.exports.extend(interfaces);
        self
    }

    /// Lets rules invoke these methods of an application, with any data. Without this they invoke none that it has: who knows what
    /// it does.
    pub fn methods<M: Into<String>>(mut self, methods: impl IntoIterator<Item = M>) -> Self {
        self.methods.extend(methods.into_iter().map(Into::into));
        self
    }

    /// What each Init is given: the metadata of a Component resource.
    pub fn properties<K: Into<String>, V: Into<String>>(
        mut self,
        properties: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let properties = properties.into_iter().map(|(k, v)| (k.into(), v.into()));
        self.properties.extend(properties);
        self
    }

    /// Says that all instance ids reach the same data, as they do where the properties name one database.
    /// Rules that need separate data are skipped.
    pub fn shared_storage(mut self) -> Self {
        self.shared_storage = true;
        self
    }

    /// Lets rules invoke the usual operations of an output binding (`create`, `get`, `delete`, `list`) with this metadata, in
    /// which `{name}` becomes a name that is different for each thing that rules make. What they make stays. Without this no
    /// operation is invoked: who knows what it does.
    pub fn operations<K: Into<String>, V: Into<String>>(
        mut self,
        metadata: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let metadata = metadata.into_iter().map(|(k, v)| (k.into(), v.into()));
        self.operations = Some(metadata.collect());
        self
    }

    /// Says which secrets a secret store has, by their names, each with its single value. There may be others.
    pub fn secrets<K: Into<String>, V: Into<String>>(
        mut self,
        known: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let known = known.into_iter().map(|(k, v)| (k.into(), v.into()));
        self.secrets.extend(known);
        self
    }

    pub(super) fn lists(&self, service: &str) -> bool {
        self.services.iter().any(|listed| listed == service)
    }

    pub(super) fn shares_storage(&self) -> bool {
        self.shared_storage
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(super) fn init_properties(&self) -> &HashMap<String, String> {
        &self.properties
    }

    pub(super) fn operation_metadata(&self) -> Option<&HashMap<String, String>> {
        self.operations.as_ref()
    }

    pub(super) fn known_secrets(&self) -> &HashMap<String, String> {
        &self.secrets
    }

    pub(super) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    pub(super) fn exports(&self, interface: Interface) -> bool {
        self.exports.contains(&interface)
    }

    pub(super) fn known_methods(&self) -> &[String] {
        &self.methods
    }

    /// A client with an instance id that nothing else uses.
    pub(super) fn client(&self, part: Part) -> Client {
        Client::new(self, part)
    }
}

/// The one place that turns a path into a connection. `localhost` is the authority that daprd sends.
async fn dial(socket: &Path) -> Result<Channel, ConnectError> {
    let path = socket.to_str().ok_or(ConnectError::Path)?;
    Endpoint::from_shared(format!("unix:{path}"))
        .map_err(ConnectError::Socket)?
        .origin(Uri::from_static("http://localhost"))
        .connect()
        .await
        .map_err(ConnectError::Socket)
}

/// Asks one version of reflection for the services; the two versions differ in nothing but their package.
macro_rules! reflect {
    ($(#[$doc:meta])* $name:ident, $version:ident) => {
        $(#[$doc])*
        pub(super) async fn $name(channel: Channel) -> Result<Vec<String>, Status> {
            use tonic_reflection::pb::$version::{
                ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
                server_reflection_request::MessageRequest,
                server_reflection_response::MessageResponse,
            };
            let question = ServerReflectionRequest {
                host: String::new(),
                message_request: Some(MessageRequest::ListServices("*".to_owned())),
            };
            let mut answers = ServerReflectionClient::new(channel)
                .server_reflection_info(tokio_stream::once(question))
                .await?
                .into_inner();
            match answers.message().await?.and_then(|answer| answer.message_response) {
                Some(MessageResponse::ListServicesResponse(list)) => {
                    Ok(list.service.into_iter().map(|service| service.name).collect())
                }
                Some(MessageResponse::ErrorResponse(error)) => {
                    Err(Status::new(error.error_code.into(), error.error_message))
                }
                _ => Err(Status::internal("the answer is not a list of services")),
            }
        }
    };
}

reflect! {
    /// Lists the services by reflection v1alpha, the only version that daprd speaks.
    reflect_v1alpha, v1alpha
}
reflect! {
    /// Lists the services by reflection v1, which current tools ask first.
    reflect_v1, v1
}
