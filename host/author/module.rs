//! A core module as a compiler left it: whether it can become a guest, and of which world it speaks.

use anyhow::{Context, bail, ensure};
use std::collections::BTreeSet;
use wasmparser::{Parser, Payload};

/// A core module that can become a component.
pub(super) enum Module {
    /// Its bindings put the types of its world in it.
    Typed,
    /// There are only its names.
    Untyped(Names),
}

/// The interfaces that a module's imports and exports name.
#[derive(Default)]
pub(super) struct Names {
    pub(super) imports: BTreeSet<String>,
    pub(super) exports: BTreeSet<String>,
}

impl Module {
    /// # Errors
    /// When it is something else, with the nearest right thing.
    pub(super) fn read(bytes: &[u8]) -> anyhow::Result<Self> {
        ensure!(
            !Parser::is_component(bytes),
            "it is a component already, and needs no more than `plugbox run`"
        );
        ensure!(
            Parser::is_core_wasm(bytes),
            "it is not a WebAssembly module. Compile for WebAssembly first: GOOS=wasip1 GOARCH=wasm in Go, --target=wasm32-wasi in C"
        );
        let mut names = Names::default();
        let mut typed = false;
        let mut command = false;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload.context("it is not a whole WebAssembly module")? {
                Payload::CustomSection(section) => match section.name() {
                    name if name.starts_with("component-type") => typed = true,
                    "linking" => bail!(
                        "it is an object file, from before linking. Link it first, with all the others (clang without -c)"
                    ),
                    _ => {}
                },
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        names.imports.extend(interface(import?.module));
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let name = export?.name;
                        command |= name == "_start";
                        let name = name.strip_prefix("cabi_post_").unwrap_or(name);
                        names.exports.extend(
                            name.split_once('#')
                                .and_then(|(module, _)| interface(module)),
                        );
                    }
                }
                _ => {}
            }
        }
        ensure!(
            !command,
            "it is a program with a main that runs once. Build it to be called: -buildmode=c-shared in Go, -mexec-model=reactor in C"
        );
        Ok(match typed {
            true => Self::Typed,
            false => Self::Untyped(names),
        })
    }
}

/// The interface that a part of a name stands for, as in `wasi:io/poll@0.2.0`. Others are the linker's own, like `env`.
fn interface(name: &str) -> Option<String> {
    let is = name.contains(':') && name.contains('/') && !name.starts_with('[');
    is.then(|| name.to_owned())
}
