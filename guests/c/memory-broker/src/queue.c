// What one group has still to get of one topic.
#include <stdlib.h>

#include "queue.h"

static const struct held *held_at(const pbx_heap_node *node) {
    return PBX_HOLDER(node, const struct held, place);
}

static bool is_older(const pbx_heap_node *a, const pbx_heap_node *b) {
    return held_at(a)->message->number < held_at(b)->message->number;
}

static bool is_due_first(const pbx_heap_node *a, const pbx_heap_node *b) {
    return held_at(a)->due < held_at(b)->due || (held_at(a)->due == held_at(b)->due && is_older(a, b));
}

struct queue *queue_new(pbx_text group, pbx_text topic) {
    struct queue *queue = pbx_alloc(sizeof *queue);
    *queue = (struct queue){
        .group = pbx_text_keep(group),
        .topic = pbx_text_keep(topic),
        .ready = {.before = is_older},
        .failed = {.before = is_due_first},
    };
    return queue;
}

static void clear(pbx_heap *heap) {
    for (pbx_heap_node *first; (first = pbx_heap_first(heap));)
        queue_forget(PBX_HOLDER(first, struct held, place));
    pbx_heap_clear(heap);
}

void queue_free(struct queue *queue) {
    clear(&queue->ready);
    clear(&queue->failed);
    pbx_text_drop(&queue->group);
    pbx_text_drop(&queue->topic);
    free(queue);
}

bool queue_is(const struct queue *queue, pbx_text group, pbx_text topic) {
    return pbx_text_equal(queue->group, group) && pbx_text_equal(queue->topic, topic);
}

static void make_ready(struct held *held) {
    held->state = READY;
    pbx_heap_add(&held->queue->ready, &held->place);
}

struct held *queue_add(struct queue *queue, struct message *message) {
    struct held *held = pbx_alloc(sizeof *held);
    *held = (struct held){.message = message, .queue = queue};
    message->holders++;
    queue->count++;
    make_ready(held);
    return held;
}

struct held *queue_next(struct queue *queue, uint64_t now) {
    uint64_t due;
    while (queue_due(queue, &due) && due <= now) {
        pbx_heap_node *first = pbx_heap_first(&queue->failed);
        pbx_heap_remove(&queue->failed, first);
        make_ready(PBX_HOLDER(first, struct held, place));
    }
    pbx_heap_node *first = pbx_heap_first(&queue->ready);
    if (!first)
        return NULL;
    struct held *held = PBX_HOLDER(first, struct held, place);
    pbx_heap_remove(&queue->ready, first);
    held->state = OUT;
    if (held->deliveries < UINT32_MAX)
        held->deliveries++;
    return held;
}

bool queue_due(const struct queue *queue, uint64_t *due) {
    const pbx_heap_node *first = pbx_heap_first(&queue->failed);
    if (first)
        *due = held_at(first)->due;
    return first != NULL;
}

void queue_return(struct held *held) {
    held->deliveries--;
    make_ready(held);
}

void queue_postpone(struct held *held, uint64_t due) {
    held->state = FAILED;
    held->due = due;
    pbx_heap_add(&held->queue->failed, &held->place);
}

void queue_forget(struct held *held) {
    struct queue *queue = held->queue;
    if (held->state != OUT)
        pbx_heap_remove(held->state == READY ? &queue->ready : &queue->failed, &held->place);
    queue->count--;
    struct message *message = held->message;
    if (--message->holders == 0) {
        pbx_text_drop(&message->topic);
        pbx_bytes_drop(&message->data);
        pbx_text_drop(&message->content_type);
        pbx_metadata_drop(&message->metadata);
        free(message);
    }
    free(held);
}
