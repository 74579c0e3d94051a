// The exports of `state-store`.
#include "state.h"

static const pbx_state_store *const store = &plugbox_state_store;

bool exports_dapr_components_state_store_init(exports_dapr_components_state_store_metadata_t *properties,
                                              guest_list_string_t *ret,
                                              exports_dapr_components_state_store_error_t *err) {
    scratch scratch = {0};
    pbx_names features = {0};
    pbx_error error = {0};
    bool done = store->init ? store->init(metadata_in(properties, &scratch), &features, &error)
                            : left_out(&error, "init");
    scratch_free(&scratch);
    exports_dapr_components_state_store_metadata_free(properties);
    if (error_out(done, &error, err)) {
        pbx_names_clear(&features);
        return false;
    }
    SET_NAMES(ret, features);
    return true;
}

bool exports_dapr_components_state_store_get(exports_dapr_components_state_store_get_request_t *request,
                                             exports_dapr_components_state_store_option_item_t *ret,
                                             exports_dapr_components_state_store_state_error_t *err) {
    scratch scratch = {0};
    pbx_get_request view = get_request_in(request, &scratch);
    pbx_found found = {0};
    pbx_error error = {0};
    bool done = store->get ? store->get(&view, &found, &error) : left_out(&error, "get");
    scratch_free(&scratch);
    exports_dapr_components_state_store_get_request_free(request);
    if (state_error_out(done, &error, err)) {
        pbx_found_clear(&found);
        return false;
    }
    ret->is_some = found.is_some;
    if (found.is_some)
        ret->val = item_out(&found.item);
    return true;
}

bool exports_dapr_components_state_store_set(exports_dapr_components_state_store_set_request_t *request,
                                             exports_dapr_components_state_store_state_error_t *err) {
    scratch scratch = {0};
    pbx_set_request view = set_request_in(request, &scratch);
    pbx_error error = {0};
    bool done = store->set ? store->set(&view, &error) : left_out(&error, "set");
    scratch_free(&scratch);
    exports_dapr_components_state_store_set_request_free(request);
    return !state_error_out(done, &error, err);
}

bool exports_dapr_components_state_store_delete(exports_dapr_components_state_store_delete_request_t *request,
                                                exports_dapr_components_state_store_state_error_t *err) {
    scratch scratch = {0};
    pbx_delete_request view = delete_request_in(request, &scratch);
    pbx_error error = {0};
    bool done = store->del ? store->del(&view, &error) : left_out(&error, "del");
    scratch_free(&scratch);
    exports_dapr_components_state_store_delete_request_free(request);
    return !state_error_out(done, &error, err);
}
