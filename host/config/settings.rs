//! All that can be set. A setting is one field here, and its use (`meaning.rs`).

use super::{
    layers::{Setting, settings, with_default},
    values::{
        Address, Count, Dir, Grace, Isolation, PortNumber, Size, SocketGroup, SocketMode, Stack,
        Time, Variable, VariableName,
    },
};
use crate::{
    engine::{DaprGrant, Listen, Outbound},
    sidecar::Endpoint,
};
use clap::ArgAction;
use schemars::JsonSchema;
use serde::Deserialize;
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

settings! {
    /// What is set for the sockets of components.
    pub struct Sockets {
        /// The folder of the sockets. Without it, it is the one that the environment names in DAPR_COMPONENTS_SOCKETS_FOLDER, or
        /// else /tmp/dapr-components-sockets.
        #[arg(long = "sockets", value_name = "FOLDER")]
        #[schemars(example = "/tmp/dapr-components-sockets")]
        pub sockets: Option<PathBuf>,

        /// The mode of the sockets' files, in octal: who may write to a socket may connect.
        #[arg(long = "socket-mode", value_name = "OCTAL")]
        pub socket_mode: Option<SocketMode> = SocketMode(0o660),

        /// The group of the sockets' files, by name or number. Without it, it is the group that plugbox runs as.
        #[arg(long = "socket-group", value_name = "NAME|GID")]
        pub socket_group: Option<SocketGroup>,

        /// The folder in which plugbox keeps what Init brings, for when plugbox is started again: daprd sends no Init then. What is
        /// kept is secret, so the folder is for plugbox's user alone, and for one runner at a time. Without it nothing is kept.
        #[arg(long = "state-dir", value_name = "FOLDER")]
        #[schemars(example = "/var/lib/plugbox")]
        pub state_dir: Option<PathBuf>,
    }

    /// What is set for the whole runner.
    pub struct Whole {
        /// The socket on which `plugbox status` and `plugbox swap` reach the runner, for its user alone. Without it, it is what the
        /// environment names in PLUGBOX_ADMIN, or else plugbox/admin.sock in XDG_RUNTIME_DIR or in a folder of the user's in /tmp.
        #[arg(long = "admin", value_name = "SOCKET")]
        #[schemars(example = "/run/plugbox/admin.sock")]
        pub admin: Option<PathBuf>,

        /// Read the manifest again as soon as it changes, or a guest's file: what is new is served, and what has changed takes the
        /// place of what was. SIGHUP does so once.
        #[arg(long = "watch", num_args = 0, default_missing_value = "true")]
        #[schemars(extend("default" = false))]
        pub watch: Option<bool>,

        /// How long calls may go on after a signal to stop, and messages that are out may be acknowledged; a second signal stops
        /// at once.
        #[arg(long = "drain", value_name = "DURATION")]
        pub drain: Option<Grace> = Grace(Duration::from_secs(5)),

        /// The most components.
        #[arg(long = "max-components", value_name = "COUNT")]
        pub max_components: Option<Count<1>> = Count(256),

        /// The most instances of guests, of all components together.
        #[arg(long = "max-total-instances", value_name = "COUNT")]
        pub max_total_instances: Option<Count<1>> = Count(1024),

        /// The most memory of all instances together.
        #[arg(long = "max-total-memory", value_name = "SIZE")]
        pub max_total_memory: Option<Size> = Size(8 << 30),
    }

    /// What is set for the engine, which all guests share.
    pub struct Engine {
        /// Whether compiled guests are kept in, and taken from, $XDG_CACHE_HOME/plugbox; the flag says no.
        #[arg(long = "no-cache", num_args = 0, default_missing_value = "false")]
        #[schemars(extend("default" = true))]
        pub cache: Option<bool>,

        /// The most stack of one call, of all guests alike: there is one code generator for all of them.
        #[arg(long = "max-stack", value_name = "SIZE")]
        pub max_stack: Option<Stack> = Stack(1 << 20),
    }

    /// What guests may use and reach.
    pub struct Sandbox {
        /// How long one call into a guest may take.
        #[arg(long = "timeout", value_name = "DURATION")]
        pub timeout: Option<Time> = Time(Duration::from_secs(30)),

        /// How long a guest may take to start, and for each init.
        #[arg(long = "start-timeout", value_name = "DURATION")]
        pub start_timeout: Option<Time> = Time(Duration::from_secs(30)),

        /// How long a guest may take to be compiled. One of 18MiB in Python takes some ten seconds of one slow core.
        #[arg(long = "compile-timeout", value_name = "DURATION")]
        pub compile_timeout: Option<Time> = Time(Duration::from_secs(300)),

        /// The most memory of one instance.
        #[arg(long = "max-memory", value_name = "SIZE")]
        pub memory: Option<Size> = Size(256 << 20),

        /// The most elements in the tables of one instance.
        #[arg(long = "max-table-elements", value_name = "COUNT")]
        pub max_table_elements: Option<Count<1>> = Count(1 << 20),

        /// The most core instances inside one guest, and tables, and memories. One in JavaScript or Python has about twenty.
        #[arg(long = "max-parts", value_name = "COUNT")]
        pub max_parts: Option<Count<1>> = Count(1000),

        /// How many guests serve each instance of a component: without it, one. More are for guests that keep nothing in memory. Of
        /// an app it is how many calls run at once: without it, as many as there are cores, and two at least.
        #[arg(long = "instances", value_name = "COUNT")]
        #[schemars(example = 4)]
        pub instances: Option<Count<1>>,

        /// How many calls may wait for one guest that is busy.
        #[arg(long = "queue", value_name = "COUNT")]
        pub queue: Option<Count<0>> = Count(256),

        /// The largest request that is taken.
        #[arg(long = "max-message", value_name = "SIZE")]
        pub max_message: Option<Size> = Size(64 << 20),

        /// The largest reply, and the largest message on a stream. daprd takes no more than 4MiB.
        #[arg(long = "max-reply", value_name = "SIZE")]
        pub max_reply: Option<Size> = Size(4 << 20),

        /// The most that a guest may hand to the host in one call: a reply, or all messages that it has at once.
        #[arg(long = "max-transfer", value_name = "SIZE")]
        pub max_transfer: Option<Size> = Size(64 << 20),

        /// The most streams of one instance: subscriptions and reads.
        #[arg(long = "max-streams", value_name = "COUNT")]
        pub max_streams: Option<Count<1>> = Count(256),

        /// The most handles that one guest may hold to what the host keeps for it, such as pollables, streams and headers.
        #[arg(long = "max-handles", value_name = "COUNT")]
        pub max_handles: Option<Count<1>> = Count(20_000),

        /// The most files and folders that one guest may have open.
        #[arg(long = "max-files", value_name = "COUNT")]
        pub max_files: Option<Count<1>> = Count(128),

        /// The most sockets that one guest may have, and lookups of names.
        #[arg(long = "max-sockets", value_name = "COUNT")]
        pub max_sockets: Option<Count<1>> = Count(128),

        /// The most requests over HTTP that one guest may have under way.
        #[arg(long = "max-requests", value_name = "COUNT")]
        pub max_requests: Option<Count<1>> = Count(64),

        /// The most lines a second that one guest may log for long.
        #[arg(long = "max-log-lines", value_name = "COUNT")]
        pub max_log_lines: Option<Count<1>> = Count(100),

        /// The most that an instance may hand over to the one that takes its place.
        #[arg(long = "max-handover", value_name = "SIZE")]
        pub max_handover: Option<Size> = Size(64 << 20),

        /// Let guests see a folder, under a name of their own: read-only, unless it says rw.
        #[arg(long = "dir", value_name = "HOST::GUEST[::ro|rw]")]
        pub dirs: Vec<Dir>,

        /// Give guests a variable of the environment; the flag without a value gives the one that plugbox itself has.
        #[arg(long = "env", value_name = "NAME[=VALUE]")]
        #[serde(deserialize_with = "Variable::all")]
        #[schemars(with = "BTreeMap<String, String>", extend("examples" = [{ "LOG": "info" }]))]
        pub env: Vec<Variable>,

        /// Let guests reach a host: https://api.example.com, tcp://10.0.0.5:6379. The scheme is http, https, tcp or udp; without
        /// one it is http and https. `*.example.com` is all below a name, `:*` all ports; without a port it is the scheme's own.
        /// A name, or `*`, grants public addresses; private ones are granted by themselves, as networks like 10.0.0.0/8, or all
        /// by `self`.
        #[arg(long = "allow-outbound", value_name = "[SCHEME://]HOST[:PORT]")]
        #[schemars(extend("examples" = [["tcp://127.0.0.1:6379", "https://*.example.com"]]))]
        pub allowed_outbound_hosts: Vec<Outbound>,

        /// Let guests wait for connections: 127.0.0.1:8080. The address may be `*`, the port a range or `*`.
        #[arg(long = "allow-listen", value_name = "ADDRESS:PORT")]
        #[schemars(extend("examples" = [["127.0.0.1:8080"]]))]
        pub allowed_listen_addresses: Vec<Listen>,

        /// Let guests ask something of Dapr: state:orders, publish:pubsub/*, invoke:billing, binding:mail, secret:vault/db-*. What
        /// stands behind the / is a key, a topic, a method, an operation or a secret; without it, it is all of them. A * may end
        /// either, and stands for anything.
        #[arg(long = "allow-dapr", value_name = "CLASS:NAME[/PART]")]
        #[schemars(extend("examples" = [["state:orders", "publish:pubsub/*"]]))]
        pub allow_dapr: Vec<DaprGrant>,

        /// The daprd that guests ask: HOST:PORT, http://HOST:PORT, https://HOST:PORT or unix:PATH. Without it, it is what the
        /// environment names in DAPR_GRPC_ENDPOINT, or else the port of this machine that it names in DAPR_GRPC_PORT, or else
        /// 127.0.0.1:50001.
        #[arg(long = "dapr-endpoint", value_name = "ADDRESS")]
        #[schemars(example = "127.0.0.1:50001")]
        pub dapr_endpoint: Option<Endpoint>,

        /// The variable of plugbox's own environment that has the token of that daprd, where it demands one.
        #[arg(long = "dapr-token-env", value_name = "NAME")]
        pub dapr_token_env: Option<VariableName> = VariableName::of("DAPR_API_TOKEN"),

        /// How long daprd may take to answer a guest. A guest lives on after that, unless its own time is over.
        #[arg(long = "dapr-timeout", value_name = "DURATION")]
        pub dapr_timeout: Option<Time> = Time(Duration::from_secs(10)),
    }

    /// How much of one component is served.
    pub struct Served {
        /// The most instances of one component: Dapr resources that name the same socket.
        #[arg(long = "max-instances", value_name = "COUNT")]
        pub max_instances: Option<Count<1>> = Count(64),

        /// How long calls may wait while another guest takes the place of the one that serves. If it takes longer, it does not.
        #[arg(long = "swap-pause", value_name = "DURATION")]
        pub swap_pause: Option<Time> = Time(Duration::from_secs(2)),

        /// After so many calls into it, messages that it was asked for included, another instance takes an instance's place, with
        /// its state if the guest hands that over. For guests that wear out.
        #[arg(long = "recycle-calls", value_name = "COUNT")]
        #[schemars(example = 100_000)]
        pub recycle_calls: Option<Count<1>>,

        /// The same for an instance whose memory has grown to so much: for guests whose memory only ever grows. It must be well
        /// over what an instance begins with, and under the most that it may have.
        #[arg(long = "recycle-memory", value_name = "SIZE")]
        pub recycle_memory: Option<Size>,

        /// The most connections to one component. When there are as many, idle ones make room, and others wait.
        #[arg(long = "max-connections", value_name = "COUNT")]
        pub max_connections: Option<Count<1>> = Count(1024),

        /// The most memory that requests to one component and its answers hold until clients have read them, beside 256 KiB for
        /// each connection.
        #[arg(long = "request-memory", value_name = "SIZE")]
        pub request_memory: Option<Size> = Size(256 << 20),

        /// How long a client may take to send a request, and to begin to speak after it has connected.
        #[arg(long = "receive-timeout", value_name = "DURATION")]
        pub receive_timeout: Option<Time> = Time(Duration::from_secs(30)),
    }

    /// What is set for an app alone.
    pub struct App {
        /// The TCP port on which daprd reaches the app: its own --app-port. Of the flag, 0 is any port that is free, which is told
        /// when the app is served.
        #[arg(long = "port", value_name = "PORT")]
        pub port: Option<PortNumber>,

        /// The address on which it is reached. 127.0.0.1 is for programs of this machine alone, 0.0.0.0 and :: are for everybody:
        /// then have a token.
        #[arg(long = "listen", value_name = "ADDRESS")]
        pub listen: Option<Address> = Address::LOCAL,

        /// The variable of plugbox's own environment that has the token which daprd brings, from a variable of its own with the name
        /// APP_API_TOKEN. Calls without it are refused. Where APP_API_TOKEN is not set none is demanded; another variable must be
        /// set if it is named here.
        #[arg(long = "app-token-env", value_name = "NAME")]
        pub app_token_env: Option<VariableName> = VariableName::of("APP_API_TOKEN"),

        /// Whether what one call leaves in the memory of its instance is there for the next, or each call has an instance of its
        /// own, and nothing is left.
        #[arg(long = "isolation", value_enum, value_name = "instance|call", hide_possible_values = true)]
        pub isolation: Option<Isolation> = Isolation::Instance,
    }
}

