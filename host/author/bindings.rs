//! Bindings: the source files between an author's code and the contract, made by wit-bindgen.

use super::{
    Source,
    files::{self, File},
};
use anyhow::Context;
use std::path::{Path, PathBuf};
use wit_bindgen_core::{Files, WorldGenerator};

/// What wit-bindgen 0.61.0 asks for and Go's checksum database does not know, and what it works with.
const GO_PACKAGE: (&str, &str) = ("v0.2.3", "v0.2.1");

/// A language that there are bindings for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Go's own compiler.
    Go,
    /// C, and C++.
    C,
    /// Rust, without wit-bindgen's macro.
    Rust,
}

/// Writes the bindings of a world; the files that were written.
///
/// # Errors
/// When there is no such world, or a file cannot be written, or one that no tool wrote is in its place.
pub fn bindings(
    language: Language,
    source: &Source,
    folder: &Path,
    force: bool,
) -> anyhow::Result<Vec<PathBuf>> {
    let mut worlds = source.read()?;
    let world = worlds.world(source.world.as_deref())?;
    let mut generated = Files::default();
    generator(language)
        .generate(&mut worlds.resolve, world, &mut generated)
        .context("there are no bindings for this world")?;
    let mut made = Vec::new();
    for (place, bytes) in generated.iter() {
        let bytes = match place {
            // It is the author's from then on: what else the guest needs stands there too.
            "go.mod" if folder.join(place).exists() => continue,
            "go.mod" => String::from_utf8_lossy(bytes)
                .replace(GO_PACKAGE.0, GO_PACKAGE.1)
                .into_bytes(),
            _ => bytes.to_vec(),
        };
        made.push(File {
            place: place.into(),
            bytes,
        });
    }
    files::write(folder, &made, force)
}

fn generator(language: Language) -> Box<dyn WorldGenerator> {
    match language {
        Language::Go => wit_bindgen_go::Opts::default().build(),
        Language::C => wit_bindgen_c::Opts::default().build(),
        Language::Rust => {
            let options = wit_bindgen_rust::Opts {
                generate_all: true,
                format: true,
                ..Default::default()
            };
            Box::new(options.build())
        }
    }
}
