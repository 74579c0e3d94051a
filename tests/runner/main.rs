//! What the runner promises, from the outside: each test starts the real program and speaks real gRPC to it.

#[path = "../support/mod.rs"]
mod support;

mod bad_input;
mod bulk;
mod errors;
mod instances;
mod lifecycle;
mod limits;
mod reflection;
