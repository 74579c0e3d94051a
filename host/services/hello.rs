//! Layotto's `Hello`.

use super::{Services, To, metadata, text};
use crate::{
    engine::{
        Block, Init,
        hello::greeter::{Config, SecretReference},
    },
    proto::layotto::{
        common::SecretRefConfig,
        hello::{self as proto, hello_server as service},
    },
    runtime::Component,
};
use std::sync::Arc;
use tonic::Status;

/// Adds the service that a guest with `hello` stands for.
pub(super) fn add(services: &mut Services, component: &Arc<Component>) {
    let hello = Hello {
        component: component.clone(),
    };
    services
        .add(service::SERVICE_NAME, component, hello)
        .unary("Init", Hello::init)
        .unary("SayHello", Hello::say_hello);
}

struct Hello {
    component: Arc<Component>,
}

impl Hello {
    async fn init(self: Arc<Self>, to: To, request: proto::HelloConfig) -> Result<(), Status> {
        let init = Init::Hello(config(request));
        self.component.init(&to, init).await??;
        Ok(())
    }

    async fn say_hello(
        self: Arc<Self>,
        to: To,
        request: proto::HelloRequest,
    ) -> Result<proto::HelloResponse, Status> {
        let call = guest!(self, Block::Hello, &to, hello.call_say_hello, &request.name);
        let hello_string = call.await??;
        Ok(proto::HelloResponse { hello_string })
    }
}

fn config(config: proto::HelloConfig) -> Config {
    let references = config.config.unwrap_or_default();
    let stores = references.component_ref.unwrap_or_default();
    let secrets = references.secret_ref.into_iter().map(secret_reference);
    Config {
        kind: config.r#type,
        hello: config.hello_string,
        properties: metadata(config.metadata),
        secrets: secrets.collect(),
        secret_store: text(stores.secret_store),
        config_store: text(stores.config_store),
    }
}

fn secret_reference(reference: SecretRefConfig) -> SecretReference {
    SecretReference {
        store_name: reference.store_name,
        key: reference.key,
        sub_key: text(reference.sub_key),
        inject_as: text(reference.inject_as),
    }
}
