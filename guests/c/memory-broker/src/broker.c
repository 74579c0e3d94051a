// The queues, the subscriptions, and what happens between them.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "broker.h"
#include "topic.h"

// The metadata of a delivery that is not the first of its message.
#define DELIVERY_COUNT "deliveryCount"

// The decimal digits of 64 bits, and a NUL.
enum { NUMBER_SIZE = 21 };

static const uint64_t SECOND = 1000000000;

static struct held *expiring_at(const pbx_heap_node *node) {
    return PBX_HOLDER(node, struct held, expiry);
}

static bool expires_first(const pbx_heap_node *a, const pbx_heap_node *b) {
    return expiring_at(a)->message->expires < expiring_at(b)->message->expires;
}

void broker_open(struct broker *broker, uint64_t (*now)(void)) {
    *broker =
        (struct broker){.settings = settings_default(), .expiring = {.before = expires_first}, .now = now};
    broker->last_queue = &broker->queues;
}

void broker_close(struct broker *broker) {
    struct subscription *subscription, *next;
    HASH_ITER(hh, broker->subscriptions, subscription, next) {
        broker_unsubscribe(broker, subscription->id);
    }
    for (struct queue *queue = broker->queues; queue;) {
        struct queue *gone = queue;
        queue = queue->next;
        queue_free(gone);
    }
    pbx_heap_clear(&broker->expiring);
    pbx_text_drop(&broker->settings.group);
}

bool broker_configure(struct broker *broker, pbx_metadata properties, pbx_error *error) {
    return settings_read(&broker->settings, properties, error);
}

// Is done with a message, wherever it is.
static void forget(struct broker *broker, struct held *held) {
    pbx_heap_remove(&broker->expiring, &held->expiry);
    queue_forget(held);
}

// Gives back the memory of the messages that have expired. One that is out is looked at when it comes back.
static void clear_expired(struct broker *broker) {
    const pbx_heap_node *first = pbx_heap_first(&broker->expiring);
    if (!first)
        // The clock is asked only where it can matter: it costs a call out of the guest.
        return;
    uint64_t now = broker->now();
    for (; (first = pbx_heap_first(&broker->expiring)) && has_expired(expiring_at(first), now);)
        forget(broker, expiring_at(first));
}

bool broker_publish(struct broker *broker, const pbx_outgoing *outgoing, pbx_error *error) {
    uint64_t life;
    if (!topic_check(outgoing->topic, error) || !settings_life(outgoing->metadata, &life, error))
        return false;
    clear_expired(broker);
    size_t most = broker->settings.max_messages;
    bool is_wanted = false;
    for (const struct queue *queue = broker->queues; queue; queue = queue->next) {
        if (!topic_matches(queue->topic, outgoing->topic))
            continue;
        is_wanted = true;
        if (queue->count >= most)
            return pbx_fail(error, PBX_RESOURCE_EXHAUSTED,
                            "the group \"" PBX_FMT "\" has %zu messages of the topic \"" PBX_FMT
                            "\" to take first; maxMessages allows %zu",
                            PBX_ARG(queue->group), queue->count, PBX_ARG(outgoing->topic), most);
    }
    if (!is_wanted)
        return true;
    struct message *message = pbx_zeroed(sizeof *message);
    message->number = ++broker->last_message;
    message->topic = pbx_text_keep(outgoing->topic);
    message->data = pbx_bytes_keep(outgoing->data);
    message->content_type = pbx_text_keep(outgoing->content_type);
    message->metadata = pbx_metadata_keep(outgoing->metadata);
    if (life) {
        uint64_t now = broker->now();
        // A life past what the clock can count has no end.
        message->expires = life <= (UINT64_MAX - now) / SECOND ? now + life * SECOND : 0;
    }
    for (struct queue *queue = broker->queues; queue; queue = queue->next) {
        if (!topic_matches(queue->topic, outgoing->topic))
            continue;
        struct held *held = queue_add(queue, message);
        if (message->expires)
            pbx_heap_add(&broker->expiring, &held->expiry);
    }
    return true;
}

static struct subscription *find_subscription(const struct broker *broker, uint64_t id) {
    struct subscription *subscription;
    HASH_FIND(hh, broker->subscriptions, &id, sizeof id, subscription);
    return subscription;
}

static struct queue *find_queue(struct broker *broker, pbx_text group, pbx_text topic) {
    for (struct queue *queue = broker->queues; queue; queue = queue->next)
        if (queue_is(queue, group, topic))
            return queue;
    struct queue *queue = *broker->last_queue = queue_new(group, topic);
    broker->last_queue = &queue->next;
    return queue;
}

bool broker_subscribe(struct broker *broker, uint64_t id, pbx_text topic, pbx_metadata metadata,
                      uint32_t *window, pbx_error *error) {
    *window = broker->settings.window;
    if (!settings_window(metadata, window, error) || !topic_check_filter(topic, error))
        return false;
    if (find_subscription(broker, id))
        return pbx_fail(error, PBX_INVALID_ARGUMENT, "there is a subscription %" PRIu64 " already", id);
    pbx_text group = settings_group(metadata);
    struct subscription *subscription = pbx_zeroed(sizeof *subscription);
    subscription->id = id;
    subscription->queue = find_queue(broker, pbx_text_is_some(group) ? group : broker->settings.group, topic);
    HASH_ADD(hh, broker->subscriptions, id, sizeof subscription->id, subscription);
    return true;
}

