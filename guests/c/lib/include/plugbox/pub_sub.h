// A message broker. Define `plugbox_pub_sub` with your functions, and name what you export in the Makefile.
#ifndef PLUGBOX_PUB_SUB_H
#define PLUGBOX_PUB_SUB_H

#include "plugbox/base.h"

#ifdef __cplusplus
extern "C" {
#endif

// What to wait for until there may be more: what is ready first counts. Begins as `{0}`.
typedef struct pbx_waits {
    bool has_timer;
    // Nanoseconds from now.
    uint64_t timer;
    int32_t *pollables;
    size_t count, capacity;
} pbx_waits;

// Asks to be pulled again after so many nanoseconds. Of several, the shortest counts.
void pbx_wait_for(pbx_waits *waits, uint64_t nanoseconds);
// Asks to be pulled again when a `wasi:io` pollable of your own imports is ready: `own.__handle`. It is not
// yours any more.
void pbx_wait_on(pbx_waits *waits, int32_t pollable);
void pbx_waits_clear(pbx_waits *waits);

// A message that an application publishes.
typedef struct pbx_outgoing {
    pbx_text topic;
    pbx_bytes data;
    // May be absent.
    pbx_text content_type;
    pbx_metadata metadata;
} pbx_outgoing;

// How many messages a subscription can take now, at least 1.
typedef struct pbx_demand {
    uint64_t id;
    uint32_t messages;
} pbx_demand;

// A message for a subscription.
typedef struct pbx_delivery {
    uint64_t id;
    // Names the message among those of this subscription that are not acknowledged. Never empty.
    pbx_text message_id;
    pbx_text topic;
    pbx_bytes data;
    // May be absent.
    pbx_text content_type;
    pbx_metadata metadata;
} pbx_delivery;

// The answer to a pull. Begins as `{0}`.
typedef struct pbx_pulled {
    pbx_delivery *deliveries;
    size_t count, capacity;
    pbx_waits waits;
} pbx_pulled;

void pbx_deliver(pbx_pulled *pulled, const pbx_delivery *delivery);
void pbx_pulled_clear(pbx_pulled *pulled);

// One message of many.
typedef struct pbx_entry {
    // Names the message in the answer.
    pbx_text entry_id;
    pbx_bytes data;
    // May be absent.
    pbx_text content_type;
    pbx_metadata metadata;
} pbx_entry;

// The messages of many that could not be published. Begins as `{0}`.
typedef struct pbx_failures {
    struct pbx_failure {
        pbx_text entry_id;
        pbx_text reason;
    } * failures;
    size_t count, capacity;
} pbx_failures;

void pbx_failures_add(pbx_failures *failures, pbx_text entry_id, const char *format, ...) PBX_PRINTF(3, 4);
void pbx_failures_clear(pbx_failures *failures);

// A function that is left out answers `unimplemented`, or does nothing where it cannot fail, but for those
// that say otherwise. The contract (wit/deps/dapr/pub-sub.wit) says what each has to do.
typedef struct pbx_pub_sub {
    // Features: "MESSAGE_TTL", "SUBSCRIBE_WILDCARDS", "BULK_SUBSCRIBE_IMMEDIATE".
    bool (*init)(pbx_metadata properties, pbx_names *features, pbx_error *error);
    bool (*publish)(const pbx_outgoing *message, pbx_error *error);
    // `window` is how many messages may be out and not acknowledged at once: 1, unless you say more.
    bool (*subscribe)(uint64_t id, pbx_text topic, pbx_metadata metadata, uint32_t *window, pbx_error *error);
    void (*unsubscribe)(uint64_t id);
    // Never blocks: it answers what there is, and what to wait for.
    bool (*pull)(const pbx_demand *wanted, size_t count, pbx_pulled *pulled, pbx_error *error);
    // `failure` says why the application has not taken the message; it is absent where it has.
    void (*ack)(uint64_t id, pbx_text message_id, pbx_text failure);

    // bulk-publish. Left out, it is done one by one with `publish`: an entry's metadata hold before the
    // request's, and entries without an id, or with the id of another, fail.
    bool (*bulk_publish)(pbx_text topic, const pbx_entry *entries, size_t count, pbx_metadata metadata,
                         pbx_failures *failures, pbx_error *error);
} pbx_pub_sub;

extern const pbx_pub_sub plugbox_pub_sub;

// What stands in for `bulk_publish` where it is left out.
bool pbx_bulk_publish(const pbx_pub_sub *broker, pbx_text topic, const pbx_entry *entries, size_t count,
                      pbx_metadata metadata, pbx_failures *failures, pbx_error *error);

#ifdef __cplusplus
}
#endif

#endif
