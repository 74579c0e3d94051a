//! The protocols as Rust types, generated from `proto/` when the host is built.

#![allow(missing_docs, clippy::all)]

/// All files of `proto/` as an encoded `FileDescriptorSet`: what reflection answers from.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// Dapr's side of a pluggable component.
pub mod dapr {
    tonic::include_proto!("dapr.proto.components.v1");
}

/// Dapr's side of an application: what daprd asks of it, and what it may ask of daprd.
pub mod runtime {
    /// The version that daprd speaks.
    pub mod v1 {
        tonic::include_proto!("dapr.proto.runtime.v1");
    }
}

/// What Dapr's API and the side of an application share.
pub mod common {
    /// The version that daprd speaks.
    pub mod v1 {
        tonic::include_proto!("dapr.proto.common.v1");
    }
}

/// What operators ask of a runner.
pub mod admin {
    tonic::include_proto!("plugbox.admin.v1");
}

/// Layotto's side.
pub mod layotto {
    /// References in a component's configuration.
    pub mod common {
        tonic::include_proto!("spec.proto.pluggable.v1.common");
    }
    /// The greeting.
    pub mod hello {
        tonic::include_proto!("spec.proto.pluggable.v1.hello");
    }
}
