// A message broker in memory with all that Dapr knows of messages: consumer groups, wildcards, expiry, bulk
// publishing.
//
// Groups. A subscription belongs to the group `consumerID` of its own metadata; without that, to the
// `consumerID` of the last `init`, which daprd sets to the application's name. A group has one queue for each
// topic that it subscribed to, in that spelling: each queue gets every message of its topic once, in the
// order of publishing, and hands it to one of the queue's subscriptions. So applications each see all
// messages, and the copies of one application share them.
//
// A queue is there from its first subscription on: what was published before is not for it. It stays when its
// subscriptions close, and keeps what comes. When it holds `maxMessages`, publishing to it fails with a
// `PBX_RESOURCE_EXHAUSTED`.
//
// Deliveries. A message that the application has failed comes again after `redeliverInterval`, before all
// later ones that still wait; those are delivered meanwhile. What a subscription had out when it closes is
// delivered again at once, and counts as not delivered. From the second delivery on the metadata
// `deliveryCount` says how many there were.
//
// Wildcards are those of MQTT: in the topic of a subscription, whose levels `/` parts, the level `+` stands
// for any one level, and `#` at the end for all that follow, none included: `a/#` has `a` too. In the midst
// of a level both are ordinary.
//
// Expiry. The metadata `ttlInSeconds` of a message, an integer from 1 on, is how long it can be delivered.
//
//   property            meaning                                                                  without it
//   consumerID          the group of the subscriptions from now on; also of a subscription       one group
//   without a name maxInFlight         messages out and not acknowledged, for each subscription; also of one
//   1 redeliverInterval   like 1.5s, 250ms, 1h30m; at most a day                                   100ms
//   maxDeliveries       after so many failed deliveries a message is dropped, with a line in     no end
//                       the log
//   maxMessages         how many messages a queue holds, those that are out included             100000
//
// This file is the border: each function that the host calls is a line or two here. The rules behind it are
// plain C, which `make test` runs without WebAssembly. Many messages at once are the library's, which
// publishes them one by one. Nothing outlives the instance.
#include <time.h>

#include "broker.h"

static uint64_t now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

// Opened by the first call.
static struct broker *the_broker(void) {
    static struct broker broker;
    if (!broker.now)
        broker_open(&broker, now);
    return &broker;
}

static bool init(pbx_metadata properties, pbx_names *features, pbx_error *error) {
    pbx_names_add(features, "MESSAGE_TTL");
    pbx_names_add(features, "SUBSCRIBE_WILDCARDS");
    // daprd hands on one message of a stream at a time, so a bulk subscription has none to wait for.
    pbx_names_add(features, "BULK_SUBSCRIBE_IMMEDIATE");
    return broker_configure(the_broker(), properties, error);
}

static bool publish(const pbx_outgoing *message, pbx_error *error) {
    return broker_publish(the_broker(), message, error);
}

static bool subscribe(uint64_t id, pbx_text topic, pbx_metadata metadata, uint32_t *window,
                      pbx_error *error) {
    return broker_subscribe(the_broker(), id, topic, metadata, window, error);
}

static void unsubscribe(uint64_t id) {
    broker_unsubscribe(the_broker(), id);
}

static bool pull(const pbx_demand *wanted, size_t count, pbx_pulled *pulled, pbx_error *error) {
    broker_pull(the_broker(), wanted, count, pulled);
    return true;
}

static void ack(uint64_t id, pbx_text message_id, pbx_text failure) {
    broker_ack(the_broker(), id, message_id, failure);
}

const pbx_pub_sub plugbox_pub_sub = {
    .init = init,
    .publish = publish,
    .subscribe = subscribe,
    .unsubscribe = unsubscribe,
    .pull = pull,
    .ack = ack,
};
