// The queues, the subscriptions, and what happens between them.
#ifndef BROKER_H
#define BROKER_H

#include "queue.h"
#include "settings.h"

struct subscription {
    uint64_t id;
    struct queue *queue;
    // What is not acknowledged, by the id that it was delivered under.
    struct held *out;
    UT_hash_handle hh;
};

struct broker {
    struct settings settings;
    // A queue never goes. The first is the oldest.
    struct queue *queues, **last_queue;
    struct subscription *subscriptions;
    // The messages that expire and are not out.
    pbx_heap expiring;
    uint64_t last_message, last_delivery;
    // In nanoseconds, from whenever.
    uint64_t (*now)(void);
};

void broker_open(struct broker *broker, uint64_t (*now)(void));
void broker_close(struct broker *broker);

// Whoever does it again finds all messages and subscriptions still there, under the new settings; the group
// and the window of a subscription are those from when it was opened.
bool broker_configure(struct broker *broker, pbx_metadata properties, pbx_error *error);
// The message reaches all queues that are for its topic, or none.
bool broker_publish(struct broker *broker, const pbx_outgoing *message, pbx_error *error);
bool broker_subscribe(struct broker *broker, uint64_t id, pbx_text topic, pbx_metadata metadata,
                      uint32_t *window, pbx_error *error);
void broker_unsubscribe(struct broker *broker, uint64_t id);
// What there is, by turns where subscriptions share a queue; and how long it takes until there may be more,
// if time alone can bring it.
void broker_pull(struct broker *broker, const pbx_demand *wanted, size_t count, pbx_pulled *pulled);
// `failure` is absent where the message was taken.
void broker_ack(struct broker *broker, uint64_t id, pbx_text message_id, pbx_text failure);

#endif
