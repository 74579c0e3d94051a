// A state store in memory with all that Dapr knows of state: etags, first writes, expiry, bulk calls,
// transactions, queries.
//
// This file is the border: each function that the host calls is one line here. The rules behind it are plain
// C, which `make test` runs without WebAssembly. Bulk calls are the library's, which does them one by one.
//
// Nothing bounds what is stored but the memory that the host grants to the instance, and nothing outlives the
// instance.
#include <plugbox/state_store.h>

#include "expiry.h"
#include "query.h"
#include "store.h"

// Opened by the first call.
static struct store *the_store(void) {
    static struct store store;
    if (!store.now)
        store_open(&store, moment_now);
    return &store;
}

// Needs no properties. Whoever calls it again finds the items still there: Dapr does so when the Component
// resource has changed, and its applications do not expect to lose their state by that.
static bool init(pbx_metadata properties, pbx_names *features, pbx_error *error) {
    pbx_names_add(features, "ETAG");
    pbx_names_add(features, "TTL");
    return true;
}

static bool get(const pbx_get_request *request, pbx_found *found, pbx_error *error) {
    store_get(the_store(), request->key, found);
    return true;
}

static bool set(const pbx_set_request *request, pbx_error *error) {
    return store_set(the_store(), request, error);
}

static bool del(const pbx_delete_request *request, pbx_error *error) {
    return store_delete(the_store(), request, error);
}

// The transaction's own metadata is for stores that are spread over partitions; an item's expiry comes with
// its operation.
static bool transact(const pbx_operation *operations, size_t count, pbx_metadata metadata, pbx_error *error) {
    return store_transact(the_store(), operations, count, error);
}

static bool query(const pbx_query *query, pbx_page *page, pbx_error *error) {
    return query_run(the_store(), query, page, error);
}

const pbx_state_store plugbox_state_store = {
    .init = init,
    .get = get,
    .set = set,
    .del = del,
    .transact = transact,
    .query = query,
};