/// What goes to standard error.
#[derive(Debug, Clone, Copy, Default, clap::Args, Deserialize, JsonSchema)]
#[command(
    next_help_heading = "Logging",
    mut_arg("log_format", |arg| with_default(arg, Some(Format::NAME.to_owned())))
)]
pub struct Log {
    /// Log more; twice for everything. RUST_LOG, where it is set, decides instead.
    #[arg(short, long, action = ArgAction::Count, global = true)]
    #[serde(default)]
    #[schemars(range(max = 2), extend("default" = 0))]
    pub verbose: u8,
    /// How log lines are written to standard error.
    #[arg(long, value_enum, global = true)]
    #[schemars(extend("default" = Format::NAME))]
    pub log_format: Option<Format>,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// A line for a person.
    #[default]
    Text,
    /// A JSON object on each line.
    Json,
}

impl Format {
    /// Of the one that it is by default.
    const NAME: &str = "text";
}

/// What is set for each component.
#[derive(Debug, Clone, Default, clap::Args, JsonSchema)]
pub struct Each {
    /// What its guests may use and reach.
    #[command(flatten)]
    #[schemars(flatten)]
    pub sandbox: Sandbox,
    /// How much of it is served.
    #[command(flatten)]
    #[schemars(flatten)]
    pub served: Served,
}

impl Each {
    /// What is set here, and what is set farther away where nothing is set here.
    pub fn over(self, farther: Self) -> Self {
        Self {
            sandbox: self.sandbox.over(farther.sandbox),
            served: self.served.over(farther.served),
        }
    }
}

impl Log {
    /// What its settings are called.
    pub(super) const VERBOSE: Setting = Setting {
        key: "verbose",
        flag: "--verbose",
    };
    pub(super) const FORMAT: Setting = Setting {
        key: "log_format",
        flag: "--log-format",
    };

    /// What is said here, and what is said farther away where nothing is said here.
    pub fn over(self, farther: Self) -> Self {
        Self {
            verbose: self.verbose.max(farther.verbose),
            log_format: self.log_format.or(farther.log_format),
        }
    }
}
