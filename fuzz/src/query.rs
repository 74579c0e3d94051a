//! Queries of a state store: JSON from a client, through the host to a guest.

use super::{
    Entry,
    input::Input,
    served::{Answer, PATIENCE, Served, body, framed, runtime},
};
use http::HeaderMap;
use plugbox::proto::dapr::{Pagination, Query, QueryRequest, Sorting};
use prost::Message;
use tokio::time::timeout;
use tonic::Code;

const PATH: &str = "/dapr.proto.components.v1.QueriableStateStore/Query";

const OPERATORS: [&str; 9] = ["AND", "OR", "IN", "EQ", "NEQ", "GT", "GTE", "LT", "LTE"];

/// An operator, a page, and the operator's JSON: answered, or refused in words. The guest never falls over what the host lets pass.
pub fn entry() -> Entry {
    let served = Served::start();
    Box::new(move |bytes| {
        let target = served.component("state");
        let request = request(Input::new(bytes)).encode_to_vec();
        runtime().block_on(async {
            let client = target.connect().await;
            let answer = async {
                let sent = client.send(PATH, HeaderMap::new(), body([framed(&request)]));
                Answer::read(sent.await).await
            };
            let answer = timeout(PATIENCE, answer).await.expect("a query ends");
            let code = answer.status.code();
            let known = [Code::Ok, Code::InvalidArgument, Code::Unimplemented];
            assert!(known.contains(&code), "{:?}", answer.status);
        });
    })
}

fn request(mut input: Input<'_>) -> QueryRequest {
    let operator = OPERATORS.get(usize::from(input.byte()));
    let sort = input.yes().then(|| Sorting {
        key: input.text(),
        order: input.byte().into(),
    });
    let pagination = input.yes().then(|| Pagination {
        limit: input.number() as i64,
        token: input.text(),
    });
    let filter = operator.map(|operator| {
        let operand = prost_types::Any {
            type_url: String::new(),
            value: input.rest().to_vec(),
        };
        ((*operator).to_owned(), operand)
    });
    QueryRequest {
        query: Some(Query {
            filter: filter.into_iter().collect(),
            sort: sort.into_iter().collect(),
            pagination,
        }),
        ..QueryRequest::default()
    }
}
