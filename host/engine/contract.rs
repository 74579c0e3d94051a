//! The guest's contract as Rust types and calls, generated from `wit/`.

mod generated {
    #![allow(missing_docs, clippy::all)]
    wasmtime::component::bindgen!({
        path: "wit",
        inline: "
            package plugbox:host;
            // All that a guest may export, and what it may import beside WASI; each guest has a part of it.
            world guest {
                import wasi:logging/logging@0.1.0-draft;
                import dapr:client/state@0.1.0;
                import dapr:client/publish@0.1.0;
                import dapr:client/invoke@0.1.0;
                import dapr:client/bindings@0.1.0;
                import dapr:client/secrets@0.1.0;
                export dapr:components/state-store@0.1.0;
                export dapr:components/bulk-state-store@0.1.0;
                export dapr:components/transactional-state-store@0.1.0;
                export dapr:components/queriable-state-store@0.1.0;
                export dapr:components/pub-sub@0.1.0;
                export dapr:components/bulk-publish@0.1.0;
                export dapr:components/input-binding@0.1.0;
                export dapr:components/output-binding@0.1.0;
                export dapr:components/secret-store@0.1.0;
                export dapr:components/bulk-secret-store@0.1.0;
                export dapr:app/invoke@0.1.0;
                export dapr:app/subscriber@0.1.0;
                export dapr:app/bulk-subscriber@0.1.0;
                export dapr:app/binding-handler@0.1.0;
                export dapr:app/jobs@0.1.0;
                export dapr:app/health@0.1.0;
                export layotto:components/hello@0.1.0;
                export plugbox:runner/handover@0.1.0;
                export plugbox:runner/health@0.1.0;
            }
        ",
        world: "plugbox:host/guest",
        imports: { default: async },
        exports: { default: async },
        with: { "wasi:io/poll": wasmtime_wasi::p2::bindings::io::poll },
    });
}

/// What all building blocks share.
pub mod types {
    pub use super::generated::dapr::components::types::{Code, Error, Metadata};
}

/// Lines for the log.
pub(super) mod logging {
    pub(in crate::engine) use super::generated::wasi::logging::logging::Level;
}

/// The state-store family.
pub mod state {
    pub use super::generated::dapr::components::state_types::*;
    pub use super::generated::exports::dapr::components::{
        bulk_state_store as bulk, queriable_state_store as query, state_store as store,
        transactional_state_store as transaction,
    };
}

/// Message brokers.
pub mod pub_sub {
    pub use super::generated::exports::dapr::components::{
        bulk_publish as bulk, pub_sub as broker,
    };
}

/// Input and output bindings.
pub mod bindings {
    pub use super::generated::exports::dapr::components::{
        input_binding as input, output_binding as output,
    };
}

/// Secret stores.
pub mod secret {
    pub use super::generated::exports::dapr::components::{
        bulk_secret_store as bulk, secret_store as store,
    };
}

/// A status with what it says beyond its code.
pub mod status {
    pub use super::generated::dapr::components::status_types::*;

    impl Status {
        /// One that says nothing beyond its code and words.
        pub fn new(code: super::types::Code, message: String) -> Self {
            Self {
                code,
                message,
                details: Vec::new(),
            }
        }
    }
}

/// Applications: what daprd asks of them.
pub mod app {
    pub use super::generated::dapr::app::{event_types as events, invocation_types as invocation};
    pub use super::generated::exports::dapr::app::{
        binding_handler as binding, bulk_subscriber as bulk, health, invoke, jobs, subscriber,
    };
}

/// What guests ask of Dapr.
pub mod client {
    pub use super::generated::dapr::client::{
        bindings, client_types::Error, invoke, publish, secrets, state,
    };
}

/// What the host asks beyond the protocols.
pub mod runner {
    pub use super::generated::exports::plugbox::runner::{handover, health};
}

/// Layotto's greeting.
pub mod hello {
    pub use super::generated::exports::layotto::components::hello as greeter;
}
