//! A state store that tries the borders of its sandbox on request, so that the host's tests can see where they are.
//!
//! `get` does what the key says, and answers what came of it; what failed is answered as `error: ` and the kind of error:
//!
//! | key | what happens |
//! |---|---|
//! | `out:<text>`, `err:<text>` | writes the text to standard output or standard error, as it is |
//! | `log:<level>:<context>:<text>` | logs a line through wasi:logging |
//! | `flood:<count>` | writes so many lines to standard output |
//! | `connect:<host>:<port>` | connects, sends a line and answers the line that comes back |
//! | `send:<host>:<port>` | sends a datagram and answers the one that comes back |
//! | `listen:<address>:<port>` | waits for a connection there, and answers the line that comes |
//! | `sockets:<count>` | makes so many sockets and answers how many it got, and why not more |
//! | `files:<path>` | opens a file again and again, and answers how often it could, and why not more often |
//! | `env:<name>` | answers a variable of the environment |
//! | `dapr:<call>:<name>/<part>` | calls Dapr, and answers what comes of it |

mod dapr;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};

use bindings::dapr::components::state_types::{
    DeleteRequest, GetRequest, Item, SetRequest, StateError,
};
use bindings::dapr::components::types::{Error, Metadata};
use bindings::exports::dapr::components::state_store::Guest;
use bindings::wasi::logging::logging::{self, Level};

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Prober;
    wit_bindgen::generate!({
        inline: "
            package plugbox:prober;
            world prober {
                include plugbox:runner/dapr-client@0.1.0;
                import wasi:logging/logging@0.1.0-draft;
                export dapr:components/state-store@0.1.0;
            }
        ",
        path: "../../../wit",
        world: "plugbox:prober/prober",
        generate_all,
    });
    export!(Prober);
}

struct Prober;

impl Guest for Prober {
    fn init(_: Metadata) -> Result<Vec<String>, Error> {
        Ok(Vec::new())
    }

    fn get(request: GetRequest) -> Result<Option<Item>, StateError> {
        let (verb, argument) = request.key.split_once(':').unwrap_or((&request.key, ""));
        let outcome =
            probe(verb, argument).unwrap_or_else(|error| format!("error: {}", error.kind()));
        Ok(Some(Item {
            value: outcome.into_bytes(),
            etag: None,
            content_type: None,
            metadata: Vec::new(),
        }))
    }

    fn set(_: SetRequest) -> Result<(), StateError> {
        Ok(())
    }

    fn delete(_: DeleteRequest) -> Result<(), StateError> {
        Ok(())
    }
}

fn probe(verb: &str, argument: &str) -> io::Result<String> {
    match verb {
        "out" => {
            print!("{argument}");
            io::stdout().flush()?;
        }
        "err" => eprint!("{argument}"),
        "log" => log(argument)?,
        "flood" => {
            let count: u32 = argument.parse().map_err(io::Error::other)?;
            (0..count).for_each(|line| println!("line {line} of {count}"));
        }
        "env" => return std::env::var(argument).map_err(io::Error::other),
        "dapr" => return dapr::ask(argument),
        "connect" => return connect(argument),
        "send" => return send(argument),
        "listen" => return listen(argument),
        "sockets" => {
            return hoard(argument.parse().map_err(io::Error::other)?, || {
                UdpSocket::bind("0.0.0.0:0")
            });
        }
        "files" => return hoard(usize::MAX, || File::open(argument)),
        _ => return Err(io::ErrorKind::Unsupported.into()),
    }
    Ok("done".to_owned())
}

/// Takes so many of something, if it gets them.
fn hoard<T>(count: usize, mut take: impl FnMut() -> io::Result<T>) -> io::Result<String> {
    let mut taken = Vec::new();
    while taken.len() < count {
        match take() {
            Ok(one) => taken.push(one),
            Err(error) => return Ok(format!("{}: {error}", taken.len())),
        }
    }
    Ok(taken.len().to_string())
}

fn log(line: &str) -> io::Result<()> {
    let mut parts = line.splitn(3, ':');
    let mut part = || parts.next().ok_or(io::ErrorKind::InvalidInput);
    let level = match part()? {
        "trace" => Level::Trace,
        "debug" => Level::Debug,
        "info" => Level::Info,
        "warn" => Level::Warn,
        "error" => Level::Error,
        "critical" => Level::Critical,
        _ => return Err(io::ErrorKind::InvalidInput.into()),
    };
    logging::log(level, part()?, part()?);
    Ok(())
}

fn listen(address: &str) -> io::Result<String> {
    let (stream, _) = TcpListener::bind(address)?.accept()?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

fn connect(address: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"ping\n")?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

fn send(address: &str) -> io::Result<String> {
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    socket.send_to(b"ping", address)?;
    let mut datagram = [0; 64];
    let (size, _) = socket.recv_from(&mut datagram)?;
    let datagram = datagram.get(..size).unwrap_or_default();
    Ok(String::from_utf8_lossy(datagram).into_owned())
}
