//! The command line: a word on each line.

use super::{Entry, said};
use clap::Parser;
use plugbox::{cli::Cli, config::Name};
use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

/// Reads words as `plugbox` reads its arguments: they make sense, or there is a word about why not.
pub fn entry() -> Entry {
    Box::new(|bytes| {
        let words = bytes.split(|byte| *byte == b'\n').map(OsStr::from_bytes);
        let words = [OsStr::new("plugbox")].into_iter().chain(words);
        if let Err(error) = Cli::try_parse_from(words) {
            assert!(!error.render().to_string().trim().is_empty());
        }
        if let Err(error) = Name::new(&String::from_utf8_lossy(bytes)) {
            said::harmless(&error);
        }
    })
}
