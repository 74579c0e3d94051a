//! Where daprd is, in the words that Dapr's own SDKs are told it in.

use hyper::rt::Executor;
use std::{
    ffi::OsString,
    fmt,
    net::Ipv6Addr,
    path::{Path, PathBuf},
    pin::Pin,
    str::FromStr,
    time::Duration,
};
use tokio::runtime::Handle;
use tonic::transport::{self, Channel, ClientTlsConfig};

/// The port of daprd's gRPC where no other is set, and that of what stands before one elsewhere, and speaks TLS.
const PORT: u16 = 50001;
const TLS_PORT: u16 = 443;

/// How long it may take to connect.
const CONNECTING: Duration = Duration::from_secs(5);

/// After so long without a word, the system asks whether the other side is still there.
const SILENCE: Duration = Duration::from_secs(60);

/// Where daprd speaks gRPC: `HOST[:PORT]`, which may begin with `http://`, `https://` or `dns:`, or `unix:PATH`. Over TLS it is known
/// by a certificate of a public authority.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// On a port.
    Host {
        /// A name or an address, which stands in brackets where it is of IPv6.
        host: String,
        /// More than 0.
        port: u16,
        /// Whether it speaks TLS.
        tls: bool,
    },
    /// On a Unix socket.
    Unix(PathBuf),
}

impl Default for Endpoint {
    fn default() -> Self {
        Self::local(PORT)
    }
}

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let none = || {
            format!(
                "'{text}' is no address of daprd: use HOST:PORT, http://HOST:PORT, https://HOST:PORT or unix:PATH"
            )
        };
        if let Some(path) = text.strip_prefix("unix:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return match path {
                "" => Err(none()),
                path => Ok(Self::Unix(path.into())),
            };
        }
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        let asked = match query {
            "" | "tls=false" => false,
            "tls=true" => true,
            _ => return Err(none()),
        };
        let (address, tls) = match address.split_once("://") {
            None => (address.strip_prefix("dns:").unwrap_or(address), asked),
            Some(("http", address)) if query.is_empty() => (address, false),
            Some(("https", address)) if query.is_empty() => (address, true),
            // What stands before the next slash is who is to be asked for the name.
            Some(("dns", address)) => match address.strip_prefix('/') {
                Some(address) => (address, asked),
                None => return Err(none()),
            },
            Some(_) => return Err(none()),
        };
        let address = address.strip_suffix('/').unwrap_or(address);
        // A colon inside brackets belongs to the address.
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, self::port(port)),
            _ => (address, Some(if tls { TLS_PORT } else { PORT })),
        };
        match port {
            Some(port) if is_host(host) => Ok(Self::Host {
                host: host.to_owned(),
                port,
                tls,
            }),
            _ => Err(none()),
        }
    }
}

