//! gRPC reflection: how daprd and Layotto learn what a component is. Both ask v1alpha; `grpcurl` asks v1 first.

use crate::proto::DESCRIPTORS;
use tonic::service::Routes;
use tonic_reflection::server::Builder;

/// Adds reflection that lists exactly these services: a client takes each name as a promise.
///
/// # Errors
/// When the descriptors do not fit together: a mistake in `proto/`.
pub(super) fn add(routes: Routes, services: &[&str]) -> anyhow::Result<Routes> {
    let builder = || {
        let builder = Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .include_reflection_service(false);
        services
            .iter()
            .fold(builder, |builder, name| builder.with_service_name(*name))
    };
    Ok(routes
        .add_service(builder().build_v1alpha()?)
        .add_service(builder().build_v1()?))
}
