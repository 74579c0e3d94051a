//! How the messages of the blocks that are not state stores are shown. What a secret store answers is shown without values.

use super::show::{Show, add, bytes, list, metadata, named, show, show_nothing};
use crate::proto::{
    dapr::{
        BulkGetSecretRequest, BulkGetSecretResponse, BulkMessageEntry, BulkPublishRequest,
        BulkPublishResponse, BulkPublishResponseFailedEntry, GetSecretRequest, GetSecretResponse,
        InvokeRequest, InvokeResponse, ListOperationsRequest, ListOperationsResponse, PauseRequest,
        PauseResponse, PublishRequest, PublishResponse, PullMessagesRequest, PullMessagesResponse,
        ReadRequest, ReadResponse, ResumeRequest, ResumeResponse,
    },
    layotto::hello::{HelloConfig, HelloRequest, HelloResponse},
};

show_nothing!(
    PublishResponse,
    PauseRequest,
    PauseResponse,
    ResumeRequest,
    ResumeResponse,
    ListOperationsRequest
);

show! {
    PublishRequest: |it, line| {
        add!(line, " topic={:?}", it.topic);
        bytes(line, "data", &it.data);
        named(line, "content_type", &it.content_type);
        metadata(line, &it.metadata);
    }
    BulkPublishRequest: |it, line| {
        add!(line, " topic={:?}", it.topic);
        list(line, &it.entries);
        metadata(line, &it.metadata);
    }
    BulkMessageEntry: |it, line| {
        add!(line, " entry_id={:?}", it.entry_id);
        bytes(line, "event", &it.event);
        named(line, "content_type", &it.content_type);
        metadata(line, &it.metadata);
    }
    BulkPublishResponse: |it, line| { list(line, &it.failed_entries); }
    BulkPublishResponseFailedEntry: |it, line| {
        add!(line, " entry_id={:?} error={:?}", it.entry_id, it.error);
    }
    PullMessagesRequest: |it, line| {
        if let Some(topic) = &it.topic {
            add!(line, " topic={:?}", topic.name);
            metadata(line, &topic.metadata);
        }
        named(line, "ack_message_id", &it.ack_message_id);
        if let Some(error) = &it.ack_error {
            add!(line, " ack_error={:?}", error.message);
        }
    }
    PullMessagesResponse: |it, line| {
        add!(line, " id={:?} topic_name={:?}", it.id, it.topic_name);
        bytes(line, "data", &it.data);
        named(line, "content_type", &it.content_type);
        metadata(line, &it.metadata);
    }
    ReadRequest: |it, line| {
        add!(line, " message_id={:?}", it.message_id);
        if !it.response_data.is_empty() {
            bytes(line, "response_data", &it.response_data);
        }
        if let Some(error) = &it.response_error {
            add!(line, " response_error={:?}", error.message);
        }
    }
    ReadResponse: |it, line| {
        add!(line, " message_id={:?}", it.message_id);
        bytes(line, "data", &it.data);
        named(line, "content_type", &it.content_type);
        metadata(line, &it.metadata);
    }
    ListOperationsResponse: |it, line| { add!(line, " {:?}", it.operations); }
    InvokeRequest: |it, line| {
        add!(line, " operation={:?}", it.operation);
        bytes(line, "data", &it.data);
        metadata(line, &it.metadata);
    }
    InvokeResponse: |it, line| {
        bytes(line, "data", &it.data);
        named(line, "content_type", &it.content_type);
        metadata(line, &it.metadata);
    }
    GetSecretRequest: |it, line| {
        add!(line, " key={:?}", it.key);
        metadata(line, &it.metadata);
    }
    GetSecretResponse: |it, line| { names(line, it.data.keys()); }
    BulkGetSecretRequest: |it, line| { metadata(line, &it.metadata); }
    BulkGetSecretResponse: |it, line| { names(line, it.data.keys()); }
    HelloConfig: |it, line| {
        add!(line, " type={:?} hello_string={:?}", it.r#type, it.hello_string);
        // As in the Init of other blocks, the names alone.
        names(line, it.metadata.keys());
    }
    HelloRequest: |it, line| { add!(line, " name={:?}", it.name); }
    HelloResponse: |it, line| { add!(line, " hello_string={:?}", it.hello_string); }
}

/// What something is called, without what it holds.
fn names<'a>(line: &mut String, names: impl Iterator<Item = &'a String>) {
    let mut names: Vec<&String> = names.collect();
    names.sort_unstable();
    add!(line, " names={names:?}");
}
