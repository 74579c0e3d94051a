// The exports of `bulk-secret-store`.
#include <stdlib.h>

#include "convert.h"
#include "plugbox/secret_store.h"

static const pbx_secret_store *const store = &plugbox_secret_store;

bool exports_dapr_components_bulk_secret_store_bulk_get(
    exports_dapr_components_bulk_secret_store_metadata_t *metadata,
    exports_dapr_components_bulk_secret_store_list_tuple2_string_secret_t *ret,
    exports_dapr_components_bulk_secret_store_error_t *err) {
    scratch scratch = {0};
    pbx_secrets secrets = {0};
    pbx_error error = {0};
    bool done = store->bulk_get ? store->bulk_get(metadata_in(metadata, &scratch), &secrets, &error)
                                : left_out(&error, "bulk_get");
    scratch_free(&scratch);
    exports_dapr_components_bulk_secret_store_metadata_free(metadata);
    if (error_out(done, &error, err)) {
        pbx_secrets_clear(&secrets);
        return false;
    }
    ret->len = secrets.count;
    ret->ptr = secrets.count ? pbx_alloc(secrets.count * sizeof *ret->ptr) : NULL;
    for (size_t i = 0; i < secrets.count; i++) {
        struct pbx_named_secret *named = &secrets.secrets[i];
        pbx_metadata values = {named->secret.values, named->secret.count};
        dapr_components_types_metadata_t out = metadata_out(&values);
        ret->ptr[i].f0 = text_out(&named->name);
        ret->ptr[i].f1.ptr = out.ptr;
        ret->ptr[i].f1.len = out.len;
    }
    free(secrets.secrets);
    return true;
}
