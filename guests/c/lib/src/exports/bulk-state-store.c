// The exports of `bulk-state-store`.
#include <stdlib.h>

#include "state.h"

static const pbx_state_store *const store = &plugbox_state_store;

bool exports_dapr_components_bulk_state_store_bulk_get(
    exports_dapr_components_bulk_state_store_list_get_request_t *requests,
    exports_dapr_components_bulk_state_store_list_result_option_item_string_t *ret,
    exports_dapr_components_bulk_state_store_state_error_t *err) {
    scratch scratch = {0};
    size_t count = requests->len;
    pbx_get_request *views = scratch_alloc(&scratch, count * sizeof *views);
    for (size_t i = 0; i < count; i++)
        views[i] = get_request_in(&requests->ptr[i], &scratch);
    pbx_found_all all = {pbx_zeroed(count * sizeof *all.answers), count};
    pbx_error error = {0};
    bool done = store->bulk_get ? store->bulk_get(views, count, &all, &error)
                                : pbx_bulk_get(store, views, count, &all, &error);
    scratch_free(&scratch);
    exports_dapr_components_bulk_state_store_list_get_request_free(requests);
    if (state_error_out(done, &error, err)) {
        pbx_found_all_clear(&all);
        return false;
    }
    ret->len = count;
    ret->ptr = count ? pbx_alloc(count * sizeof *ret->ptr) : NULL;
    for (size_t i = 0; i < count; i++) {
        struct pbx_found_or_failed *answer = &all.answers[i];
        ret->ptr[i].is_err = pbx_text_is_some(answer->failure);
        if (ret->ptr[i].is_err) {
            ret->ptr[i].val.err = text_out(&answer->failure);
            continue;
        }
        ret->ptr[i].val.ok.is_some = answer->found.is_some;
        if (answer->found.is_some)
            ret->ptr[i].val.ok.val = item_out(&answer->found.item);
    }
    // What was moved is gone from there.
    pbx_found_all_clear(&all);
    return true;
}

bool exports_dapr_components_bulk_state_store_bulk_set(
    exports_dapr_components_bulk_state_store_list_set_request_t *requests,
    exports_dapr_components_bulk_state_store_state_error_t *err) {
    scratch scratch = {0};
    size_t count = requests->len;
    pbx_set_request *views = scratch_alloc(&scratch, count * sizeof *views);
    for (size_t i = 0; i < count; i++)
        views[i] = set_request_in(&requests->ptr[i], &scratch);
    pbx_error error = {0};
    bool done =
        store->bulk_set ? store->bulk_set(views, count, &error) : pbx_bulk_set(store, views, count, &error);
    scratch_free(&scratch);
    exports_dapr_components_bulk_state_store_list_set_request_free(requests);
    return !state_error_out(done, &error, err);
}

bool exports_dapr_components_bulk_state_store_bulk_delete(
    exports_dapr_components_bulk_state_store_list_delete_request_t *requests,
    exports_dapr_components_bulk_state_store_state_error_t *err) {
    scratch scratch = {0};
    size_t count = requests->len;
    pbx_delete_request *views = scratch_alloc(&scratch, count * sizeof *views);
    for (size_t i = 0; i < count; i++)
        views[i] = delete_request_in(&requests->ptr[i], &scratch);
    pbx_error error = {0};
    bool done =
        store->bulk_del ? store->bulk_del(views, count, &error) : pbx_bulk_del(store, views, count, &error);
    scratch_free(&scratch);
    exports_dapr_components_bulk_state_store_list_delete_request_free(requests);
    return !state_error_out(done, &error, err);
}
