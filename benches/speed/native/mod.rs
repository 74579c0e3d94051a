//! What plugbox is compared with: the same store and the same broker in Rust, served by tonic as it comes.

mod broker;
mod state;

use plugbox::proto::DESCRIPTORS;
use std::path::Path;
use tokio::net::UnixListener;
use tokio_stream::wrappers::UnixListenerStream;
use tonic::service::Routes;

/// Serves both on one socket, for as long as the process lives.
pub fn serve(socket: &Path) -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = UnixListener::bind(socket)?;
        println!("serves on {}", socket.display());
        let (store, transactions) = state::services();
        // daprd asks what there is.
        let reflection = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .with_service_name("dapr.proto.components.v1.StateStore")
            .with_service_name("dapr.proto.components.v1.TransactionalStateStore")
            .with_service_name("dapr.proto.components.v1.PubSub")
            .build_v1alpha()?;
        tonic::transport::Server::builder()
            .add_routes(
                Routes::new(store)
                    .add_service(transactions)
                    .add_service(broker::service())
                    .add_service(reflection),
            )
            .serve_with_incoming(UnixListenerStream::new(listener))
            .await?;
        Ok(())
    })
}
