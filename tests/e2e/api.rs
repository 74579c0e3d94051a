//! The part of Dapr's gRPC API that is needed here: of each message, the fields.

use prost::{Enumeration, Message};
use std::collections::HashMap;

#[derive(Clone, PartialEq, Message)]
pub struct Etag {
    #[prost(string, tag = "1")]
    pub value: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Enumeration)]
#[repr(i32)]
pub enum Concurrency {
    Unspecified = 0,
    FirstWrite = 1,
    LastWrite = 2,
}

#[derive(Clone, Copy, PartialEq, Message)]
pub struct StateOptions {
    #[prost(enumeration = "Concurrency", tag = "1")]
    pub concurrency: i32,
}

#[derive(Clone, PartialEq, Message)]
pub struct StateItem {
    #[prost(string, tag = "1")]
    pub key: String,
    #[prost(bytes = "vec", tag = "2")]
    pub value: Vec<u8>,
    #[prost(message, optional, tag = "3")]
    pub etag: Option<Etag>,
    #[prost(map = "string, string", tag = "4")]
    pub metadata: HashMap<String, String>,
    #[prost(message, optional, tag = "5")]
    pub options: Option<StateOptions>,
}

/// Of SaveState and of DeleteBulkState.
#[derive(Clone, PartialEq, Message)]
pub struct States {
    #[prost(string, tag = "1")]
    pub store_name: String,
    #[prost(message, repeated, tag = "2")]
    pub states: Vec<StateItem>,
}

#[derive(Clone, PartialEq, Message)]
pub struct GetState {
    #[prost(string, tag = "1")]
    pub store_name: String,
    #[prost(string, tag = "2")]
    pub key: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct State {
    #[prost(bytes = "vec", tag = "1")]
    pub data: Vec<u8>,
    #[prost(string, tag = "2")]
    pub etag: String,
    #[prost(map = "string, string", tag = "3")]
    pub metadata: HashMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
pub struct GetBulkState {
    #[prost(string, tag = "1")]
    pub store_name: String,
    #[prost(string, repeated, tag = "2")]
    pub keys: Vec<String>,
}

/// Of GetBulkState and, but for the metadata, of QueryStateAlpha1.
#[derive(Clone, PartialEq, Message)]
pub struct Item {
    #[prost(string, tag = "1")]
    pub key: String,
    #[prost(bytes = "vec", tag = "2")]
    pub data: Vec<u8>,
    #[prost(string, tag = "3")]
    pub etag: String,
    #[prost(string, tag = "4")]
    pub error: String,
    #[prost(map = "string, string", tag = "5")]
    pub metadata: HashMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Items {
    #[prost(message, repeated, tag = "1")]
    pub items: Vec<Item>,
    /// Of a query's page.
    #[prost(string, tag = "2")]
    pub token: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct DeleteState {
    #[prost(string, tag = "1")]
    pub store_name: String,
    #[prost(string, tag = "2")]
    pub key: String,
    #[prost(message, optional, tag = "3")]
    pub etag: Option<Etag>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Operation {
    #[prost(string, tag = "1")]
    pub operation_type: String,
    #[prost(message, optional, tag = "2")]
    pub request: Option<StateItem>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Transaction {
    #[prost(string, tag = "1")]
    pub store_name: String,
    #[prost(message, repeated, tag = "2")]
    pub operations: Vec<Operation>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Query {
    #[prost(string, tag = "1")]
    pub store_name: String,
    #[prost(string, tag = "2")]
    pub query: String,
}
