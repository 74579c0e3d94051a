//! The manifest, `plugbox.toml`.

use super::Entry;
use plugbox::config::Manifest;
use std::path::Path;

/// Reads a text as a manifest: it makes sense, or there is a word about why not. That is made legible where it is shown.
pub fn entry() -> Entry {
    Box::new(|bytes| {
        let text = String::from_utf8_lossy(bytes);
        // Some variables are there, and some of them look like variables.
        let variable = |name: &str| match name.len() {
            0..4 => Some("value".into()),
            4 => Some("\0${A}".into()),
            _ => None,
        };
        if let Err(wrong) = Manifest::parse(Path::new("plugbox.toml"), &text, &variable) {
            assert!(!wrong.to_string().trim().is_empty(), "it says nothing");
        }
    })
}
