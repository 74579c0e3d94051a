//! What authors of guests ask of a file: what it is, and to make a component of it.

use super::{Entry, said};
use plugbox::{author, engine::Cache};
use std::fs;

/// A look at a file, as a person and as a program gets it.
pub fn inspect() -> Entry {
    let folder = tempfile::tempdir().unwrap();
    Box::new(move |bytes| {
        let file = folder.path().join("guest.wasm");
        fs::write(&file, bytes).unwrap();
        let report = author::inspect(&file, &Cache::Off).unwrap();
        said::harmless(&report.to_string());
        let json = report.json();
        assert_eq!(json["guest"], report.refusal().is_none());
        if let Some(refusal) = report.refusal() {
            said::sound(&refusal);
        }
    })
}

/// A component of a core module, where its names or its own section spell the world.
pub fn componentize() -> Entry {
    let folder = tempfile::tempdir().unwrap();
    Box::new(move |bytes| {
        let [core, guest] = ["core.wasm", "guest.wasm"].map(|name| folder.path().join(name));
        fs::write(&core, bytes).unwrap();
        // Why it cannot be one is made legible where it is shown.
        let _ = author::componentize(&core, &guest, &author::Source::default(), true);
    })
}
