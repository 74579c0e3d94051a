//! One connection to the server, and what keeps one.

use std::io::{self, ErrorKind, Read};
use std::time::Duration;

use redis::{ErrorKind as Kind, Parser, Pipeline, Value, from_redis_value, pipe};
use wasi::io::poll::Pollable;

use crate::bindings::dapr::components::types::{Code, Error};
use crate::error;
use crate::failure::{self, granted};
use crate::settings::Server;
use crate::socket::{Deadline, Socket};

/// What the server calls this connection, in its `CLIENT LIST`.
const NAME: &str = "plugbox";

/// The first major version with everything that is used here (`PEXPIRETIME` came last).
const OLDEST: u32 = 7;

/// A connection. After an error it is of no use.
pub struct Link {
    socket: Socket,
    parser: Parser,
    address: String,
    limit: Option<Duration>,
}

impl Link {
    pub fn open(server: &Server) -> Result<Self, Error> {
        let address = server.address();
        let limit = server.connect_limit;
        let socket = Socket::connect(&server.host, server.port, limit)
            .map_err(|why| failure::of_connecting(why, &address, limit))?;
        let mut link = Self {
            socket,
            parser: Parser::new(),
            address,
            limit: server.answer_limit,
        };
        let mut hello = pipe();
        if let Some(password) = &server.password {
            hello.cmd("AUTH").arg(&server.username).arg(password);
        }
        if server.database != 0 {
            hello.cmd("SELECT").arg(server.database);
        }
        // Nothing depends on the name: whether it is granted is all the same.
        let granted_so_far = hello.len();
        hello.cmd("CLIENT").arg("SETNAME").arg(NAME);
        for answer in link.ask(&hello)?.into_iter().take(granted_so_far) {
            granted(answer)?;
        }
        Ok(link)
    }

    /// Sends commands and waits for their answers: one for each, which may be a refusal.
    pub fn ask(&mut self, commands: &Pipeline) -> Result<Vec<Value>, Error> {
        let end = Deadline::after(self.limit);
        self.write(commands, &end)?;
        commands
            .cmd_iter()
            .map(|_| self.answer_until(&end))
            .collect()
    }

    /// Sends commands whose answers are waited for elsewhere.
    pub fn send(&mut self, commands: &Pipeline) -> Result<(), Error> {
        self.write(commands, &Deadline::after(self.limit))
    }

    /// The next answer, if it is there as a whole. What is there of it is kept.
    pub fn answer_at_once(&mut self) -> Result<Option<Value>, Error> {
        let answer = parse(&mut self.parser, self.socket.at_once());
        answer.map_err(|why| self.lost(&why))
    }

    /// The next answer, waited for as long as any.
    pub fn answer(&mut self) -> Result<Value, Error> {
        self.answer_until(&Deadline::after(self.limit))
    }

    /// Ready when there is more of an answer, or the connection has ended.
    pub fn readable(&self) -> Pollable {
        self.socket.readable()
    }

    /// The connection, if the server has neither ended it nor said anything unasked.
    fn if_quiet(mut self) -> Option<Self> {
        matches!(self.answer_at_once(), Ok(None)).then_some(self)
    }

    fn write(&self, commands: &Pipeline, end: &Deadline) -> Result<(), Error> {
        let packed = commands.get_packed_pipeline();
        let written = self.socket.write(&packed, end);
        written.map_err(|why| self.lost(&why))
    }

    fn answer_until(&mut self, end: &Deadline) -> Result<Value, Error> {
        match parse(&mut self.parser, self.socket.until(end)) {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => Err(self.lost(&ErrorKind::UnexpectedEof.into())),
            Err(why) => Err(self.lost(&why)),
        }
    }

    fn lost(&self, why: &io::Error) -> Error {
        failure::of_connection(why, &self.address, self.limit)
    }
}

/// The next answer; none where more of it has to come first, and then it is gone on with the next time.
pub fn parse(parser: &mut Parser, from: impl Read) -> io::Result<Option<Value>> {
    let mut from = Remembering {
        from,
        failure: None,
    };
    match (parser.parse_value(&mut from), from.failure) {
        (Ok(value), _) => Ok(Some(value)),
        (Err(_), Some(failure)) if failure.kind() == ErrorKind::WouldBlock => Ok(None),
        (Err(_), Some(failure)) => Err(failure),
        (Err(why), None) if why.kind() == Kind::Parse => {
            Err(io::Error::other("it does not speak the protocol of Redis"))
        }
        (Err(_), None) => Err(ErrorKind::UnexpectedEof.into()),
    }
}

/// Keeps why a read failed, which the parser's own errors do not tell.
struct Remembering<R> {
    from: R,
    failure: Option<io::Error>,
}

impl<R: Read> Read for Remembering<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.from.read(buffer).map_err(|why| {
            let kind = why.kind();
            self.failure = Some(why);
            kind.into()
        })
    }
}

/// Whoever asks the server, with a connection that is made when it is needed.
pub struct Client {
    server: Server,
    link: Option<Link>,
}

impl Client {
    /// Makes sure that the server is there and new enough.
    pub fn new(server: Server) -> Result<Self, Error> {
        let link = None;
        let mut client = Self { server, link };
        let mut question = pipe();
        question.cmd("INFO").arg("server");
        match granted(client.ask_one(&question)?) {
            Ok(answer) => {
                check_version(&from_redis_value(answer).unwrap_or_else(|_| String::new()))?
            }
            // Who may not ask for the version has to know it.
            Err(refusal) if refusal.code == Code::PermissionDenied => {}
            Err(refusal) => return Err(refusal),
        }
        Ok(client)
    }

    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Sends commands and waits for their answers: one for each, which may be a refusal.
    ///
    /// A connection that the server has ended is replaced before; one that ends meanwhile is an error, since nobody knows what
    /// the server has done.
    pub fn ask(&mut self, commands: &Pipeline) -> Result<Vec<Value>, Error> {
        let kept = self.link.take().and_then(Link::if_quiet);
        let mut link = match kept {
            Some(link) => link,
            None => Link::open(&self.server)?,
        };
        let answers = link.ask(commands)?;
        self.link = Some(link);
        Ok(answers)
    }

    /// The answer to the last of some commands.
    pub fn ask_one(&mut self, commands: &Pipeline) -> Result<Value, Error> {
        let answer = self.ask(commands)?.pop();
        answer.ok_or_else(|| failure::unexpected("nothing"))
    }
}

/// Whether the server whose INFO this is does all that is asked of it. What tells no version is let pass.
pub fn check_version(info: &str) -> Result<(), Error> {
    let version = info
        .lines()
        .find_map(|line| line.strip_prefix("redis_version:"));
    let major = version.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    match (version, major) {
        (Some(version), Some(major)) if major < OLDEST => Err(error(
            Code::FailedPrecondition,
            format!(
                "the Redis server is of version {version}, and this component needs {OLDEST} or later"
            ),
        )),
        _ => Ok(()),
    }
}