// Takes back a message that was out, unless it has expired meanwhile: false, and it is gone.
static bool take_back(struct broker *broker, struct held *held, uint64_t now) {
    if (has_expired(held, now)) {
        forget(broker, held);
        return false;
    }
    if (held->message->expires)
        pbx_heap_add(&broker->expiring, &held->expiry);
    return true;
}

void broker_unsubscribe(struct broker *broker, uint64_t id) {
    struct subscription *subscription = find_subscription(broker, id);
    if (!subscription)
        return;
    uint64_t now = subscription->out ? broker->now() : 0;
    struct held *held, *next;
    HASH_ITER(hh, subscription->out, held, next) {
        HASH_DEL(subscription->out, held);
        if (take_back(broker, held, now))
            queue_return(held);
    }
    HASH_DEL(broker->subscriptions, subscription);
    free(subscription);
}

static void add_delivery(pbx_pulled *pulled, uint64_t id, const struct held *held) {
    const struct message *message = held->message;
    char message_id[NUMBER_SIZE], count[NUMBER_SIZE];
    snprintf(message_id, sizeof message_id, "%" PRIu64, held->delivery);
    snprintf(count, sizeof count, "%" PRIu32, held->deliveries);
    pbx_metadata metadata = message->metadata;
    pbx_property *counted = NULL;
    if (held->deliveries > 1) {
        counted = pbx_alloc((metadata.count + 1) * sizeof *counted);
        size_t size = 0;
        for (size_t i = 0; i < metadata.count; i++)
            if (!pbx_text_equal(metadata.entries[i].name, PBX_TEXT(DELIVERY_COUNT)))
                counted[size++] = metadata.entries[i];
        counted[size++] = (pbx_property){PBX_TEXT(DELIVERY_COUNT), pbx_text_of(count)};
        metadata = (pbx_metadata){counted, size};
    }
    pbx_deliver(pulled, &(pbx_delivery){
                            .id = id,
                            .message_id = pbx_text_of(message_id),
                            .topic = message->topic,
                            .data = message->data,
                            .content_type = message->content_type,
                            .metadata = metadata,
                        });
    free(counted);
}

// The next message for a subscription; or when there may be one, if time alone can bring it.
static bool deliver(struct broker *broker, uint64_t id, uint64_t now, pbx_pulled *pulled) {
    struct subscription *subscription = find_subscription(broker, id);
    if (!subscription)
        return false;
    struct held *held = queue_next(subscription->queue, now);
    if (!held) {
        uint64_t due;
        if (queue_due(subscription->queue, &due))
            pbx_wait_for(&pulled->waits, due - now);
        return false;
    }
    // Each delivery has an id of its own, so that no answer to one is taken for the answer to another.
    held->delivery = ++broker->last_delivery;
    pbx_heap_remove(&broker->expiring, &held->expiry);
    add_delivery(pulled, id, held);
    HASH_ADD(hh, subscription->out, delivery, sizeof held->delivery, held);
    return true;
}

void broker_pull(struct broker *broker, const pbx_demand *wanted, size_t count, pbx_pulled *pulled) {
    clear_expired(broker);
    uint64_t now = broker->now();
    uint32_t *left = pbx_alloc(count * sizeof *left);
    for (size_t i = 0; i < count; i++)
        left[i] = wanted[i].messages;
    for (bool is_over = false; !is_over;) {
        is_over = true;
        for (size_t i = 0; i < count; i++) {
            if (!left[i])
                continue;
            left[i] = deliver(broker, wanted[i].id, now, pulled) ? left[i] - 1 : 0;
            is_over = is_over && !left[i];
        }
    }
    free(left);
}

void broker_ack(struct broker *broker, uint64_t id, pbx_text message_id, pbx_text failure) {
    struct subscription *subscription = find_subscription(broker, id);
    uint64_t delivery;
    struct held *held = NULL;
    if (!subscription || !pbx_text_to_u64(message_id, &delivery))
        return;
    HASH_FIND(hh, subscription->out, &delivery, sizeof delivery, held);
    if (!held)
        return;
    HASH_DEL(subscription->out, held);
    uint32_t most = broker->settings.max_deliveries;
    if (!pbx_text_is_some(failure)) {
        forget(broker, held);
    } else if (most && held->deliveries >= most) {
        fprintf(stderr,
                "a message of the topic \"" PBX_FMT "\" is dropped after %" PRIu32
                " failed deliveries, the last one because: " PBX_FMT "\n",
                PBX_ARG(held->message->topic), held->deliveries, PBX_ARG(failure));
        forget(broker, held);
    } else {
        uint64_t now = broker->now();
        if (take_back(broker, held, now))
            queue_postpone(held, now + broker->settings.redeliver_after);
    }
}
