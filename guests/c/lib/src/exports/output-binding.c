// The exports of `output-binding`.
#include "convert.h"
#include "plugbox/bindings.h"

static const pbx_output_binding *const binding = &plugbox_output_binding;

bool exports_dapr_components_output_binding_init(
    exports_dapr_components_output_binding_metadata_t *properties, guest_list_string_t *ret,
    exports_dapr_components_output_binding_error_t *err) {
    scratch scratch = {0};
    pbx_names operations = {0};
    pbx_error error = {0};
    bool done = binding->init ? binding->init(metadata_in(properties, &scratch), &operations, &error)
                              : left_out(&error, "init");
    scratch_free(&scratch);
    exports_dapr_components_output_binding_metadata_free(properties);
    if (error_out(done, &error, err)) {
        pbx_names_clear(&operations);
        return false;
    }
    SET_NAMES(ret, operations);
    return true;
}

bool exports_dapr_components_output_binding_invoke(
    exports_dapr_components_output_binding_invocation_t *request,
    exports_dapr_components_output_binding_response_t *ret,
    exports_dapr_components_output_binding_error_t *err) {
    scratch scratch = {0};
    pbx_invocation view = {
        .operation = text_in(request->operation),
        .data = BYTES_IN(request->data),
        .metadata = metadata_in(&request->metadata, &scratch),
    };
    pbx_responded responded = {0};
    pbx_error error = {0};
    bool done = binding->invoke ? binding->invoke(&view, &responded, &error) : left_out(&error, "invoke");
    scratch_free(&scratch);
    exports_dapr_components_output_binding_invocation_free(request);
    if (error_out(done, &error, err)) {
        pbx_responded_clear(&responded);
        return false;
    }
    SET_BYTES(ret->data, responded.response.data);
    SET_OPTION(ret->content_type, responded.response.content_type);
    ret->metadata = metadata_out(&responded.response.metadata);
    return true;
}
