//! The manifest, `plugbox.toml`.

use super::{Entry, said};
use plugbox::config::Manifest;
use std::path::Path;

/// Reads a text as a manifest: it makes sense, or there is a word about why not, for each thing.
pub fn entry() -> Entry {
    Box::new(|bytes| {
        let text = String::from_utf8_lossy(bytes);
        // Some variables are there, and some of them say what a terminal would obey.
        let variable = |name: &str| match name.len() {
            0..4 => Some("value".into()),
            4 => Some("\u{1b}[2J${A}".into()),
            _ => None,
        };
        if let Err(wrong) = Manifest::parse(Path::new("plugbox.toml"), &text, &variable) {
            let told = wrong.to_string();
            assert!(!told.trim().is_empty(), "it says nothing");
            said::harmless(&told);
        }
    })
}
