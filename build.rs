//! Compiles `proto/` to Rust, servers and clients, and keeps the descriptor set that reflection answers from.

use std::{env, fs, io, path::PathBuf};

/// One entry for each building block, and one for applications; what they import comes along.
const PROTOS: [&str; 6] = [
    "dapr/proto/components/v1/state.proto",
    "dapr/proto/components/v1/pubsub.proto",
    "dapr/proto/components/v1/bindings.proto",
    "dapr/proto/components/v1/secretstore.proto",
    "dapr/proto/runtime/v1/appcallback.proto",
    "spec/proto/pluggable/v1/hello/hello.proto",
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=proto");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    // protox is a compiler in Rust: nobody needs to install protoc.
    let descriptors = protox::compile(PROTOS, ["proto"]).map_err(io::Error::other)?;
    fs::write(
        out.join("descriptors.bin"),
        prost::Message::encode_to_vec(&descriptors),
    )?;
    tonic_prost_build::configure()
        .codec_path("crate::services::ProstCodec")
        .compile_fds(descriptors)
}
