//! The journal: a file of records, one after the other, which is written anew from time to time.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::bindings::dapr::components::types::Metadata;

/// So many records more than there are messages may stand in the file: few enough to be read at once.
const SLACK: usize = 10_000;

/// A message that somebody has still to take.
#[derive(Serialize, Deserialize)]
pub struct Message {
    /// Counts up in the order of publishing.
    pub number: u64,
    pub topic: String,
    pub data: Vec<u8>,
    pub content_type: Option<String>,
    pub metadata: Metadata,
}

/// One thing that happened.
#[derive(Serialize, Deserialize)]
enum Record<M> {
    /// An instance opened the journal.
    Opened {
        life: u64,
    },
    Published(M),
    /// A message is done with.
    Done {
        number: u64,
    },
}

pub struct Journal {
    path: PathBuf,
    file: File,
    records: usize,
    /// How many instances have opened the journal.
    pub life: u64,
}

impl Journal {
    /// Opens it, and reads the messages that are not done with.
    pub fn open(folder: &Path) -> io::Result<(Self, BTreeMap<u64, Message>)> {
        let path = folder.join("journal");
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        let mut messages = BTreeMap::new();
        let mut life = 1;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let record = match postcard::take_from_bytes(rest) {
                Ok((record, after)) => {
                    rest = after;
                    record
                }
                // Whoever wrote it ended in the midst of it, and answered nobody.
                Err(postcard::Error::DeserializeUnexpectedEnd) => break,
                Err(error) => return Err(io::Error::new(ErrorKind::InvalidData, error)),
            };
            match record {
                Record::Opened { life: before } => life = before + 1,
                Record::Published(message) => {
                    let message: Message = message;
                    messages.insert(message.number, message);
                }
                Record::Done { number } => {
                    messages.remove(&number);
                }
            }
        }
        let (file, records) = write_anew(&path, life, &messages)?;
        let journal = Self {
            path,
            file,
            records,
            life,
        };
        Ok((journal, messages))
    }

    pub fn published(&mut self, message: &Message) -> io::Result<()> {
        self.write(&Record::Published(message))
    }

    pub fn done(&mut self, number: u64) -> io::Result<()> {
        self.write(&Record::Done { number })
    }

    fn write(&mut self, record: &Record<&Message>) -> io::Result<()> {
        self.records += 1;
        self.file.write_all(&bytes(record)?)
    }

    /// Leaves out what is done with, once there is much of it.
    pub fn shorten(&mut self, messages: &BTreeMap<u64, Message>) -> io::Result<()> {
        if self.records > messages.len() + SLACK {
            (self.file, self.records) = write_anew(&self.path, self.life, messages)?;
        }
        Ok(())
    }
}

/// A journal of what is not done with, in the place of the one before.
fn write_anew(
    path: &Path,
    life: u64,
    messages: &BTreeMap<u64, Message>,
) -> io::Result<(File, usize)> {
    let mut all = bytes(&Record::Opened { life })?;
    for message in messages.values() {
        all.extend(bytes(&Record::Published(message))?);
    }
    let new = path.with_extension("new");
    let mut file = File::create(&new)?;
    file.write_all(&all)?;
    fs::rename(&new, path)?;
    Ok((file, messages.len() + 1))
}

fn bytes(record: &Record<&Message>) -> io::Result<Vec<u8>> {
    postcard::to_allocvec(record).map_err(io::Error::other)
}
