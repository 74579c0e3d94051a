//! The two ways in which a native server is served.

use plugbox::transport;
use std::{path::Path, time::Duration};
use tokio::net::UnixListener;
use tokio_stream::wrappers::UnixListenerStream;
use tokio_util::task::TaskTracker;
use tonic::service::Routes;

/// The word for [`serve`].
pub const SERVE: &str = "serve";

/// The word for [`serve_pinned`].
pub const SERVE_PINNED: &str = "serve-pinned";

/// tonic on tokio's threads, both as they come.
pub fn serve(socket: &Path, services: Routes) -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = UnixListener::bind(socket)?;
        println!("serves on {}", socket.display());
        tonic::transport::Server::builder()
            .add_routes(services)
            .serve_with_incoming(UnixListenerStream::new(listener))
            .await?;
        Ok(())
    })
}

/// Behind plugbox's own way to serve: what the guest costs is the difference to this.
pub fn serve_pinned(socket: &Path, add: fn(&mut transport::Router)) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let bound = transport::Socket::bind(socket.to_owned(), &transport::Access::default())?;
        let server = transport::Server::start(TaskTracker::new())?;
        let mut services = transport::Router::default();
        add(&mut services);
        // As much as the runner takes by default.
        let admission = transport::Admission {
            connections: 1024,
            memory: 256 << 20,
            receive: Duration::from_secs(30),
        };
        server.serve("native", bound, services, admission)?;
        println!("serves on {}", socket.display());
        std::future::pending().await
    })
}
