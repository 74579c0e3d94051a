//! The contract and WASI as WIT: written into an author's folder, and as the types that worlds are made of.

use super::files::{self, File};
use anyhow::{Context, anyhow};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use wit_bindgen_core::wit_parser::{PackageId, Resolve, SourceMap, WorldId};

/// Each file of the contract and of WASI, and where it belongs; `build.rs` gathers them.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/wit.rs"));

/// Writes the contract, with all of WASI that it and its guests may use.
///
/// # Errors
/// When a file cannot be written, or one that plugbox did not write is in its place.
pub fn write_wit(folder: &Path, force: bool) -> anyhow::Result<Vec<PathBuf>> {
    let version = env!("CARGO_PKG_VERSION");
    let files: Vec<_> = FILES
        .iter()
        .map(|(place, text)| File {
            place: place.into(),
            bytes: format!("// Written by plugbox {version}, which will write it anew: worlds of your own go elsewhere.\n{text}")
                .into_bytes(),
        })
        .collect();
    files::write(folder, &files, force)
}

/// The contract and WASI, for a guest that has a world of its own, whose dependencies they are.
pub(super) fn dependencies() -> impl Iterator<Item = File> {
    FILES.iter().map(|(place, text)| {
        let place = match place.strip_prefix("deps/") {
            Some(place) => Path::new("wit/deps").join(place),
            None => Path::new("wit/deps/plugbox").join(place),
        };
        File {
            place,
            bytes: text.as_bytes().to_vec(),
        }
    })
}

/// Where a world comes from.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// A folder or file with WIT of the author's own; without `deps` in it, it builds on the contract and WASI that plugbox knows.
    pub wit: Option<PathBuf>,
    /// The world's name; where there is but one, it needs none.
    pub world: Option<String>,
}

/// What a [`Source`] holds.
pub(super) struct Worlds {
    pub(super) resolve: Resolve,
    /// The package whose worlds go by their bare names.
    root: PackageId,
}

impl Source {
    /// # Errors
    /// When the WIT cannot be read or makes no sense.
    pub(super) fn read(&self) -> anyhow::Result<Worlds> {
        let mut resolve = Resolve::default();
        let Some(path) = &self.wit else {
            let root = contract(&mut resolve)?;
            return Ok(Worlds { resolve, root });
        };
        let whole = path.join("deps").is_dir();
        if !whole {
            contract(&mut resolve)?;
        }
        match resolve.push_path(path) {
            Ok((root, _)) => Ok(Worlds { resolve, root }),
            Err(error) => {
                let why = resolve.render_error(&error);
                let hint = match whole {
                    true => {
                        "\nThe contract and WASI are in no other place than its deps: `plugbox wit` writes them anew"
                    }
                    false => "",
                };
                anyhow::bail!("the WIT in {} makes no sense: {why}{hint}", path.display())
            }
        }
    }
}

impl Worlds {
    /// The world of this name, or the only one.
    ///
    /// # Errors
    /// When there is none, or several to choose from.
    pub(super) fn world(&self, name: Option<&str>) -> anyhow::Result<WorldId> {
        let selected = self.resolve.select_world(&[self.root], name);
        selected.map_err(|error| {
            let worlds = self.listed();
            match name {
                _ if worlds.is_empty() => anyhow!("there is no world in this WIT: write one, as in `world my-store {{ include plugbox:runner/minimal-state-store@0.1.0; }}`"),
                None => anyhow!("which world? Choose one with --world:{worlds}"),
                Some(name) if name.contains(':') => error,
                Some(name) => anyhow!("there is no world '{name}'. There are:{worlds}"),
            }
        })
    }

    /// The worlds to choose from, each on a line of its own, with the first line of its documentation.
    fn listed(&self) -> String {
        let packages = self.resolve.packages.get(self.root).into_iter();
        let worlds = packages.flat_map(|package| &package.worlds);
        let lines = worlds.map(|(name, world)| {
            let world = self.resolve.worlds.get(*world);
            let docs = world.and_then(|world| world.docs.contents.as_deref());
            let docs = docs
                .and_then(|docs| docs.lines().next())
                .unwrap_or_default();
            format!("\n  {}", format!("{name:<22} {docs}").trim_end())
        });
        lines.collect()
    }
}

/// Adds the contract and WASI; the package of its worlds.
fn contract(resolve: &mut Resolve) -> anyhow::Result<PackageId> {
    // A folder is one package.
    let mut packages: BTreeMap<&Path, SourceMap> = BTreeMap::new();
    for (place, text) in FILES {
        let folder = Path::new(place).parent().unwrap_or(Path::new(""));
        packages.entry(folder).or_default().push_str(place, *text);
    }
    let mut groups = Vec::new();
    for map in packages.into_values() {
        groups.push(map.parse().map_err(|(_, error)| error)?);
    }
    // The folder above all others comes first.
    let root = groups.remove(0);
    resolve
        .push_groups(root, groups)
        .context("plugbox's own WIT makes no sense")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_world_of_the_contract_can_be_chosen() {
        let worlds = Source::default().read().unwrap();
        let names: Vec<_> = worlds.resolve.packages[worlds.root].worlds.keys().collect();
        assert!(names.len() > 5, "{names:?}");
        for name in names {
            worlds.world(Some(name)).unwrap();
        }
    }
}
