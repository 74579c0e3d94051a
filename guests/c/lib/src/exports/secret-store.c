// The exports of `secret-store`.
#include "convert.h"
#include "plugbox/secret_store.h"

static const pbx_secret_store *const store = &plugbox_secret_store;

bool exports_dapr_components_secret_store_init(exports_dapr_components_secret_store_metadata_t *properties,
                                               guest_list_string_t *ret,
                                               exports_dapr_components_secret_store_error_t *err) {
    scratch scratch = {0};
    pbx_names features = {0};
    pbx_error error = {0};
    bool done = store->init ? store->init(metadata_in(properties, &scratch), &features, &error)
                            : left_out(&error, "init");
    scratch_free(&scratch);
    exports_dapr_components_secret_store_metadata_free(properties);
    if (error_out(done, &error, err)) {
        pbx_names_clear(&features);
        return false;
    }
    SET_NAMES(ret, features);
    return true;
}

bool exports_dapr_components_secret_store_get(guest_string_t *name,
                                              exports_dapr_components_secret_store_metadata_t *metadata,
                                              exports_dapr_components_secret_store_secret_t *ret,
                                              exports_dapr_components_secret_store_error_t *err) {
    scratch scratch = {0};
    pbx_secret secret = {0};
    pbx_error error = {0};
    bool done = store->get ? store->get(text_in(*name), metadata_in(metadata, &scratch), &secret, &error)
                           : left_out(&error, "get");
    scratch_free(&scratch);
    guest_string_free(name);
    exports_dapr_components_secret_store_metadata_free(metadata);
    if (error_out(done, &error, err)) {
        pbx_secret_clear(&secret);
        return false;
    }
    pbx_metadata values = {secret.values, secret.count};
    dapr_components_types_metadata_t out = metadata_out(&values);
    ret->ptr = out.ptr;
    ret->len = out.len;
    return true;
}
