//! Requests over HTTP, to the hosts that are granted.

use super::{
    Gate, Outbound, Scheme, address,
    connect::{Connector, Refused},
    gate::Allowed,
};
use crate::config::named;
use http::{Request, Response, Uri, uri};
use http_body_util::BodyExt;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{self, connect::capture_connection},
    rt::{TokioExecutor, TokioTimer},
};
use std::{
    error::Error as _,
    fmt,
    future::{self, Future},
    io, iter,
    net::SocketAddr,
    pin::pin,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tower_http::timeout::{TimeoutBody, TimeoutError};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

/// How long a step of a request may take when the guest sets no limit: longer than any call may.
const NO_LIMIT: Duration = Duration::from_secs(600);

/// How long a connection waits for another request.
const IDLE: Duration = Duration::from_secs(15);

/// How many connections to one host wait for another request.
const IDLE_FOR_EACH: usize = 4;

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Pool = legacy::Client<HttpsConnector<Connector>, WasiBody>;

/// What sends requests, for all instances of a component: its connections serve several.
#[derive(Clone)]
pub(in crate::engine) struct Client {
    pub(super) allowed: Allowed,
    /// Made when it is first needed: most guests send none.
    pool: Arc<OnceLock<Pool>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Client {
    pub(in crate::engine) fn new(allowed: Arc<[Outbound]>) -> Self {
        Self {
            allowed: Allowed(allowed),
            pool: Arc::default(),
        }
    }

    fn pool(&self) -> &Pool {
        self.pool.get_or_init(|| {
            let connector = HttpsConnectorBuilder::new()
                .with_webpki_roots()
                .https_or_http()
                .enable_http1()
                .wrap_connector(Connector::new(self.allowed.clone()));
            legacy::Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(IDLE_FOR_EACH)
                .build(connector)
        })
    }

    /// Sends a request, and gives its answer once that has begun.
    async fn send(
        self,
        mut request: Request<WasiBody>,
        options: RequestOptions,
    ) -> Result<Response<WasiBody>, Failure> {
        let mut connected = capture_connection(&mut request);
        let mut answer = pin!(self.pool().request(request));
        let connection = options.connect_timeout.unwrap_or(NO_LIMIT);
        let answered = tokio::select! {
            biased;
            answered = &mut answer => Some(answered),
            _ = connected.wait_for_connection_metadata() => None,
            () = tokio::time::sleep(connection) => return Err(Error::ConnectionTimeout.into()),
        };
        let first_byte = options.first_byte_timeout.unwrap_or(NO_LIMIT);
        let answered = match answered {
            Some(answered) => answered,
            None => tokio::time::timeout(first_byte, answer)
                .await
                .map_err(|_| Error::ConnectionReadTimeout)?,
        };
        let between_bytes = options.between_bytes_timeout.unwrap_or(NO_LIMIT);
        Ok(answered?.map(|body| {
            let body = TimeoutBody::new(between_bytes, body).map_err(|error| {
                match error.downcast::<hyper::Error>() {
                    Ok(error) => Error::Hyper(*error),
                    Err(error) if error.is::<TimeoutError>() => Error::ConnectionReadTimeout,
                    Err(error) => Error::InternalError(Some(error.to_string())),
                }
            });
            body.boxed_unsync()
        }))
    }
}

impl Scheme {
    /// How, to which host and on which port a request goes out. Without a scheme it goes over TLS, as WASI has it.
    pub(super) fn of(target: &Uri) -> (Self, &str, u16) {
        let scheme = match target.scheme() == Some(&uri::Scheme::HTTP) {
            true => Self::Http,
            false => Self::Https,
        };
        let port = target.port_u16().or(scheme.own_port());
        (
            scheme,
            target.host().unwrap_or_default(),
            port.unwrap_or_default(),
        )
    }
}

/// Why a request has no answer.
enum Failure {
    /// The address that the host was found to have is not granted.
    Address(SocketAddr),
    Other(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// The causes are inside each other; the innermost that is known says what happened.
impl From<legacy::Error> for Failure {
    fn from(error: legacy::Error) -> Self {
        let mut causes = Vec::new();
        let mut cause: Option<&dyn std::error::Error> = error.source();
        while let Some(inner) = cause {
            causes.push(inner);
            cause = inner.source();
        }
        let known = causes.iter().rev().find_map(|cause| {
            if let Some(refused) = cause.downcast_ref::<Refused>() {
                return Some(match refused {
                    Refused::Address(address) => Self::Address(*address),
                    Refused::TooMany => Error::ConnectionLimitReached.into(),
                    Refused::NoAddress => Self::Other(Error::DnsError {
                        rcode: None,
                        info_code: None,
                    }),
                });
            }
            let error = cause.downcast_ref::<io::Error>()?;
            Some(Self::Other(match error.kind() {
                io::ErrorKind::ConnectionRefused => Error::ConnectionRefused,
                io::ErrorKind::TimedOut => Error::ConnectionTimeout,
                io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                    Error::DestinationIpUnroutable
                }
                io::ErrorKind::InvalidData => Error::TlsProtocolError,
                _ => Error::ConnectionTerminated,
            }))
        });
        known.unwrap_or_else(|| match error.is_connect() {
            true => Error::ConnectionTerminated.into(),
            false => Error::HttpProtocolError.into(),
        })
    }
}

impl WasiHttpHooks for Gate {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Io,
    ) -> Box<dyn Future<Output = Result<(Response<WasiBody>, Io), Error>> + Send> {
        let (scheme, host, port) = Scheme::of(request.uri());
        let permitted = match address(host) {
            Some(address) => {
                let address = (address, port).into();
                self.allowed().address(scheme, address, iter::empty())
            }
            None => self.allowed().name(scheme, host, port),
        };
        if !permitted {
            let target = format!("{scheme}://{host}:{port}");
            let what = format!("a request to {target}");
            self.refuse(&what, named::allowed_outbound_hosts, &target);
            return Box::new(async { Err(Error::HttpRequestDenied) });
        }
        let Some(place) = self.allowance.request() else {
            return Box::new(async { Err(Error::ConnectionLimitReached) });
        };
        let gate = self.clone();
        let host = host.to_owned();
        Box::new(async move {
            let client = gate.client.clone();
            match client.send(request, options.unwrap_or_default()).await {
                // The connection lives in the pool, and what happens to it is its answer's to say. Its place is taken until the
                // guest lets go of the answer, which drops this.
                Ok(answer) => {
                    let held = async move {
                        let _place = place;
                        future::pending().await
                    };
                    Ok((answer, Box::new(held) as Io))
                }
                Err(Failure::Address(address)) => {
                    gate.refuse_address("a request", scheme, address, Some(&host));
                    Err(Error::DestinationIpProhibited)
                }
                Err(Failure::Other(error)) => Err(error),
            }
        })
    }
}
