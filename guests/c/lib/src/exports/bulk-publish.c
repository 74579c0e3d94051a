// The exports of `bulk-publish`.
#include "convert.h"
#include "plugbox/pub_sub.h"

static const pbx_pub_sub *const broker = &plugbox_pub_sub;

bool exports_dapr_components_bulk_publish_bulk_publish(
    guest_string_t *topic, exports_dapr_components_bulk_publish_list_entry_t *entries,
    exports_dapr_components_bulk_publish_metadata_t *metadata,
    exports_dapr_components_bulk_publish_list_failure_t *ret,
    exports_dapr_components_bulk_publish_error_t *err) {
    scratch scratch = {0};
    size_t count = entries->len;
    pbx_entry *views = scratch_alloc(&scratch, count * sizeof *views);
    for (size_t i = 0; i < count; i++)
        views[i] = (pbx_entry){
            .entry_id = text_in(entries->ptr[i].entry_id),
            .data = BYTES_IN(entries->ptr[i].data),
            .content_type = OPTION_IN(entries->ptr[i].content_type),
            .metadata = metadata_in(&entries->ptr[i].metadata, &scratch),
        };
    pbx_metadata request = metadata_in(metadata, &scratch);
    pbx_failures failures = {0};
    pbx_error error = {0};
    bool done = broker->bulk_publish
                    ? broker->bulk_publish(text_in(*topic), views, count, request, &failures, &error)
                    : pbx_bulk_publish(broker, text_in(*topic), views, count, request, &failures, &error);
    scratch_free(&scratch);
    guest_string_free(topic);
    exports_dapr_components_bulk_publish_list_entry_free(entries);
    exports_dapr_components_bulk_publish_metadata_free(metadata);
    if (error_out(done, &error, err)) {
        pbx_failures_clear(&failures);
        return false;
    }
    ret->len = failures.count;
    ret->ptr = failures.count ? pbx_alloc(failures.count * sizeof *ret->ptr) : NULL;
    for (size_t i = 0; i < failures.count; i++) {
        ret->ptr[i].entry_id = text_out(&failures.failures[i].entry_id);
        ret->ptr[i].reason = text_out(&failures.failures[i].reason);
    }
    // What was moved is gone from there.
    pbx_failures_clear(&failures);
    return true;
}
