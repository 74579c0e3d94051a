//! The rules of message brokers.

mod acknowledge;
mod bulk;
mod cancel;
mod deliver;
mod groups;
mod pause;
mod start;
mod ttl;
mod wildcards;

use super::{Block, Broken, Needs, Part, Rule, Source, messages::accept, stream::Stream};
use crate::proto::dapr::{PullMessagesRequest, PullMessagesResponse};

/// The rules of message brokers, one list for each part of the protocol.
pub static PUB_SUB: &[&[Rule]] = &[
    start::RULES,
    deliver::RULES,
    groups::RULES,
    wildcards::RULES,
    acknowledge::RULES,
    cancel::RULES,
    bulk::RULES,
    ttl::RULES,
    pause::RULES,
];

const CLIENT: Source = Source::Client("Pub/sub");
const CONFORMANCE: Source = Source::Client("Pub/sub, as Dapr's conformance tests have it");
const CONNECTIONS: Source = Source::Client("Connections and instances");

const PUB_SUB_SERVICE: &str = "dapr.proto.components.v1.PubSub";

const BULK_PUBSUB: &str = "BULK_PUBSUB";

/// Features that rules need.
const fn needs(features: &'static [&'static str]) -> Needs {
    Needs {
        part: Part::Block(Block::PubSub),
        exports: &[],
        services: &[PUB_SUB_SERVICE],
        features,
        own_storage: false,
    }
}

/// Any message broker.
const BROKER: Needs = needs(&[]);
/// A broker whose instances have messages of their own.
const OWN_STORAGE: Needs = Needs {
    own_storage: true,
    ..BROKER
};

/// Why a rule about what waits without a stream says nothing of a broker that keeps nothing.
const KEEPS_NOTHING: &str = "the component keeps no messages for a consumer without a stream";

/// A topic's messages.
type Messages = Stream<PullMessagesRequest, PullMessagesResponse>;

impl Messages {
    /// The next message, which must carry this. It is left unacknowledged.
    async fn receive(&mut self, data: &str) -> Result<PullMessagesResponse, Broken> {
        let expected = format!("a message with an id and the data {data:?}");
        self.next_if(expected, |it| {
            !it.id.is_empty() && it.data == data.as_bytes()
        })
        .await
    }

    /// The next message, which must carry this, acknowledged.
    async fn take(&mut self, data: &str) -> Result<(), Broken> {
        let message = self.receive(data).await?;
        self.send(accept(&message.id));
        Ok(())
    }

    /// Messages with these data, in any order and each once or more, acknowledged.
    async fn take_all(&mut self, data: &[&str]) -> Result<(), Broken> {
        let mut missing = data.to_vec();
        while !missing.is_empty() {
            let message = self.next(format!("messages with {missing:?}")).await?;
            missing.retain(|data| data.as_bytes() != message.data);
            self.send(accept(&message.id));
        }
        Ok(())
    }
}

/// What is published along with data, to see whether it comes with them.
const TEXT: &str = "text/plain";

fn blue() -> (String, String) {
    ("color".to_owned(), "blue".to_owned())
}

/// The next message has its content type and its metadata.
async fn comes_whole(messages: &mut Messages) -> Result<(), Broken> {
    let expected = "a message with content_type=\"text/plain\" and color: \"blue\" in its metadata";
    let (name, value) = blue();
    let whole = messages.next_if(expected, |it| {
        it.content_type == TEXT && it.metadata.get(&name) == Some(&value)
    });
    whole.await.map(drop)
}
