//! plugbox serves Dapr and Layotto pluggable components from WebAssembly guests.
//!
//! A call passes these rooms, in this order:
//!
//! - [`transport`] accepts connections on a Unix socket for each component, or on a TCP port that a token guards, each connection on
//!   one of a few threads, and speaks HTTP/2 and reflection.
//! - [`services`] has the gRPC services: it turns a message into what the guest's contract says, and back, and fills in
//!   what the guest leaves to the host.
//! - [`runtime`] finds the component's instance that the call is for, and runs the call in its guest: at once, where it came in,
//!   when the guest is idle.
//! - [`engine`] is wasmtime: it loads a file, checks what it exports, and makes guests that are limited in time and memory.
//!
//! What a guest asks of Dapr, and is granted, goes from there through [`sidecar`], which is a client of daprd.
//!
//! Around them: [`cli`] reads the command line, and a manifest, into one [`config`], and [`run`] is the runner's life from there to the last answer, and [`notify`] tells a service manager of it; [`status`] turns every error into a gRPC status; [`budget`] counts what
//! clients hold in memory; [`kept`] is the folder in which what Init brought outlives the runner, and [`private`] says whose folders are;
//! [`author`] is what the makers of guests need, at no cost to the runner;
//! [`rules`] is the protocol as a table of rules that any component can be checked against, and [`check`] does so to a guest; [`proto`] and the guest's contract
//! (`wit/`) are generated; [`headers`] says which headers guests have to do with; [`deadline`] limits the time of work; [`text`] keeps what others wrote from being more than text.

pub mod admin;
pub mod author;
pub mod budget;
pub mod check;
pub mod cli;
pub mod config;
pub mod deadline;
pub mod engine;
pub mod headers;
pub mod kept;
pub mod notify;
pub mod private;
pub mod proto;
pub mod rules;
pub mod run;
pub mod runtime;
pub mod services;
pub mod sidecar;
pub mod status;
pub mod text;
pub mod transport;
