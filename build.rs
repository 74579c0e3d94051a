//! Compiles `proto/` to Rust, servers and clients, keeps the descriptor set that reflection answers from, and gathers what authors of
//! guests need: the WIT, the languages' libraries and the beginnings of guests.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// The crate that serves WASI to guests carries the WIT of it, so what authors build against is what the host offers.
const WASI: &str = "wasmtime-wasi-http";

/// One entry for each building block, one for each side of an application, and one for operators; what they import comes along.
const PROTOS: [&str; 8] = [
    "dapr/proto/components/v1/state.proto",
    "dapr/proto/components/v1/pubsub.proto",
    "dapr/proto/components/v1/bindings.proto",
    "dapr/proto/components/v1/secretstore.proto",
    "dapr/proto/runtime/v1/appcallback.proto",
    "dapr/proto/runtime/v1/dapr.proto",
    "spec/proto/pluggable/v1/hello/hello.proto",
    "plugbox/admin/v1/admin.proto",
];

fn main() -> io::Result<()> {
    for changed in ["proto", "wit", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={changed}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    // protox is a compiler in Rust: nobody needs to install protoc.
    let descriptors = protox::compile(PROTOS, ["proto"]).map_err(io::Error::other)?;
    fs::write(
        out.join("descriptors.bin"),
        prost::Message::encode_to_vec(&descriptors),
    )?;
    fs::write(out.join("wit.rs"), wit()?)?;
    fs::write(out.join("kits.rs"), kits()?)?;
    tonic_prost_build::configure()
        .codec_path("crate::services::ProstCodec")
        .compile_fds(descriptors)
}

/// A table in Rust of each WIT file: where it belongs in an author's folder, and its text. First the contract, then WASI.
fn wit() -> io::Result<String> {
    let own = env::current_dir()?.join("wit");
    let mut files = Vec::new();
    for file in sorted(&own)? {
        if let Some(name) = file.file_name().filter(|_| file.is_file()) {
            files.push((PathBuf::from(name), file.clone()));
        }
    }
    for package in sorted(&own.join("deps"))? {
        // What the contract needs of wasi:io is a part of the whole.
        if !package.ends_with("wasi-io") {
            for file in sorted(&package)? {
                let place = file.strip_prefix(&own).map_err(io::Error::other)?;
                files.push((place.to_owned(), file));
            }
        }
    }
    let wasi = wasi()?;
    for file in sorted(&wasi)? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let place = format!("deps/wasi-{name}/{name}.wit");
        files.push((place.into(), file));
    }
    let same = package(&own.join("deps/wasi-io/poll.wit"))? == package(&wasi.join("io.wit"))?;
    if !same {
        return Err(io::Error::other(format!(
            "wit/deps/wasi-io and {WASI} differ in the version of wasi:io: make ours, and what uses it, theirs"
        )));
    }
    let rows = files.iter().map(|(place, file)| {
        format!(
            "    ({:?}, include_str!({:?})),\n",
            place.display(),
            file.display()
        )
    });
    Ok(format!("&[\n{}]", rows.collect::<String>()))
}

/// A table in Rust of each file of the languages' `lib` and `template`: its path below `guests`, and its bytes.
fn kits() -> io::Result<String> {
    let guests = env::current_dir()?.join("guests");
    let mut rows = String::new();
    for language in sorted(&guests)? {
        for part in ["lib", "template"] {
            let mut files = Vec::new();
            let folder = language.join(part);
            if folder.is_dir() {
                println!("cargo::rerun-if-changed={}", folder.display());
                walk(&folder, &mut files)?;
            }
            for file in files {
                let place = file.strip_prefix(&guests).map_err(io::Error::other)?;
                let row = format!(
                    "    ({:?}, include_bytes!({:?})),\n",
                    place.display(),
                    file.display()
                );
                rows.push_str(&row);
            }
        }
    }
    Ok(format!("&[\n{rows}]"))
}

/// What tools leave in a folder, and is no source.
const LEFT: [&str; 8] = [
    "__pycache__",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    "node_modules",
    "dist",
    "build",
    "target",
];

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for path in sorted(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_file() {
            files.push(path);
        } else if !LEFT.contains(&name.as_ref()) && !name.ends_with(".egg-info") {
            walk(&path, files)?;
        }
    }
    Ok(())
}

/// Where the WIT of WASI is on this machine.
fn wasi() -> io::Result<PathBuf> {
    let metadata = cargo_metadata::MetadataCommand::new()
        .other_options(["--locked".to_owned()])
        .exec()
        .map_err(io::Error::other)?;
    let package = metadata
        .packages
        .iter()
        .find(|package| package.name == WASI);
    let manifest = package.and_then(|package| package.manifest_path.parent());
    let folder = manifest.ok_or_else(|| io::Error::other(format!("{WASI} is no dependency")))?;
    Ok(folder.join("wit/deps").into())
}

/// The line that says which package a WIT file is of.
fn package(file: &Path) -> io::Result<Option<String>> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().find(|line| line.starts_with("package "));
    Ok(line.map(str::to_owned))
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
