// The items and the rules of writing them.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "expiry.h"
#include "store.h"

// How many expired items one write clears away. More than the one that it may add, so that they never pile
// up; few enough that no write has to wait for the clearing of a million.
enum { CLEARED_PER_WRITE = 32 };

// The decimal digits of 64 bits, and a NUL.
enum { ETAG_SIZE = 21 };

static pbx_text etag_write(uint64_t etag, char text[ETAG_SIZE]) {
    return (pbx_text){text, (size_t)snprintf(text, ETAG_SIZE, "%" PRIu64, etag)};
}

static bool comes_first(const pbx_heap_node *a, const pbx_heap_node *b) {
    return PBX_HOLDER(a, struct entry, expiry)->expires < PBX_HOLDER(b, struct entry, expiry)->expires;
}

void store_open(struct store *store, uint64_t (*now)(void)) {
    // In nanoseconds: so many writes no store does.
    *store = (struct store){.expiring = {.before = comes_first}, .last_etag = now() * 1000000, .now = now};
}

static void entry_free(struct entry *entry) {
    if (!entry)
        return;
    pbx_text_drop(&entry->key);
    pbx_bytes_drop(&entry->value);
    pbx_text_drop(&entry->content_type);
    free(entry);
}

void store_close(struct store *store) {
    struct entry *entry, *next;
    HASH_ITER(hh, store->entries, entry, next) {
        HASH_DEL(store->entries, entry);
        entry_free(entry);
    }
    pbx_heap_clear(&store->expiring);
}

bool store_is_live(const struct store *store, const struct entry *entry) {
    // The clock is asked only for entries that expire: it costs a call out of the guest.
    return !entry->expires || entry->expires > store->now();
}

static struct entry *find(const struct store *store, pbx_text key) {
    struct entry *entry;
    HASH_FIND(hh, store->entries, key.data, key.size, entry);
    return entry;
}

static struct entry *find_live(const struct store *store, pbx_text key) {
    struct entry *entry = find(store, key);
    return entry && store_is_live(store, entry) ? entry : NULL;
}

void store_show(const struct entry *entry, void (*call)(const pbx_item *item, void *context), void *context) {
    char etag[ETAG_SIZE], moment[MOMENT_SIZE];
    pbx_item item = {
        .value = entry->value, .etag = etag_write(entry->etag, etag), .content_type = entry->content_type};
    pbx_property expiry = {.name = PBX_TEXT("ttlExpireTime")};
    if (entry->expires) {
        moment_write(entry->expires, moment);
        expiry.value = pbx_text_of(moment);
        item.metadata = (pbx_metadata){&expiry, 1};
    }
    call(&item, context);
}

static void found(const pbx_item *item, void *answer) {
    pbx_found_set(answer, item);
}

void store_get(struct store *store, pbx_text key, pbx_found *answer) {
    const struct entry *entry = find_live(store, key);
    if (entry)
        store_show(entry, found, answer);
}

// Puts an entry, or none, in the place of what is there, and answers that. All changes go through here, so
// that `expiring` is never out of step.
static struct entry *replace(struct store *store, pbx_text key, struct entry *entry) {
    struct entry *before = find(store, key);
    if (before) {
        HASH_DEL(store->entries, before);
        pbx_heap_remove(&store->expiring, &before->expiry);
    }
    if (entry) {
        HASH_ADD_KEYPTR(hh, store->entries, entry->key.data, entry->key.size, entry);
        if (entry->expires)
            pbx_heap_add(&store->expiring, &entry->expiry);
    }
    return before;
}

// Gives back the memory of items that have expired, some for each write to come.
static void clear_expired(struct store *store, size_t writes) {
    const pbx_heap_node *first = pbx_heap_first(&store->expiring);
    if (!first)
        return;
    uint64_t now = store->now();
    for (size_t left = writes * CLEARED_PER_WRITE; left && (first = pbx_heap_first(&store->expiring));
         left--) {
        struct entry *entry = PBX_HOLDER(first, struct entry, expiry);
        if (entry->expires > now)
            break;
        entry_free(replace(store, entry->key, NULL));
    }
}

