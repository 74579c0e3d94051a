//! What an application wants to hear of brokers.

use super::{
    super::{
        map,
        methods::{Called, Reply},
    },
    App,
};
use crate::{
    engine::{
        Interface,
        app::subscriber::{Bulk, Subscription},
    },
    proto::runtime::v1 as proto,
};
use std::sync::Arc;
use tonic::Status;

impl App {
    /// What the guest said when it was loaded: daprd asks once.
    pub(super) async fn list_topic_subscriptions(
        self: Arc<Self>,
        to: Called,
        (): (),
    ) -> Result<Reply<proto::ListTopicSubscriptionsResponse>, Status> {
        self.wants(Interface::Subscriber, &to)?;
        let wanted = self.component.wanted();
        let subscriptions = wanted.subscriptions.iter().cloned().map(subscription);
        Ok(proto::ListTopicSubscriptionsResponse {
            subscriptions: subscriptions.collect(),
        }
        .into())
    }
}

fn subscription(wanted: Subscription) -> proto::TopicSubscription {
    let rules = wanted.routes.into_iter();
    let rules = rules.map(|route| proto::TopicRule {
        r#match: route.matches,
        path: route.path,
    });
    let routes = proto::TopicRoutes {
        rules: rules.collect(),
        default: wanted.default_path.unwrap_or_default(),
    };
    let has_routes = !routes.rules.is_empty() || !routes.default.is_empty();
    proto::TopicSubscription {
        pubsub_name: wanted.pubsub,
        topic: wanted.topic,
        metadata: map(wanted.metadata),
        routes: has_routes.then_some(routes),
        dead_letter_topic: wanted.dead_letter_topic.unwrap_or_default(),
        bulk_subscribe: wanted.bulk.map(bulk),
    }
}

fn bulk(wanted: Bulk) -> proto::BulkSubscribeConfig {
    let number = |wanted: Option<u32>| wanted.map(|most| i32::try_from(most).unwrap_or(i32::MAX));
    proto::BulkSubscribeConfig {
        enabled: true,
        max_messages_count: number(wanted.max_messages).unwrap_or_default(),
        max_await_duration_ms: number(wanted.max_wait).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::app::subscriber::Route;

    fn plain() -> Subscription {
        Subscription {
            pubsub: "broker".to_owned(),
            topic: "orders".to_owned(),
            routes: Vec::new(),
            default_path: None,
            dead_letter_topic: None,
            bulk: None,
            metadata: Vec::new(),
        }
    }

    #[test]
    fn a_subscription_without_more_is_its_broker_and_its_topic() {
        let expected = proto::TopicSubscription {
            pubsub_name: "broker".to_owned(),
            topic: "orders".to_owned(),
            ..Default::default()
        };
        assert_eq!(subscription(plain()), expected);
    }

    #[test]
    fn a_subscription_with_all_there_is_says_all_of_it() {
        let wanted = Subscription {
            routes: vec![Route {
                matches: "event.type == \"a\"".to_owned(),
                path: "/a".to_owned(),
            }],
            default_path: Some("/other".to_owned()),
            dead_letter_topic: Some("poison".to_owned()),
            bulk: Some(Bulk {
                max_messages: Some(7),
                max_wait: Some(50),
            }),
            metadata: vec![("rawPayload".to_owned(), "true".to_owned())],
            ..plain()
        };
        let expected = proto::TopicSubscription {
            pubsub_name: "broker".to_owned(),
            topic: "orders".to_owned(),
            metadata: [("rawPayload".to_owned(), "true".to_owned())].into(),
            routes: Some(proto::TopicRoutes {
                rules: vec![proto::TopicRule {
                    r#match: "event.type == \"a\"".to_owned(),
                    path: "/a".to_owned(),
                }],
                default: "/other".to_owned(),
            }),
            dead_letter_topic: "poison".to_owned(),
            bulk_subscribe: Some(proto::BulkSubscribeConfig {
                enabled: true,
                max_messages_count: 7,
                max_await_duration_ms: 50,
            }),
        };
        assert_eq!(subscription(wanted), expected);
    }

    #[test]
    fn a_path_alone_is_a_route_and_a_bulk_is_wanted_whatever_its_limits() {
        let wanted = Subscription {
            default_path: Some("/all".to_owned()),
            ..plain()
        };
        let routes = subscription(wanted).routes.unwrap();
        assert!(routes.rules.is_empty() && routes.default == "/all");
        for (most, number) in [(None, 0), (Some(1), 1), (Some(u32::MAX), i32::MAX)] {
            let (max_messages, max_wait) = (most, most);
            let bulk = bulk(Bulk {
                max_messages,
                max_wait,
            });
            assert!(bulk.enabled);
            assert_eq!(bulk.max_messages_count, number);
            assert_eq!(bulk.max_await_duration_ms, number);
        }
    }
}
