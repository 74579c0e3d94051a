// The answers of a message broker, what it waits for, and many messages one by one.
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "plugbox/pub_sub.h"

void pbx_wait_for(pbx_waits *waits, uint64_t nanoseconds) {
    if (!waits->has_timer || nanoseconds < waits->timer)
        waits->timer = nanoseconds;
    waits->has_timer = true;
}

void pbx_wait_on(pbx_waits *waits, int32_t pollable) {
    PBX_GROW(waits->pollables, waits->count, waits->capacity);
    waits->pollables[waits->count++] = pollable;
}

void pbx_waits_clear(pbx_waits *waits) {
    free(waits->pollables);
    *waits = (pbx_waits){0};
}

void pbx_deliver(pbx_pulled *pulled, const pbx_delivery *delivery) {
    PBX_GROW(pulled->deliveries, pulled->count, pulled->capacity);
    pulled->deliveries[pulled->count++] = (pbx_delivery){
        .id = delivery->id,
        .message_id = pbx_text_clean(delivery->message_id),
        .topic = pbx_text_clean(delivery->topic),
        .data = pbx_bytes_keep(delivery->data),
        .content_type = delivery->content_type.size ? pbx_text_clean(delivery->content_type) : PBX_NONE,
        .metadata = pbx_metadata_clean(delivery->metadata),
    };
}

void pbx_pulled_clear(pbx_pulled *pulled) {
    for (size_t i = 0; i < pulled->count; i++) {
        pbx_delivery *delivery = &pulled->deliveries[i];
        pbx_text_drop(&delivery->message_id);
        pbx_text_drop(&delivery->topic);
        pbx_bytes_drop(&delivery->data);
        pbx_text_drop(&delivery->content_type);
        pbx_metadata_drop(&delivery->metadata);
    }
    free(pulled->deliveries);
    pbx_waits_clear(&pulled->waits);
    *pulled = (pbx_pulled){0};
}

void pbx_failures_add(pbx_failures *failures, pbx_text entry_id, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    PBX_GROW(failures->failures, failures->count, failures->capacity);
    failures->failures[failures->count++] =
        (struct pbx_failure){pbx_text_clean(entry_id), pbx_text_clean_printf(format, arguments)};
    va_end(arguments);
}

void pbx_failures_clear(pbx_failures *failures) {
    for (size_t i = 0; i < failures->count; i++) {
        pbx_text_drop(&failures->failures[i].entry_id);
        pbx_text_drop(&failures->failures[i].reason);
    }
    free(failures->failures);
    *failures = (pbx_failures){0};
}

static int by_id(const void *a, const void *b) {
    return pbx_text_compare(*(const pbx_text *)a, *(const pbx_text *)b);
}

static bool has_double(const pbx_text *sorted, size_t count, pbx_text id) {
    const pbx_text *one = bsearch(&id, sorted, count, sizeof *sorted, by_id);
    return one && ((one > sorted && pbx_text_equal(one[-1], id)) ||
                   (one + 1 < sorted + count && pbx_text_equal(one[1], id)));
}

// An entry's metadata, and of the request's what the entry does not say itself.
static pbx_metadata joined(pbx_metadata own, pbx_metadata request, pbx_property *place) {
    if (!request.count)
        return own;
    if (own.count)
        memcpy(place, own.entries, own.count * sizeof *place);
    size_t count = own.count;
    for (size_t i = 0; i < request.count; i++) {
        bool known = false;
        for (size_t j = 0; j < own.count && !known; j++)
            known = pbx_text_equal(own.entries[j].name, request.entries[i].name);
        if (!known)
            place[count++] = request.entries[i];
    }
    return (pbx_metadata){place, count};
}

bool pbx_bulk_publish(const pbx_pub_sub *broker, pbx_text topic, const pbx_entry *entries, size_t count,
                      pbx_metadata metadata, pbx_failures *failures, pbx_error *error) {
    if (!broker->publish)
        return pbx_fail(error, PBX_UNIMPLEMENTED, "this broker has no function publish");
    // An answer could not say which of several entries with one id it means, so none of them is published.
    pbx_text *ids = pbx_alloc(count * sizeof *ids);
    for (size_t i = 0; i < count; i++)
        ids[i] = entries[i].entry_id;
    qsort(ids, count, sizeof *ids, by_id);
    for (size_t i = 0; i < count; i++) {
        const pbx_entry *entry = &entries[i];
        if (!entry->entry_id.size) {
            pbx_failures_add(failures, entry->entry_id, "the entry has no id");
            continue;
        }
        if (has_double(ids, count, entry->entry_id)) {
            pbx_failures_add(failures, entry->entry_id, "several entries have this id");
            continue;
        }
        pbx_property *place = pbx_alloc((entry->metadata.count + metadata.count) * sizeof *place);
        pbx_outgoing message = {
            .topic = topic,
            .data = entry->data,
            .content_type = entry->content_type,
            .metadata = joined(entry->metadata, metadata, place),
        };
        pbx_error why = {0};
        if (!broker->publish(&message, &why))
            pbx_failures_add(failures, entry->entry_id, PBX_FMT, PBX_ARG(why.message));
        pbx_error_clear(&why);
        free(place);
    }
    free(ids);
    return true;
}
