//! The guest's contract as Rust types and calls, generated from `wit/`.

mod generated {
    #![allow(missing_docs, clippy::all)]
    wasmtime::component::bindgen!({
        path: "wit",
        inline: "
            package plugbox:host;
            // All that a guest may export; a guest exports a part of it.
            world guest {
                export dapr:components/state-store@0.1.0;
                export dapr:components/bulk-state-store@0.1.0;
                export dapr:components/transactional-state-store@0.1.0;
                export dapr:components/queriable-state-store@0.1.0;
            }
        ",
        world: "plugbox:host/guest",
        exports: { default: async },
    });
}

/// What all building blocks share.
pub mod types {
    pub use super::generated::dapr::components::types::{Code, Error, Metadata};
}

/// The state-store family.
pub mod state {
    pub use super::generated::dapr::components::state_types::*;
    pub use super::generated::exports::dapr::components::{
        bulk_state_store as bulk, queriable_state_store as query, state_store as store,
        transactional_state_store as transaction,
    };
}
