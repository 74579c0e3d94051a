// A state store. Define `plugbox_state_store` with your functions, and name what you export in the Makefile.
#ifndef PLUGBOX_STATE_STORE_H
#define PLUGBOX_STATE_STORE_H

#include "plugbox/base.h"

#ifdef __cplusplus
extern "C" {
#endif

// How writes to one key by several writers are settled.
typedef enum pbx_concurrency { PBX_ANY_WRITE, PBX_FIRST_WRITE, PBX_LAST_WRITE } pbx_concurrency;

// How fresh a read, or how durable a write, is to be.
typedef enum pbx_consistency { PBX_ANY_CONSISTENCY, PBX_EVENTUAL, PBX_STRONG } pbx_consistency;

typedef struct pbx_get_request {
    pbx_text key;
    pbx_consistency consistency;
    pbx_metadata metadata;
} pbx_get_request;

typedef struct pbx_set_request {
    pbx_text key;
    pbx_bytes value;
    // May be absent.
    pbx_text content_type;
    // May be absent; never empty.
    pbx_text etag;
    pbx_concurrency concurrency;
    pbx_consistency consistency;
    pbx_metadata metadata;
} pbx_set_request;

typedef struct pbx_delete_request {
    pbx_text key;
    // May be absent; never empty.
    pbx_text etag;
    pbx_concurrency concurrency;
    pbx_consistency consistency;
    pbx_metadata metadata;
} pbx_delete_request;

// What is stored under a key.
typedef struct pbx_item {
    pbx_bytes value;
    // May be absent; never empty.
    pbx_text etag;
    // May be absent.
    pbx_text content_type;
    pbx_metadata metadata;
} pbx_item;

// One step of a transaction.
typedef struct pbx_operation {
    enum { PBX_SET, PBX_DELETE } kind;
    union {
        pbx_set_request set;
        pbx_delete_request del;
    };
} pbx_operation;

// ---- Answers

// The answer to one get: nothing, until it is given an item. Begins as `{0}`.
typedef struct pbx_found {
    bool is_some;
    pbx_item item;
} pbx_found;

void pbx_found_set(pbx_found *found, const pbx_item *item);
void pbx_found_clear(pbx_found *found);

// The answers to many gets, one for each request, in any order. Keys without an answer are missing.
typedef struct pbx_found_all {
    struct pbx_found_or_failed {
        pbx_found found;
        pbx_text failure;
    } * answers;
    size_t count;
} pbx_found_all;

void pbx_found_all_set(pbx_found_all *all, size_t request, const pbx_item *item);
void pbx_found_all_fail(pbx_found_all *all, size_t request, const char *format, ...) PBX_PRINTF(3, 4);
void pbx_found_all_clear(pbx_found_all *all);

// The item's etag is another one now.
bool pbx_fail_etag_mismatch(pbx_error *error, const char *format, ...) PBX_PRINTF(2, 3);
// This could never be an etag of this store.
bool pbx_fail_etag_invalid(pbx_error *error, const char *format, ...) PBX_PRINTF(2, 3);
// A bulk delete touched fewer rows than it should.
bool pbx_fail_row_mismatch(pbx_error *error, uint64_t expected, uint64_t affected);

// An error for the application itself. `http_status` is from 400 to 599.
typedef struct pbx_app_error {
    pbx_code code;
    uint16_t http_status;
    const char *tag, *reason, *domain, *message;
} pbx_app_error;

bool pbx_fail_for_app(pbx_error *error, const pbx_app_error *why);

// ---- Queries

typedef enum pbx_comparison { PBX_EQ, PBX_NEQ, PBX_GT, PBX_GTE, PBX_LT, PBX_LTE } pbx_comparison;

// A JSON value to compare with.
typedef struct pbx_value {
    enum { PBX_NULL, PBX_BOOLEAN, PBX_INTEGER, PBX_NUMBER, PBX_STRING, PBX_JSON } kind;
    union {
        bool boolean;
        int64_t integer;
        double number;
        // Of a string; and of an array or object, as JSON.
        pbx_text text;
    };
} pbx_value;

// One node of a filter. A filter is a list of nodes: the first is the root, and children stand later than
// their parents.
typedef struct pbx_node {
    enum { PBX_ALL_OF, PBX_ANY_OF, PBX_COMPARE, PBX_ONE_OF } kind;
    // Of all-of and any-of: the places of the children.
    const uint32_t *children;
    size_t child_count;
    // Of the others. A comparison has one value.
    pbx_text path;
    pbx_comparison comparison;
    const pbx_value *values;
    size_t value_count;
} pbx_node;

typedef struct pbx_sort_key {
    pbx_text path;
    bool descending;
} pbx_sort_key;

typedef struct pbx_query {
    const pbx_node *filter;
    size_t filter_count;
    const pbx_sort_key *sort;
    size_t sort_count;
    // 0 for all.
    uint32_t limit;
    // May be absent.
    pbx_text token;
    pbx_metadata metadata;
} pbx_query;

// The answer to a query. Begins as `{0}`.
typedef struct pbx_page {
    struct pbx_row {
        pbx_text key;
        pbx_item item;
    } * rows;
    size_t count, capacity;
    // Absent on the last page.
    pbx_text token;
} pbx_page;

// The item's own metadata is left out: queries do not answer it.
void pbx_page_add(pbx_page *page, pbx_text key, const pbx_item *item);
// That there are more, and how to ask for them.
void pbx_page_more(pbx_page *page, pbx_text token);
void pbx_page_clear(pbx_page *page);

// ---- Your functions

// A function that is left out answers `unimplemented`, but for those that say otherwise. The contract
// (wit/deps/dapr/state.wit) says what each has to do. All but `max_operations` answer whether they did it.
typedef struct pbx_state_store {
    // Features: "ETAG", "TTL", "PARTITION_KEY".
    bool (*init)(pbx_metadata properties, pbx_names *features, pbx_error *error);
    bool (*get)(const pbx_get_request *request, pbx_found *found, pbx_error *error);
    bool (*set)(const pbx_set_request *request, pbx_error *error);
    bool (*del)(const pbx_delete_request *request, pbx_error *error);

    // bulk-state-store. Left out, they are done one by one with the functions above.
    bool (*bulk_get)(const pbx_get_request *requests, size_t count, pbx_found_all *all, pbx_error *error);
    bool (*bulk_set)(const pbx_set_request *requests, size_t count, pbx_error *error);
    bool (*bulk_del)(const pbx_delete_request *requests, size_t count, pbx_error *error);

    // transactional-state-store.
    bool (*transact)(const pbx_operation *operations, size_t count, pbx_metadata metadata, pbx_error *error);
    // 0 for no limit, and so when left out.
    uint32_t (*max_operations)(void);

    // queriable-state-store.
    bool (*query)(const pbx_query *query, pbx_page *page, pbx_error *error);
} pbx_state_store;

extern const pbx_state_store plugbox_state_store;

// What stands in for bulk functions that are left out.
bool pbx_bulk_get(const pbx_state_store *store, const pbx_get_request *requests, size_t count,
                  pbx_found_all *all, pbx_error *error);
bool pbx_bulk_set(const pbx_state_store *store, const pbx_set_request *requests, size_t count,
                  pbx_error *error);
bool pbx_bulk_del(const pbx_state_store *store, const pbx_delete_request *requests, size_t count,
                  pbx_error *error);

#ifdef __cplusplus
}
#endif

#endif
