// The items and the rules of writing them: etags, first writes, expiry, and transactions.
#ifndef STORE_H
#define STORE_H

#include <plugbox/heap.h>
#include <plugbox/state_store.h>
#include <uthash.h>

// What is stored under one key. It may have expired: then it is as good as missing.
struct entry {
    pbx_text key;
    pbx_bytes value;
    // May be absent.
    pbx_text content_type;
    uint64_t etag;
    // A moment in milliseconds; 0 for never.
    uint64_t expires;
    pbx_heap_node expiry;
    UT_hash_handle hh;
};

struct store {
    struct entry *entries;
    // Those that expire, the next to do so first.
    pbx_heap expiring;
    uint64_t last_etag;
    uint64_t (*now)(void);
};

// Etags count from the time of the start, so that those of a store that was ended do not match in its
// successor.
void store_open(struct store *store, uint64_t (*now)(void));
void store_close(struct store *store);

void store_get(struct store *store, pbx_text key, pbx_found *found);
bool store_set(struct store *store, const pbx_set_request *request, pbx_error *error);
bool store_delete(struct store *store, const pbx_delete_request *request, pbx_error *error);
// Does all operations or none.
bool store_transact(struct store *store, const pbx_operation *operations, size_t count, pbx_error *error);

// Whether an entry has not expired.
bool store_is_live(const struct store *store, const struct entry *entry);
// An entry as an item, for as long as `call` does not return.
void store_show(const struct entry *entry, void (*call)(const pbx_item *item, void *context), void *context);

#endif
