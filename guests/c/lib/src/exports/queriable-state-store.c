// The exports of `queriable-state-store`.
#include "state.h"

static const pbx_state_store *const store = &plugbox_state_store;

typedef exports_dapr_components_queriable_state_store_query_request_t query_request;
typedef exports_dapr_components_queriable_state_store_node_t node;
typedef exports_dapr_components_queriable_state_store_value_t value;

static pbx_value value_in(const value *value) {
    switch (value->tag) {
    case EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_VALUE_BOOLEAN:
        return (pbx_value){.kind = PBX_BOOLEAN, .boolean = value->val.boolean};
    case EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_VALUE_INTEGER:
        return (pbx_value){.kind = PBX_INTEGER, .integer = value->val.integer};
    case EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_VALUE_NUMBER:
        return (pbx_value){.kind = PBX_NUMBER, .number = value->val.number};
    case EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_VALUE_TEXT:
        return (pbx_value){.kind = PBX_STRING, .text = text_in(value->val.text)};
    case EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_VALUE_JSON:
        return (pbx_value){.kind = PBX_JSON, .text = text_in(value->val.json)};
    default:
        return (pbx_value){.kind = PBX_NULL};
    }
}

static pbx_node node_in(const node *node, scratch *scratch) {
    switch (node->tag) {
    case EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_NODE_ALL_OF:
        return (pbx_node){
            .kind = PBX_ALL_OF, .children = node->val.all_of.ptr, .child_count = node->val.all_of.len};
    case EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_NODE_ANY_OF:
        return (pbx_node){
            .kind = PBX_ANY_OF, .children = node->val.any_of.ptr, .child_count = node->val.any_of.len};
    case EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_NODE_COMPARE: {
        pbx_value *operand = scratch_alloc(scratch, sizeof *operand);
        *operand = value_in(&node->val.compare.value);
        return (pbx_node){
            .kind = PBX_COMPARE,
            .path = text_in(node->val.compare.path),
            .comparison = (pbx_comparison)node->val.compare.comparison,
            .values = operand,
            .value_count = 1,
        };
    }
    default: {
        size_t count = node->val.one_of.values.len;
        pbx_value *values = scratch_alloc(scratch, count * sizeof *values);
        for (size_t i = 0; i < count; i++)
            values[i] = value_in(&node->val.one_of.values.ptr[i]);
        return (pbx_node){
            .kind = PBX_ONE_OF,
            .path = text_in(node->val.one_of.path),
            .values = values,
            .value_count = count,
        };
    }
    }
}

static pbx_query query_in(const query_request *request, scratch *scratch) {
    pbx_node *nodes = scratch_alloc(scratch, request->filter.len * sizeof *nodes);
    for (size_t i = 0; i < request->filter.len; i++)
        nodes[i] = node_in(&request->filter.ptr[i], scratch);
    pbx_sort_key *keys = scratch_alloc(scratch, request->sort.len * sizeof *keys);
    for (size_t i = 0; i < request->sort.len; i++)
        keys[i] = (pbx_sort_key){text_in(request->sort.ptr[i].path), request->sort.ptr[i].descending};
    return (pbx_query){
        .filter = nodes,
        .filter_count = request->filter.len,
        .sort = keys,
        .sort_count = request->sort.len,
        .limit = request->limit.is_some ? request->limit.val : 0,
        .token = OPTION_IN(request->token),
        .metadata = metadata_in(&request->metadata, scratch),
    };
}

// Comparisons are taken over by their numbers.
#define SAME(name)                                                                                           \
    _Static_assert((int)PBX_##name == EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_COMPARISON_##name,       \
                   "the contract has other numbers than the library")
SAME(EQ);
SAME(NEQ);
SAME(GT);
SAME(GTE);
SAME(LT);
SAME(LTE);

// The generated free leaves out the lists of children (wit-bindgen 0.61). What is empty it does not free a
// second time.
static void free_children(query_request *request) {
    for (size_t i = 0; i < request->filter.len; i++) {
        node *node = &request->filter.ptr[i];
        if (node->tag == EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_NODE_ALL_OF ||
            node->tag == EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_NODE_ANY_OF) {
            guest_list_u32_free(&node->val.all_of);
            node->val.all_of.len = 0;
        }
    }
}

bool exports_dapr_components_queriable_state_store_query(
    query_request *request, exports_dapr_components_queriable_state_store_page_t *ret,
    exports_dapr_components_queriable_state_store_state_error_t *err) {
    scratch scratch = {0};
    pbx_query view = query_in(request, &scratch);
    pbx_page page = {0};
    pbx_error error = {0};
    bool done = store->query ? store->query(&view, &page, &error) : left_out(&error, "query");
    scratch_free(&scratch);
    free_children(request);
    exports_dapr_components_queriable_state_store_query_request_free(request);
    if (state_error_out(done, &error, err)) {
        pbx_page_clear(&page);
        return false;
    }
    ret->items.len = page.count;
    ret->items.ptr = page.count ? pbx_alloc(page.count * sizeof *ret->items.ptr) : NULL;
    for (size_t i = 0; i < page.count; i++) {
        struct pbx_row *row = &page.rows[i];
        exports_dapr_components_queriable_state_store_found_t *found = &ret->items.ptr[i];
        found->key = text_out(&row->key);
        SET_BYTES(found->value, row->item.value);
        SET_OPTION(found->etag, row->item.etag);
        SET_OPTION(found->content_type, row->item.content_type);
    }
    SET_OPTION(ret->token, page.token);
    ret->metadata.ptr = NULL;
    ret->metadata.len = 0;
    // What was moved is gone from there.
    pbx_page_clear(&page);
    return true;
}
