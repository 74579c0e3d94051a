//! The state-store family: `StateStore`, `TransactionalStateStore`, `TransactionalStoreMultiMaxSize`, `QueriableStateStore`.

pub mod convert;
mod query;

use super::{Services, To, map, metadata, ping};
use crate::{
    engine::{
        Block, DaprBlock, Init, Interface,
        state::{DeleteRequest, GetRequest, Item, SetRequest, StateError, transaction::Operation},
    },
    proto::dapr::{
        self as proto, queriable_state_store_server as queriable, state_store_server as store,
        transactional_state_store_server as transactional,
        transactional_store_multi_max_size_server as multi_max_size,
    },
    runtime::{Address, Component, Failure},
};
use convert::{
    bulk_item, delete_request, found, get_request, get_response, operation, set_request,
};
use futures_util::{Stream, StreamExt, stream};
use std::{future::Future, sync::Arc};
use tonic::Status;

const BLOCK: Block = Block::State;

/// Features that Dapr's runtime names and that no call on the wire stands for: an application would be promised what cannot be.
const NOT_ON_THE_WIRE: [&str; 2] = ["DELETE_WITH_PREFIX", "KEYS_LIKE"];

/// Adds the services that a guest with `state-store` stands for.
pub(super) fn add(services: &mut Services, component: &Arc<Component>) {
    let state = State {
        component: component.clone(),
    };
    let transactional = state.exports(Interface::TransactionalStateStore);
    let queriable = state.exports(Interface::QueriableStateStore);
    services
        .add(store::SERVICE_NAME, component, state.clone())
        .unary("Init", State::init)
        .unary("Features", State::features)
        .unary("Get", State::get)
        .unary("Set", State::set)
        .unary("Delete", State::delete)
        .unary("Ping", ping)
        .unary("BulkGet", State::bulk_get)
        .unary("BulkSet", State::bulk_set)
        .unary("BulkDelete", State::bulk_delete);
    if transactional {
        services
            .add(transactional::SERVICE_NAME, component, state.clone())
            .unary("Transact", State::transact);
        services
            .add(multi_max_size::SERVICE_NAME, component, state.clone())
            .unary("MultiMaxSize", State::multi_max_size);
    }
    if queriable {
        services
            .add(queriable::SERVICE_NAME, component, state)
            .unary("Query", State::query);
    }
}

#[derive(Clone)]
struct State {
    component: Arc<Component>,
}

impl State {
    fn exports(&self, interface: Interface) -> bool {
        self.component.exports(interface)
    }

    fn read(
        &self,
        to: &Address,
        request: GetRequest,
    ) -> impl Future<Output = Result<Result<Option<Item>, StateError>, Failure>> {
        guest!(self, BLOCK, to, state.call_get, &request)
    }

    fn write(
        &self,
        to: &Address,
        request: SetRequest,
    ) -> impl Future<Output = Result<Result<(), StateError>, Failure>> {
        guest!(self, BLOCK, to, state.call_set, &request)
    }

    fn remove(
        &self,
        to: &Address,
        request: DeleteRequest,
    ) -> impl Future<Output = Result<Result<(), StateError>, Failure>> {
        guest!(self, BLOCK, to, state.call_delete, &request)
    }

    /// How many calls of a bulk request run at once: never more than there are guests to run them.
    /// One guest takes them one after the other, in their order.
    fn at_once(&self, parallelism: i64) -> usize {
        let instances = self.component.guests();
        match usize::try_from(parallelism) {
            Ok(0) | Err(_) => instances,
            Ok(asked) => instances.min(asked),
        }
    }
}

/// Runs all calls of a bulk request, and answers the first refusal of the guest, if there is one, when all are done:
/// a bulk request is not atomic, and what can be done is done.
async fn all(
    calls: impl Stream<Item = Result<Result<(), StateError>, Failure>>,
) -> Result<(), Status> {
    let mut calls = std::pin::pin!(calls);
    let mut refused = None;
    while let Some(done) = calls.next().await {
        if let Err(error) = done? {
            refused.get_or_insert(error);
        }
    }
    refused.map_or(Ok(()), |error| Err(error.into()))
}

impl State {
    async fn init(
        self: Arc<Self>,
        to: To,
        request: proto::InitRequest,
    ) -> Result<proto::InitResponse, Status> {
        let properties = metadata(request.metadata.unwrap_or_default().properties);
        let init = Init::Dapr(DaprBlock::State, properties);
        self.component.init(&to, init).await??;
        Ok(proto::InitResponse {})
    }

    async fn features(
        self: Arc<Self>,
        to: To,
        _: proto::FeaturesRequest,
    ) -> Result<proto::FeaturesResponse, Status> {
        let named = self.component.named(&to, BLOCK).await?;
        let transactional = self.exports(Interface::TransactionalStateStore);
        let queriable = self.exports(Interface::QueriableStateStore);
        Ok(proto::FeaturesResponse {
            features: features(named, transactional, queriable),
        })
    }

    async fn get(
        self: Arc<Self>,
        to: To,
        request: proto::GetRequest,
    ) -> Result<proto::GetResponse, Status> {
        let item = self.read(&to, get_request(request)).await??;
        Ok(get_response(item))
    }

    async fn set(
        self: Arc<Self>,
        to: To,
        request: proto::SetRequest,
    ) -> Result<proto::SetResponse, Status> {
        self.write(&to, set_request(request)).await??;
        Ok(proto::SetResponse {})
    }

    async fn delete(
        self: Arc<Self>,
        to: To,
        request: proto::DeleteRequest,
    ) -> Result<proto::DeleteResponse, Status> {
        self.remove(&to, delete_request(request)).await??;
        Ok(proto::DeleteResponse {})
    }

