//! Waits for the messages of one subscription, on a connection of its own, so that no other call has to wait with it.

use redis::{Cmd, Pipeline, Value, from_redis_value, pipe};
use wasi::io::poll::Pollable;

use crate::bindings::dapr::components::types::Error;
use crate::failure::{self, granted};
use crate::link::{Client, Link};
use crate::message::{self, Entry};
use crate::settings::Server;

/// What Redis says of a stream or a group that has gone, be it while somebody waits for it.
const GONE: [&str; 2] = ["NOGROUP", "UNBLOCKED"];

/// A group of consumers of one topic. Like Dapr's own component it has one consumer, of the group's name.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Group {
    pub topic: String,
    pub name: String,
}

/// What there is for a reader.
pub enum Read {
    Entries(Vec<Entry>),
    /// Nothing yet: wait for this.
    Wait(Pollable),
    /// The server refuses to read, and not for the want of a connection.
    Refused(Error),
}

#[derive(Default)]
pub struct Reader {
    connection: Option<Connection>,
}

struct Connection {
    link: Link,
    /// What the server calls it.
    id: u64,
    /// Whether the server owes an answer.
    asked: bool,
}

impl Reader {
    /// Looks for so many messages, at least 1. An error is one of the connection, and ends it.
    pub fn read(&mut self, server: &Server, group: &Group, count: u32) -> Result<Read, Error> {
        if let Some(connection) = &mut self.connection
            && connection.asked
        {
            let answer = connection.link.answer_at_once();
            match answer {
                Ok(None) => return Ok(Read::Wait(connection.link.readable())),
                Ok(Some(answer)) => {
                    connection.asked = false;
                    if let Some(read) = self.heard(answer)? {
                        return Ok(read);
                    }
                }
                // Another connection may do, for the server can have been started again.
                Err(_) => self.connection = None,
            }
        }
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => match Connection::open(server, group)? {
                Ok(connection) => connection,
                Err(refusal) => return Ok(Read::Refused(refusal)),
            },
        };
        let question = question(group, count, true);
        connection.link.send(&question)?;
        connection.asked = true;
        let wait = connection.link.readable();
        self.connection = Some(connection);
        Ok(Read::Wait(wait))
    }

    /// What is there at once, without a wait for more. A refusal is left to whoever reads on.
    pub fn look(
        &mut self,
        client: &mut Client,
        group: &Group,
        count: u32,
    ) -> Result<Vec<Entry>, Error> {
        // Where it waits already, nothing is there that it would not be given.
        if self.connection.as_ref().is_some_and(|it| it.asked) {
            return Ok(Vec::new());
        }
        match client.ask_one(&question(group, count, false))? {
            Value::ServerError(_) => Ok(Vec::new()),
            answer => message::read(answer),
        }
    }

    /// What an answer brings; nothing where it is to be asked again.
    fn heard(&mut self, answer: Value) -> Result<Option<Read>, Error> {
        if let Value::ServerError(refusal) = &answer {
            // The next connection makes the group anew, if that is what is missing.
            self.connection = None;
            return match GONE.contains(&refusal.code()) {
                true => Ok(None),
                false => Ok(Some(Read::Refused(failure::of_server(refusal)))),
            };
        }
        let entries = message::read(answer)?;
        Ok(Some(entries).filter(|it| !it.is_empty()).map(Read::Entries))
    }

    /// Ends the wait, and answers what has come meanwhile.
    pub fn stop(&mut self, client: &mut Client) -> Result<Vec<Entry>, Error> {
        let Some(mut connection) = self.connection.take() else {
            return Ok(Vec::new());
        };
        if !connection.asked {
            return Ok(Vec::new());
        }
        // If the connection were just closed, the server might find that out only after it has sent a message there.
        let mut word = pipe();
        word.cmd("CLIENT").arg("UNBLOCK").arg(connection.id);
        granted(client.ask_one(&word)?)?;
        message::read(granted(connection.link.answer()?)?)
    }
}

impl Connection {
    /// The inner error is a refusal.
    fn open(server: &Server, group: &Group) -> Result<Result<Self, Error>, Error> {
        let mut link = Link::open(server)?;
        let mut question = pipe();
        // It is there since the subscription, unless the server has lost it.
        question.add_command(create(group));
        question.cmd("CLIENT").arg("ID");
        let mut answers = link.ask(&question)?.into_iter();
        if let Some(refusal) = answers.next().and_then(|answer| created(answer).err()) {
            return Ok(Err(refusal));
        }
        let id = granted(answers.next().unwrap_or_default());
        let id = id.and_then(|id| from_redis_value(id).map_err(|_| failure::unexpected("CLIENT")));
        Ok(id.map(|id| Self {
            link,
            id,
            asked: false,
        }))
    }
}

/// Asks for messages that nobody has had, and for as long as there are none, if that is to be waited for.
fn question(group: &Group, count: u32, waits: bool) -> Pipeline {
    let mut question = pipe();
    let read = question
        .cmd("XREADGROUP")
        .arg("GROUP")
        .arg(&group.name)
        .arg(&group.name)
        .arg("COUNT")
        .arg(count);
    if waits {
        read.arg("BLOCK").arg(0);
    }
    read.arg("STREAMS").arg(&group.topic).arg(">");
    question
}

/// Makes a group, and the stream if there is none.
///
/// A new group begins with all that the stream has, as Dapr's own component has it. Nothing else would do with several instances:
/// what is published right after a subscription can come to the server before the subscription does.
pub fn create(group: &Group) -> Cmd {
    let mut create = redis::cmd("XGROUP");
    create
        .arg("CREATE")
        .arg(&group.topic)
        .arg(&group.name)
        .arg(0)
        .arg("MKSTREAM");
    create
}

/// A group that is there already is as good as made.
pub fn created(answer: Value) -> Result<(), Error> {
    match &answer {
        Value::ServerError(refusal) if refusal.code() == "BUSYGROUP" => Ok(()),
        _ => granted(answer).map(drop),
    }
}
