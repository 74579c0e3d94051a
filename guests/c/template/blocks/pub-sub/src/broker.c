// A message broker: consumer groups each get every message of a topic, and the subscriptions of one group
// share them.
//
// plugbox calls one function of a guest at a time, so nothing here needs a lock. All is in memory: it ends
// with the instance.
#include <inttypes.h>
#include <plugbox/heap.h>
#include <plugbox/pub_sub.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// All times are in nanoseconds. How long a message rests that the application has failed.
static const uint64_t REDELIVER_AFTER = 100000000;

struct message {
    pbx_heap_node node;
    // Its place among the others, and its id.
    uint64_t number;
    // The end of its rest.
    uint64_t due;
    pbx_text topic, content_type;
    pbx_bytes data;
    pbx_metadata metadata;
};

// What a group has still to get. It is there from the first subscription on, and stays when that closes.
static struct queue {
    pbx_text group, topic;
    pbx_heap ready, resting;
    struct queue *next;
} * queues;

static struct subscription {
    uint64_t id;
    struct queue *queue;
    // What it has not acknowledged, or NULL: its window is 1.
    struct message *out;
    struct subscription *next;
} * subscriptions;

static uint64_t last_number;

static struct message *message_at(const pbx_heap_node *node) {
    return PBX_HOLDER(node, struct message, node);
}

static bool by_number(const pbx_heap_node *a, const pbx_heap_node *b) {
    return message_at(a)->number < message_at(b)->number;
}

static bool by_due(const pbx_heap_node *a, const pbx_heap_node *b) {
    return message_at(a)->due < message_at(b)->due;
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static struct subscription **find(uint64_t id) {
    struct subscription **place = &subscriptions;
    while (*place && (*place)->id != id)
        place = &(*place)->next;
    return place;
}

// May come again, and messages and subscriptions stay.
static bool init(pbx_metadata properties, pbx_names *features, pbx_error *error) {
    return true;
}

static bool publish(const pbx_outgoing *published, pbx_error *error) {
    for (struct queue *queue = queues; queue; queue = queue->next) {
        if (!pbx_text_equal(queue->topic, published->topic))
            continue;
        struct message *message = pbx_alloc(sizeof *message);
        *message = (struct message){.number = ++last_number,
                                    .topic = pbx_text_keep(published->topic),
                                    .content_type = pbx_text_keep(published->content_type),
                                    .data = pbx_bytes_keep(published->data),
                                    .metadata = pbx_metadata_keep(published->metadata)};
        pbx_heap_add(&queue->ready, &message->node);
    }
    return true;
}

static void forget(struct message *message) {
    pbx_text_drop(&message->topic);
    pbx_text_drop(&message->content_type);
    pbx_bytes_drop(&message->data);
    pbx_metadata_drop(&message->metadata);
    free(message);
}

static struct queue *queue_of(pbx_text group, pbx_text topic) {
    for (struct queue *queue = queues; queue; queue = queue->next)
        if (pbx_text_equal(queue->group, group) && pbx_text_equal(queue->topic, topic))
            return queue;
    struct queue *queue = pbx_alloc(sizeof *queue);
    *queue = (struct queue){.group = pbx_text_keep(group),
                            .topic = pbx_text_keep(topic),
                            .ready = {.before = by_number},
                            .resting = {.before = by_due},
                            .next = queues};
    return queues = queue;
}

static bool subscribe(uint64_t id, pbx_text topic, pbx_metadata metadata, uint32_t *window,
                      pbx_error *error) {
    struct subscription *subscription = pbx_alloc(sizeof *subscription);
    struct queue *queue = queue_of(pbx_metadata_find(metadata, "consumerID"), topic);
    *subscription = (struct subscription){.id = id, .queue = queue, .next = subscriptions};
    subscriptions = subscription;
    return true;
}

// What is out goes back to where it stood.
static void unsubscribe(uint64_t id) {
    struct subscription **place = find(id), *subscription = *place;
    if (!subscription)
        return;
    if (subscription->out)
        pbx_heap_add(&subscription->queue->ready, &subscription->out->node);
    *place = subscription->next;
    free(subscription);
}

// What has rested stands behind all others, so a message that fails each time holds up none of them.
static void wake(struct queue *queue, uint64_t moment) {
    for (pbx_heap_node *node; (node = pbx_heap_first(&queue->resting)) && message_at(node)->due <= moment;) {
        pbx_heap_remove(&queue->resting, node);
        message_at(node)->number = ++last_number;
        pbx_heap_add(&queue->ready, node);
    }
}

static bool pull(const pbx_demand *wanted, size_t count, pbx_pulled *pulled, pbx_error *error) {
    uint64_t moment = now();
    for (size_t i = 0; i < count; i++) {
        struct subscription *subscription = *find(wanted[i].id);
        if (!subscription || subscription->out)
            continue;
        struct queue *queue = subscription->queue;
        wake(queue, moment);
        pbx_heap_node *first = pbx_heap_first(&queue->ready), *resting = pbx_heap_first(&queue->resting);
        if (first) {
            struct message *message = subscription->out = message_at(first);
            pbx_heap_remove(&queue->ready, first);
            char id[21];
            snprintf(id, sizeof id, "%" PRIu64, message->number);
            pbx_deliver(pulled, &(pbx_delivery){.id = subscription->id,
                                                .message_id = pbx_text_of(id),
                                                .topic = message->topic,
                                                .data = message->data,
                                                .content_type = message->content_type,
                                                .metadata = message->metadata});
        } else if (resting) {
            pbx_wait_for(&pulled->waits, message_at(resting)->due - moment);
        }
    }
    return true;
}

static void ack(uint64_t id, pbx_text message_id, pbx_text failure) {
    struct subscription *subscription = *find(id);
    struct message *message = subscription ? subscription->out : NULL;
    uint64_t number;
    if (!message || !pbx_text_to_u64(message_id, &number) || number != message->number)
        return;
    subscription->out = NULL;
    if (!pbx_text_is_some(failure)) {
        forget(message);
        return;
    }
    message->due = now() + REDELIVER_AFTER;
    pbx_heap_add(&subscription->queue->resting, &message->node);
}

const pbx_pub_sub plugbox_pub_sub = {.init = init,
                                     .publish = publish,
                                     .subscribe = subscribe,
                                     .unsubscribe = unsubscribe,
                                     .pull = pull,
                                     .ack = ack};