// Whether a write with this etag may go on. `first_only` speaks where there is no etag.
static bool check(const struct store *store, pbx_text key, pbx_text etag, bool first_only, pbx_error *error) {
    if (!etag.size) {
        if (first_only && find_live(store, key))
            return pbx_fail_etag_mismatch(
                error, "key \"" PBX_FMT "\" is there already, and only its first write can succeed",
                PBX_ARG(key));
        return true;
    }
    uint64_t number;
    char text[ETAG_SIZE];
    // 007 is a number too, but this store does not write it.
    if (!pbx_text_to_u64(etag, &number) || !pbx_text_equal(etag_write(number, text), etag))
        return pbx_fail_etag_invalid(error,
                                     "\"" PBX_FMT "\", given for key \"" PBX_FMT
                                     "\", is not an etag of this store: those are decimal numbers",
                                     PBX_ARG(etag), PBX_ARG(key));
    const struct entry *entry = find_live(store, key);
    if (!entry)
        return pbx_fail_etag_mismatch(error, "key \"" PBX_FMT "\" is not there, so no etag matches",
                                      PBX_ARG(key));
    if (entry->etag != number)
        return pbx_fail_etag_mismatch(error, "key \"" PBX_FMT "\" has the etag %" PRIu64 " now, not %" PRIu64,
                                      PBX_ARG(key), entry->etag, number);
    return true;
}

static bool write_entry(struct store *store, const pbx_set_request *request, struct entry **before,
                        pbx_error *error) {
    uint64_t expires;
    if (!check(store, request->key, request->etag, request->concurrency == PBX_FIRST_WRITE, error) ||
        !expiry_requested(request->metadata, request->key, store->now, &expires, error))
        return false;
    struct entry *entry = pbx_zeroed(sizeof *entry);
    entry->key = pbx_text_keep(request->key);
    entry->value = pbx_bytes_keep(request->value);
    entry->content_type = pbx_text_keep(request->content_type);
    entry->etag = ++store->last_etag;
    entry->expires = expires;
    *before = replace(store, entry->key, entry);
    return true;
}

static bool remove_entry(struct store *store, const pbx_delete_request *request, struct entry **before,
                         pbx_error *error) {
    if (!check(store, request->key, request->etag, false, error))
        return false;
    *before = replace(store, request->key, NULL);
    return true;
}

bool store_set(struct store *store, const pbx_set_request *request, pbx_error *error) {
    clear_expired(store, 1);
    struct entry *before = NULL;
    bool done = write_entry(store, request, &before, error);
    entry_free(before);
    return done;
}

bool store_delete(struct store *store, const pbx_delete_request *request, pbx_error *error) {
    clear_expired(store, 1);
    struct entry *before = NULL;
    bool done = remove_entry(store, request, &before, error);
    entry_free(before);
    return done;
}

bool store_transact(struct store *store, const pbx_operation *operations, size_t count, pbx_error *error) {
    clear_expired(store, count);
    struct entry **before = pbx_zeroed(count * sizeof *before);
    size_t done = 0;
    for (; done < count; done++) {
        const pbx_operation *operation = &operations[done];
        bool good = operation->kind == PBX_SET ? write_entry(store, &operation->set, &before[done], error)
                                               : remove_entry(store, &operation->del, &before[done], error);
        if (!good)
            break;
    }
    if (done == count) {
        for (size_t i = 0; i < count; i++)
            entry_free(before[i]);
    } else {
        // What those before the failure did is undone, the last of them first.
        for (size_t i = done; i-- > 0;) {
            const pbx_operation *operation = &operations[i];
            pbx_text key = operation->kind == PBX_SET ? operation->set.key : operation->del.key;
            entry_free(replace(store, key, before[i]));
        }
    }
    free(before);
    return done == count;
}
