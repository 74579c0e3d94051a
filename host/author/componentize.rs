//! From the core module that a compiler made to a component: the guest.

use super::{
    Source,
    contract::Worlds,
    files,
    module::{Module, Names},
};
use anyhow::{Context, bail, ensure};
use std::{collections::BTreeSet, fs, path::Path};
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_bindgen_core::wit_parser::WorldId;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

/// Makes a component of a core module, and writes it. Its world is the one that its bindings put in it, the one that was named, or
/// the one that its own imports and exports spell.
///
/// # Errors
/// When the file is no core module of a guest, or the component cannot be written.
pub fn componentize(
    core: &Path,
    guest: &Path,
    source: &Source,
    force: bool,
) -> anyhow::Result<usize> {
    let bytes = fs::read(core).with_context(|| format!("cannot read {}", core.display()))?;
    let component = encode(bytes, source)
        .with_context(|| format!("cannot make a component of {}", core.display()))?;
    files::write_one(guest, &component, force)?;
    Ok(component.len())
}

fn encode(mut bytes: Vec<u8>, source: &Source) -> anyhow::Result<Vec<u8>> {
    match Module::read(&bytes)? {
        Module::Typed => ensure!(
            source.world.is_none() && source.wit.is_none(),
            "its bindings put its world in it already: leave --world and --wit out"
        ),
        Module::Untyped(names) => {
            let mut worlds = source.read()?;
            let world = match &source.world {
                Some(name) => worlds.world(Some(name))?,
                None => spelled(&mut worlds, &names)?,
            };
            embed_component_metadata(&mut bytes, &worlds.resolve, world, StringEncoding::UTF8)?;
        }
    }
    ComponentEncoder::default()
        .validate(true)
        .module(&bytes)?
        .adapter(
            WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
            WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        )?
        .encode()
        .context("it does not fit its world")
}

/// The world of exactly the interfaces that a module's names speak of. Go's linker has no place for a world beside the code.
fn spelled(worlds: &mut Worlds, names: &Names) -> anyhow::Result<WorldId> {
    ensure!(
        !names.exports.is_empty(),
        "there is no world in it, and it exports no interface that would tell. Link what the bindings wrote (in C the file …_component_type.o), or say which world it is made for with --world"
    );
    let ids = worlds.resolve.interfaces.iter();
    let known: BTreeSet<_> = ids.filter_map(|(id, _)| worlds.resolve.id_of(id)).collect();
    for (does, names) in [("imports", &names.imports), ("exports", &names.exports)] {
        if let Some(unknown) = names.difference(&known).next() {
            bail!(
                "it {does} {unknown}, which is neither in the contract nor in WASI as this plugbox has them (`plugbox wit` writes them). Make its bindings anew, or name the WIT where that is with --wit"
            );
        }
    }
    let items = |word: &str, names: &BTreeSet<String>| {
        let lines = names.iter().map(|name| format!("{word} {name};\n"));
        lines.collect::<String>()
    };
    let text = format!(
        "package plugbox:spelled;\nworld guest {{\n{}{}}}",
        items("import", &names.imports),
        items("export", &names.exports)
    );
    let package = worlds.resolve.push_str("its imports and exports", &text)?;
    worlds.resolve.select_world(&[package], None)
}
