// What one group has still to get of one topic.
#ifndef QUEUE_H
#define QUEUE_H

#include <plugbox/heap.h>
#include <plugbox/pub_sub.h>
#include <uthash.h>

// A message as it was published. All queues that have it share it.
struct message {
    size_t holders;
    // Counts up in the order of publishing.
    uint64_t number;
    pbx_text topic;
    pbx_bytes data;
    // May be absent.
    pbx_text content_type;
    pbx_metadata metadata;
    // In nanoseconds, always later than when it was published; 0 for never.
    uint64_t expires;
};

// A message in one queue, or out from it.
struct held {
    struct message *message;
    struct queue *queue;
    uint32_t deliveries;
    // Among the ready by its number, or among the failed by when it is ready again, or in neither while it is
    // out.
    enum { READY, FAILED, OUT } state;
    pbx_heap_node place;
    uint64_t due;
    // Among all that expire.
    pbx_heap_node expiry;
    // While it is out: the id that it was delivered under.
    uint64_t delivery;
    UT_hash_handle hh;
};

struct queue {
    // Absent for the group without a name.
    pbx_text group;
    pbx_text topic;
    // What can be delivered: what comes back stands where it stood.
    pbx_heap ready;
    pbx_heap failed;
    // How many messages are held, those that are out among them.
    size_t count;
    struct queue *next;
};

struct queue *queue_new(pbx_text group, pbx_text topic);
void queue_free(struct queue *queue);
bool queue_is(const struct queue *queue, pbx_text group, pbx_text topic);

// A new message, ready.
struct held *queue_add(struct queue *queue, struct message *message);
// The oldest message that can be delivered, which is out from then on; NULL where there is none.
struct held *queue_next(struct queue *queue, uint64_t now);
// When the next of those that have failed is ready again; false where none has.
bool queue_due(const struct queue *queue, uint64_t *due);
// A message that was out counts as not delivered.
void queue_return(struct held *held);
// A message that was out has failed.
void queue_postpone(struct held *held, uint64_t due);
// Is done with a message, wherever it is in the queue.
void queue_forget(struct held *held);

static inline bool has_expired(const struct held *held, uint64_t now) {
    return held->message->expires && held->message->expires <= now;
}

#endif
