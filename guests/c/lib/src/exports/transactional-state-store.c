// The exports of `transactional-state-store`.
#include "state.h"

static const pbx_state_store *const store = &plugbox_state_store;

bool exports_dapr_components_transactional_state_store_transact(
    exports_dapr_components_transactional_state_store_list_operation_t *operations,
    exports_dapr_components_transactional_state_store_metadata_t *metadata,
    exports_dapr_components_transactional_state_store_state_error_t *err) {
    scratch scratch = {0};
    size_t count = operations->len;
    pbx_operation *views = scratch_alloc(&scratch, count * sizeof *views);
    for (size_t i = 0; i < count; i++) {
        exports_dapr_components_transactional_state_store_operation_t *operation = &operations->ptr[i];
        if (operation->tag == EXPORTS_DAPR_COMPONENTS_TRANSACTIONAL_STATE_STORE_OPERATION_SET) {
            views[i].kind = PBX_SET;
            views[i].set = set_request_in(&operation->val.set, &scratch);
        } else {
            views[i].kind = PBX_DELETE;
            views[i].del = delete_request_in(&operation->val.delete_, &scratch);
        }
    }
    pbx_error error = {0};
    bool done = store->transact ? store->transact(views, count, metadata_in(metadata, &scratch), &error)
                                : left_out(&error, "transact");
    scratch_free(&scratch);
    exports_dapr_components_transactional_state_store_list_operation_free(operations);
    exports_dapr_components_transactional_state_store_metadata_free(metadata);
    return !state_error_out(done, &error, err);
}

bool exports_dapr_components_transactional_state_store_max_operations(uint32_t *ret) {
    *ret = store->max_operations ? store->max_operations() : 0;
    return *ret > 0;
}
