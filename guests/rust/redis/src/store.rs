//! The state store: items as hashes.
//!
//! An item is laid out as Dapr's own `state.redis` has it (components-contrib, `state/redis/redis.go`): a hash with the fields
//! `data` and `version`, and the version is the etag. So either of the two reads what the other has written. The field
//! `content-type` is this store's own.

use redis::{Pipeline, Value, from_redis_value, pipe};

use crate::bindings::dapr::components::state_types::{Item, StateError};
use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::change::Change;
use crate::failure::{self, granted};
use crate::link::Client;
use crate::settings::Server;
use crate::{error, expiry};

/// Does all changes in one step, which no other client comes between.
const WRITE: &str = include_str!("write.lua");

pub struct Store {
    client: Client,
    /// The life in seconds of an item that does not name its own; 0 for one without an end.
    pub life: i64,
}

/// What becomes of the other changes where one cannot be made.
#[derive(Clone, Copy)]
pub enum Bound {
    All,
    Each,
}

impl Store {
    pub fn new(properties: &Metadata) -> Result<Self, Error> {
        Ok(Self {
            life: expiry::requested(properties)?.unwrap_or_default(),
            client: Client::new(Server::new(properties)?)?,
        })
    }

    /// The items under some keys, all of one moment; for each, why it cannot be read.
    pub fn get<'a>(
        &mut self,
        keys: impl Iterator<Item = &'a str> + Clone,
    ) -> Result<Vec<Result<Option<Item>, Error>>, Error> {
        let mut question = pipe();
        question.cmd("MULTI");
        for key in keys.clone() {
            question
                .cmd("HMGET")
                .arg(key)
                .arg(&["data", "version", "content-type"]);
            question.cmd("PEXPIRETIME").arg(key);
        }
        question.cmd("EXEC");
        let mut answers = self.client.ask(&question)?;
        let last = answers.pop();
        // What is refused on the way says more than EXEC, which is refused then too.
        for answer in answers {
            granted(answer)?;
        }
        let Some(Value::Array(answers)) = last.map(granted).transpose()? else {
            return Err(failure::unexpected("EXEC"));
        };
        let mut answers = answers.into_iter();
        let items = keys.map(|key| match (answers.next(), answers.next()) {
            (Some(fields), Some(expiry)) => item(key, fields, expiry),
            _ => Err(failure::unexpected("EXEC")),
        });
        Ok(items.collect())
    }

    /// Makes changes, and answers which were not made, and why.
    pub fn write(
        &mut self,
        changes: &[Change],
        bound: Bound,
    ) -> Result<Vec<(usize, StateError)>, Error> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let answer = granted(self.client.ask_one(&script(changes, bound))?)?;
        let failed: Vec<(usize, String)> =
            from_redis_value(answer).map_err(|_| failure::unexpected("a script"))?;
        let refused = failed.into_iter().filter_map(|(number, has)| {
            let place = number.checked_sub(1)?;
            Some((place, changes.get(place)?.refused(&has)))
        });
        Ok(refused.collect())
    }
}

fn script(changes: &[Change], bound: Bound) -> Pipeline {
    let mut call = redis::cmd("EVAL");
    call.arg(WRITE).arg(changes.len());
    for change in changes {
        call.arg(&change.key);
    }
    call.arg(match bound {
        Bound::All => "all",
        Bound::Each => "each",
    });
    for change in changes {
        change.write(&mut call);
    }
    let mut commands = pipe();
    commands.add_command(call);
    commands
}

/// The item of a hash's fields and the moment of its expiry.
pub fn item(key: &str, fields: Value, expiry: Value) -> Result<Option<Item>, Error> {
    let foreign = |what: &str| {
        error(
            Code::FailedPrecondition,
            format!("key {key:?} holds {what}, which no state store has written"),
        )
    };
    if let Value::ServerError(refusal) = &fields
        && refusal.code() == "WRONGTYPE"
    {
        return Err(foreign("something that is no hash"));
    }
    let fields = from_redis_value(granted(fields)?).map_err(|_| failure::unexpected("HMGET"))?;
    let (data, version, content_type): (Option<Vec<u8>>, Option<String>, Option<String>) = fields;
    let expiry: i64 =
        from_redis_value(granted(expiry)?).map_err(|_| failure::unexpected("PEXPIRETIME"))?;
    let (value, etag) = match (data, version) {
        (Some(value), Some(etag)) => (value, etag),
        // So PEXPIRETIME speaks of a key that is not there.
        (None, None) if expiry == -2 => return Ok(None),
        _ => return Err(foreign("a hash without the fields data and version")),
    };
    let content_type = content_type.and_then(|text| {
        let (version, content_type) = text.split_once(' ')?;
        (version == etag).then(|| content_type.to_owned())
    });
    let expiry = expiry::rfc3339(expiry).map(|moment| ("ttlExpireTime".to_owned(), moment));
    Ok(Some(Item {
        value,
        etag: Some(etag),
        content_type,
        metadata: expiry.into_iter().collect(),
    }))
}
