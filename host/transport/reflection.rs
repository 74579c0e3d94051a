//! gRPC reflection: how daprd and Layotto learn what a component is. Both ask v1alpha; `grpcurl` asks v1 first.

use super::Router;
use crate::proto::DESCRIPTORS;
use std::sync::Arc;
use tonic_reflection::server::Builder;

/// Whether it is reflection that this is the full name of, or the path to.
pub(super) fn is(name: &str) -> bool {
    name.trim_start_matches('/').starts_with("grpc.reflection.")
}

/// Adds reflection that lists exactly the services so far: a client takes each name as a promise. To read all descriptors takes
/// time and memory, so it is done when they are asked for.
pub(super) fn add(router: &mut Router) {
    let names: Arc<[_]> = router.names().collect();
    let alpha = names.clone();
    router.add_later(move || builder(&alpha).build_v1alpha());
    router.add_later(move || builder(&names).build_v1());
}

fn builder<'a>(names: &[&'static str]) -> Builder<'a> {
    let builder = Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .include_reflection_service(false);
    names
        .iter()
        .fold(builder, |builder, name| builder.with_service_name(*name))
}