    async fn bulk_get(
        self: Arc<Self>,
        to: To,
        request: proto::BulkGetRequest,
    ) -> Result<proto::BulkGetResponse, Status> {
        let keys: Vec<_> = request.items.iter().map(|item| item.key.clone()).collect();
        let requests = request.items.into_iter().map(get_request);
        let found: Vec<Result<Option<Item>, String>> = if self.exports(Interface::BulkStateStore) {
            let requests: Vec<_> = requests.collect();
            guest!(self, BLOCK, &to, bulk_state.call_bulk_get, &requests).await??
        } else {
            let at_once = self.at_once(request.options.unwrap_or_default().parallelism);
            let mut calls = stream::iter(requests)
                .map(|request| self.read(&to, request))
                .buffered(at_once);
            let mut found = Vec::with_capacity(keys.len());
            while let Some(item) = calls.next().await {
                found.push(item?.map_err(|error| Status::from(error).message().to_owned()));
            }
            found
        };
        if found.len() != keys.len() {
            return Err(Status::internal(format!(
                "the guest answered {} items of {}: its bulk-get must answer each request, in their order",
                found.len(),
                keys.len()
            )));
        }
        let items = keys.into_iter().zip(found);
        Ok(proto::BulkGetResponse {
            items: items.map(|(key, found)| bulk_item(key, found)).collect(),
        })
    }

    async fn bulk_set(
        self: Arc<Self>,
        to: To,
        request: proto::BulkSetRequest,
    ) -> Result<proto::BulkSetResponse, Status> {
        let requests = request.items.into_iter().map(set_request);
        if self.exports(Interface::BulkStateStore) {
            let requests: Vec<_> = requests.collect();
            guest!(self, BLOCK, &to, bulk_state.call_bulk_set, &requests).await??;
        } else {
            let at_once = self.at_once(request.options.unwrap_or_default().parallelism);
            let calls = stream::iter(requests).map(|request| self.write(&to, request));
            all(calls.buffered(at_once)).await?;
        }
        Ok(proto::BulkSetResponse {})
    }

    async fn bulk_delete(
        self: Arc<Self>,
        to: To,
        request: proto::BulkDeleteRequest,
    ) -> Result<proto::BulkDeleteResponse, Status> {
        let requests = request.items.into_iter().map(delete_request);
        if self.exports(Interface::BulkStateStore) {
            let requests: Vec<_> = requests.collect();
            guest!(self, BLOCK, &to, bulk_state.call_bulk_delete, &requests).await??;
        } else {
            let at_once = self.at_once(request.options.unwrap_or_default().parallelism);
            let calls = stream::iter(requests).map(|request| self.remove(&to, request));
            all(calls.buffered(at_once)).await?;
        }
        Ok(proto::BulkDeleteResponse {})
    }
}

impl State {
    async fn transact(
        self: Arc<Self>,
        to: To,
        request: proto::TransactionalStateRequest,
    ) -> Result<proto::TransactionalStateResponse, Status> {
        let operations: Vec<Operation> = request
            .operations
            .into_iter()
            .map(operation)
            .collect::<Result<_, _>>()?;
        let metadata = metadata(request.metadata);
        guest!(
            self,
            BLOCK,
            &to,
            transactional_state.call_transact,
            &operations,
            &metadata
        )
        .await??;
        Ok(proto::TransactionalStateResponse {})
    }
}

impl State {
    async fn multi_max_size(
        self: Arc<Self>,
        to: To,
        _: proto::MultiMaxSizeRequest,
    ) -> Result<proto::MultiMaxSizeResponse, Status> {
        /// What daprd itself assumes where a store has no limit.
        const UNLIMITED: i64 = -1;
        let limit = guest!(self, BLOCK, &to, transactional_state.call_max_operations).await?;
        Ok(proto::MultiMaxSizeResponse {
            max_size: limit.map_or(UNLIMITED, i64::from),
        })
    }
}

impl State {
    async fn query(
        self: Arc<Self>,
        to: To,
        request: proto::QueryRequest,
    ) -> Result<proto::QueryResponse, Status> {
        let request = query::request(request)?;
        let page = guest!(self, BLOCK, &to, queriable_state.call_query, &request).await??;
        Ok(proto::QueryResponse {
            items: page.items.into_iter().map(found).collect(),
            token: page.token.unwrap_or_default(),
            metadata: map(page.metadata),
        })
    }
}

/// What the guest names and what its exports show, each once.
fn features(named: Vec<String>, transactional: bool, queriable: bool) -> Vec<String> {
    let shown = [("TRANSACTIONAL", transactional), ("QUERY_API", queriable)];
    let mut features: Vec<String> = named
        .into_iter()
        .filter(|name| !NOT_ON_THE_WIRE.contains(&name.as_str()))
        // The exports decide: a promise without the interface could not be kept.
        .filter(|name| !shown.iter().any(|(shown, _)| shown == name))
        .collect();
    let exported = shown.into_iter().filter(|(_, exported)| *exported);
    features.extend(exported.map(|(name, _)| name.to_owned()));
    features.sort();
    features.dedup();
    features
}

#[cfg(test)]
mod tests {
    use super::features;

    #[test]
    fn features_are_the_guests_and_what_its_exports_show_and_nothing_without_a_call() {
        let named = [
            "TTL",
            "ETAG",
            "ETAG",
            "KEYS_LIKE",
            "DELETE_WITH_PREFIX",
            "QUERY_API",
        ];
        let named: Vec<_> = named.map(str::to_owned).into();
        assert_eq!(
            features(named.clone(), true, true),
            ["ETAG", "QUERY_API", "TRANSACTIONAL", "TTL"]
        );
        assert_eq!(features(named, false, false), ["ETAG", "TTL"]);
    }
}