impl Endpoint {
    /// Where daprd is by the environment's variables, or else where it is by default.
    ///
    /// # Errors
    /// When a variable says what makes no sense.
    pub fn from_environment(variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, String> {
        let set = |name| {
            let value = variable(name)?.to_string_lossy().into_owned();
            (!value.is_empty()).then_some(value)
        };
        if let Some(endpoint) = set("DAPR_GRPC_ENDPOINT") {
            return endpoint
                .parse()
                .map_err(|why| format!("DAPR_GRPC_ENDPOINT: {why}"));
        }
        match set("DAPR_GRPC_PORT") {
            None => Ok(Self::default()),
            Some(text) => match port(&text) {
                Some(port) => Ok(Self::local(port)),
                None => Err(format!(
                    "DAPR_GRPC_PORT is '{text}', and must be a port: 1 to 65535"
                )),
            },
        }
    }

    /// Has a path that is relative be relative to a folder.
    pub fn beside(&mut self, folder: &Path) {
        if let Self::Unix(path) = self {
            *path = folder.join(&path);
        }
    }

    fn local(port: u16) -> Self {
        Self::Host {
            host: "127.0.0.1".to_owned(),
            port,
            tls: false,
        }
    }

    /// A channel to it, of which nothing happens before it is used: its connection, and all that this takes, is on the runtime.
    ///
    /// # Errors
    /// When it is nothing that one can connect to.
    pub(super) fn channel(&self, runtime: Handle) -> Result<Channel, transport::Error> {
        let mut endpoint = transport::Endpoint::from_shared(self.uri())?;
        if let Self::Host { tls: true, .. } = self {
            endpoint = endpoint.tls_config(ClientTlsConfig::new().with_enabled_roots())?;
        }
        let endpoint = endpoint
            .user_agent(concat!("plugbox/", env!("CARGO_PKG_VERSION")))?
            .connect_timeout(CONNECTING)
            .tcp_keepalive(Some(SILENCE))
            .executor(On(runtime));
        Ok(endpoint.connect_lazy())
    }

    /// As an address that gRPC knows.
    fn uri(&self) -> String {
        match self {
            Self::Host { host, port, tls } => {
                format!("{}://{host}:{port}", if *tls { "https" } else { "http" })
            }
            Self::Unix(path) => format!("unix:{}", path.display()),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host {
                host,
                port,
                tls: false,
            } => write!(f, "{host}:{port}"),
            other => f.write_str(&other.uri()),
        }
    }
}

/// Has a connection be on a runtime, whoever needs it first.
#[derive(Clone)]
struct On(Handle);

impl Executor<Pin<Box<dyn Future<Output = ()> + Send>>> for On {
    fn execute(&self, work: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.0.spawn(work);
    }
}

fn port(text: &str) -> Option<u16> {
    // A sign is no part of a port.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port > 0)
}

/// A name, an address of IPv4, or one of IPv6 in brackets.
fn is_host(text: &str) -> bool {
    match text.strip_prefix('[') {
        Some(address) => address
            .strip_suffix(']')
            .is_some_and(|address| address.parse::<Ipv6Addr>().is_ok()),
        None => {
            let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
            !text.is_empty() && text.chars().all(allowed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn daprd_is_found_by_the_words_of_its_sdks() {
        let table = [
            ("127.0.0.1:50001", "http://127.0.0.1:50001"),
            ("daprd", "http://daprd:50001"),
            ("localhost:3500", "http://localhost:3500"),
            ("http://localhost:3500", "http://localhost:3500"),
            ("http://localhost:3500/", "http://localhost:3500"),
            ("http://localhost", "http://localhost:50001"),
            ("dns:daprd:3500", "http://daprd:3500"),
            ("dns:///daprd:3500", "http://daprd:3500"),
            ("dns:daprd:3500?tls=false", "http://daprd:3500"),
            ("[::1]:3500", "http://[::1]:3500"),
            ("[::1]", "http://[::1]:50001"),
            ("https://daprd", "https://daprd:443"),
            ("https://daprd:3500", "https://daprd:3500"),
            ("dns:daprd:3500?tls=true", "https://daprd:3500"),
            ("daprd?tls=true", "https://daprd:443"),
            ("unix:/run/daprd.sock", "unix:/run/daprd.sock"),
            ("unix:///run/daprd.sock", "unix:/run/daprd.sock"),
        ];
        for (text, expected) in table {
            let endpoint: Endpoint = text.parse().unwrap();
            assert_eq!(endpoint.uri(), expected, "{text}");
            assert_eq!(endpoint.to_string().parse(), Ok(endpoint), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_of_daprd_is_refused_with_a_word() {
        for text in [
            "",
            ":50001",
            "daprd:",
            "daprd:0",
            "daprd:65536",
            "daprd:+1",
            "::1",
            "[::1",
            "[x]:1",
            "ftp://daprd:1",
            "http://me@daprd:1",
            "http://daprd:1/v1",
            "daprd:1?tls=maybe",
            "https://daprd:1?tls=false",
            "a b:1",
            "unix:",
            "dns://resolver/daprd:1",
        ] {
            let error = text.parse::<Endpoint>().unwrap_err();
            assert!(error.contains("is no address of daprd"), "{error}");
        }
    }

    #[test]
    fn the_environment_says_where_daprd_is_as_its_sdks_read_it() {
        let found = |endpoint: &str, port: &str| {
            let endpoint = Endpoint::from_environment(&|name| match name {
                "DAPR_GRPC_ENDPOINT" => Some(endpoint.into()),
                "DAPR_GRPC_PORT" => Some(port.into()),
                _ => None,
            });
            endpoint.map(|endpoint| endpoint.to_string())
        };
        let nothing = Endpoint::from_environment(&|_| None);
        assert_eq!(nothing.unwrap().to_string(), "127.0.0.1:50001");
        assert_eq!(found("", "").unwrap(), "127.0.0.1:50001");
        assert_eq!(found("", "3500").unwrap(), "127.0.0.1:3500");
        assert_eq!(found("http://daprd:7", "3500").unwrap(), "daprd:7");
        assert!(
            found("", "x")
                .unwrap_err()
                .starts_with("DAPR_GRPC_PORT is 'x'")
        );
        assert!(
            found("x y", "1")
                .unwrap_err()
                .starts_with("DAPR_GRPC_ENDPOINT: ")
        );
    }

    #[test]
    fn a_relative_path_is_relative_to_the_folder_of_whoever_says_it() {
        let mut endpoint: Endpoint = "unix:run/daprd.sock".parse().unwrap();
        endpoint.beside(Path::new("/etc"));
        assert_eq!(endpoint.to_string(), "unix:/etc/run/daprd.sock");
    }
}
