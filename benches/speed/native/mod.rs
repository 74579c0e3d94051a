//! What plugbox is compared with: the same store, the same broker and the same application in Rust, served by tonic as it comes.

mod app;
mod broker;
mod state;

use anyhow::anyhow;
use plugbox::proto::DESCRIPTORS;
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};
use tokio::net::UnixListener;
use tokio_stream::wrappers::UnixListenerStream;
use tonic::{service::Routes, transport::server::TcpIncoming};

/// Serves the application on any free port of 127.0.0.1, for as long as the process lives.
pub fn serve_app() -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let incoming = TcpIncoming::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .map_err(|error| anyhow!(error))?
            .with_nodelay(Some(true));
        println!("serves on {}", incoming.local_addr()?);
        tonic::transport::Server::builder()
            .add_service(app::service())
            .serve_with_incoming(incoming)
            .await?;
        Ok(())
    })
}

/// Serves store and broker on one socket, for as long as the process lives.
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
