//! gRPC reflection: how daprd and Layotto learn what a component is. Both ask v1alpha; `grpcurl` asks v1 first.

use super::Router;
use crate::proto::DESCRIPTORS;
use tonic_reflection::server::Builder;

/// Whether it is reflection that this is the full name of, or the path to.
pub(super) fn is(name: &str) -> bool {
    name.trim_start_matches('/').starts_with("grpc.reflection.")
}

/// Adds reflection that lists exactly the services so far: a client takes each name as a promise.
///
/// # Errors
/// When the descriptors do not fit together: a mistake in `proto/`.
pub(super) fn add(router: &mut Router) -> anyhow::Result<()> {
    let names: Vec<_> = router.names().collect();
    let builder = || {
        let builder = Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .include_reflection_service(false);
        names
            .iter()
            .fold(builder, |builder, name| builder.with_service_name(*name))
    };
    router.add(builder().build_v1alpha()?);
    router.add(builder().build_v1()?);
    Ok(())
}
