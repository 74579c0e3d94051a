//! How the messages of an application are shown.

use crate::{
    proto::{
        common::v1::{InvokeRequest, InvokeResponse},
        runtime::v1::{
            BindingEventRequest, BindingEventResponse, HealthCheckResponse, JobEventRequest,
            JobEventResponse, ListInputBindingsResponse, ListTopicSubscriptionsResponse,
            TopicEventBulkRequest, TopicEventBulkRequestEntry, TopicEventBulkResponse,
            TopicEventBulkResponseEntry, TopicEventRequest, TopicEventResponse, TopicSubscription,
            topic_event_bulk_request_entry::Event,
        },
    },
    rules::show::{Show, add, bytes, list, metadata, named, show, show_nothing},
};

show_nothing!(HealthCheckResponse, JobEventResponse);

show! {
    InvokeRequest: |it, line| {
        if let Some(http) = &it.http_extension {
            add!(line, " {}", http.verb().as_str_name());
            named(line, "querystring", &http.querystring);
        }
        add!(line, " method={:?}", it.method);
        let data = it.data.as_ref();
        bytes(line, "data", data.map(|data| data.value.as_slice()).unwrap_or_default());
        named(line, "content_type", &it.content_type);
    }
    InvokeResponse: |it, line| {
        let data = it.data.as_ref();
        bytes(line, "data", data.map(|data| data.value.as_slice()).unwrap_or_default());
        named(line, "content_type", &it.content_type);
    }
    ListTopicSubscriptionsResponse: |it, line| { list(line, &it.subscriptions); }
    TopicSubscription: |it, line| {
        add!(line, " pubsub_name={:?} topic={:?}", it.pubsub_name, it.topic);
        if let Some(routes) = &it.routes {
            for rule in &routes.rules {
                add!(line, " {:?} to {:?}", rule.r#match, rule.path);
            }
            named(line, "default", &routes.default);
        }
        named(line, "dead_letter_topic", &it.dead_letter_topic);
        metadata(line, &it.metadata);
    }
    TopicEventRequest: |it, line| {
        add!(line, " pubsub_name={:?} topic={:?}", it.pubsub_name, it.topic);
        named(line, "path", &it.path);
        named(line, "id", &it.id);
        bytes(line, "data", &it.data);
        named(line, "data_content_type", &it.data_content_type);
        if let Some(extensions) = &it.extensions {
            add!(line, " extensions={:?}", extensions.fields.keys().collect::<Vec<_>>());
        }
    }
    TopicEventResponse: |it, line| { add!(line, " {}", it.status().as_str_name()); }
    TopicEventBulkRequest: |it, line| {
        add!(line, " pubsub_name={:?} topic={:?}", it.pubsub_name, it.topic);
        named(line, "path", &it.path);
        list(line, &it.entries);
    }
    TopicEventBulkRequestEntry: |it, line| {
        add!(line, " entry_id={:?}", it.entry_id);
        match &it.event {
            Some(Event::CloudEvent(event)) => bytes(line, "data", &event.data),
            Some(Event::Bytes(raw)) => bytes(line, "bytes", raw),
            None => line.push_str(" without event"),
        }
        named(line, "content_type", &it.content_type);
    }
    TopicEventBulkResponse: |it, line| { list(line, &it.statuses); }
    TopicEventBulkResponseEntry: |it, line| {
        add!(line, " {:?}: {}", it.entry_id, it.status().as_str_name());
    }
    ListInputBindingsResponse: |it, line| { add!(line, " {:?}", it.bindings); }
    BindingEventRequest: |it, line| {
        add!(line, " name={:?}", it.name);
        bytes(line, "data", &it.data);
        metadata(line, &it.metadata);
    }
    BindingEventResponse: |it, line| {
        bytes(line, "data", &it.data);
        add!(line, " to={:?}", it.to);
    }
    JobEventRequest: |it, line| {
        add!(line, " name={:?}", it.name);
        if let Some(data) = &it.data {
            named(line, "type_url", &data.type_url);
            bytes(line, "data", &data.value);
        }
    }
}
