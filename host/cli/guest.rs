//! A guest as the command line names it.

use crate::config::Name;
use std::{ffi::OsString, path::PathBuf};

/// A guest's file, and the name to serve it by.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: Name,
    pub(super) guest: PathBuf,
}

impl Named {
    /// `NAME=GUEST.wasm`, or `GUEST.wasm` with the name from elsewhere. A `=` after a `/` belongs to the file.
    ///
    /// # Errors
    /// When it is named twice, or by what cannot be a name.
    pub(super) fn read(word: OsString, name: Option<&str>) -> Result<Self, String> {
        let (named, guest) = match word.to_str().and_then(|text| text.split_once('=')) {
            Some((name, path)) if !name.contains('/') => {
                (Some(name.to_owned()), PathBuf::from(path))
            }
            _ => (None, PathBuf::from(word)),
        };
        let stem = || {
            let stem = guest.file_stem();
            let stem = stem.map(|stem| stem.to_string_lossy().into_owned());
            stem.unwrap_or_default()
        };
        let name = match (name, named) {
            (Some(_), Some(_)) => {
                return Err("the guest is named twice, by NAME= and by --name".to_owned());
            }
            (Some(name), None) => name.to_owned(),
            (None, Some(name)) => name,
            (None, None) => stem(),
        };
        Ok(Self {
            name: Name::new(&name)?,
            guest,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(guest: &str, name: Option<&str>) -> Result<(String, String), String> {
        Named::read(guest.into(), name).map(|Named { name, guest }| {
            let guest = guest.display().to_string();
            (name.as_str().to_owned(), guest)
        })
    }

    #[test]
    fn a_guest_is_named_by_its_word_by_the_flag_or_by_its_file() {
        let table = [
            ("a/memory.wasm", None, "memory", "a/memory.wasm"),
            ("cache=a/memory.wasm", None, "cache", "a/memory.wasm"),
            ("a/memory.wasm", Some("cache"), "cache", "a/memory.wasm"),
            ("a=b/memory.wasm", None, "a", "b/memory.wasm"),
            ("./a=b.wasm", Some("x"), "x", "./a=b.wasm"),
        ];
        for (guest, name, expected, path) in table {
            assert_eq!(
                named(guest, name),
                Ok((expected.into(), path.into())),
                "{guest}"
            );
        }
        assert!(named("a=b.wasm", Some("c")).is_err());
        assert!(named("=b.wasm", None).is_err());
    }
}
