//! What is asked of an application.

use super::{
    Call, callers,
    connection::{Connection, frame, path},
    state::callers_on,
};
use crate::{
    client,
    compare::{Named, Sample},
    server::Server,
};
use anyhow::Context;
use http::Uri;
use plugbox::proto::common::v1::InvokeRequest;
use prost_types::Any;
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// The method that answers what it is sent, and how many bytes that is.
pub const METHOD: &str = "echo";
pub const DATA: usize = 100;

/// How long each of those calls takes that have an instance for each of them.
const BUSY: Duration = Duration::from_millis(500);

/// How many call, over how many connections.
#[derive(Clone, Copy)]
pub struct Load {
    pub callers: usize,
    pub connections: usize,
}

impl Load {
    pub const fn new(callers: usize, connections: usize) -> Self {
        Self {
            callers,
            connections,
        }
    }

    pub fn title(self) -> String {
        format!("invoke, {DATA} B, {}", self.name())
    }
}

impl Named for Load {
    fn name(&self) -> String {
        callers_on(self.callers, self.connections)
    }
}

/// What it is sent: JSON, which is what daprd takes any body for.
pub fn data() -> String {
    format!("\"{}\"", "v".repeat(DATA - 2))
}

/// The message that asks for it.
pub fn request(method: &str, data: String) -> InvokeRequest {
    InvokeRequest {
        method: method.to_owned(),
        data: Some(Any {
            value: data.into_bytes(),
            ..Default::default()
        }),
        content_type: "application/json".to_owned(),
        http_extension: None,
    }
}

/// Has an application called as its daprd would do it.
pub async fn sample(server: &Server, load: Load, lasts: Duration) -> anyhow::Result<Sample> {
    let mut connections = Vec::new();
    for _ in 0..load.connections {
        connections.push(connect(server).await?);
    }
    let call = Call {
        path: on_invoke()?,
        frame: frame(&request(METHOD, data())),
        least: DATA,
    };
    let callers = callers(&connections, load.callers, &Arc::from([call]));
    client::measured(callers, lasts, &[server.id()]).await
}

/// Makes so many calls at once that they need as many instances, of a guest that waits when it is told so.
pub async fn occupy(server: &Server, count: usize) -> anyhow::Result<()> {
    let (connection, path) = (connect(server).await?, on_invoke()?);
    let wait = frame(&request("wait", BUSY.as_millis().to_string()));
    let mut all = JoinSet::new();
    for _ in 0..count {
        let (mut connection, path, wait) = (connection.clone(), path.clone(), wait.clone());
        all.spawn(async move { connection.call(&path, wait).await });
    }
    while let Some(call) = all.join_next().await {
        call??;
    }
    Ok(())
}

async fn connect(server: &Server) -> anyhow::Result<Connection> {
    Connection::to(server.port().context("it is no application")?).await
}

fn on_invoke() -> anyhow::Result<Uri> {
    path("dapr.proto.runtime.v1.AppCallback", "OnInvoke")
}
