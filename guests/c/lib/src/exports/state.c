// Between the generated types and the library's own, for the state-store family.
#include "state.h"

// These are taken over by their numbers.
#define SAME(own, name)                                                                                      \
    _Static_assert((int)(own) == DAPR_COMPONENTS_STATE_TYPES_##name,                                         \
                   "the contract has other numbers than the library")
SAME(PBX_ANY_WRITE, CONCURRENCY_UNSPECIFIED);
SAME(PBX_FIRST_WRITE, CONCURRENCY_FIRST_WRITE);
SAME(PBX_LAST_WRITE, CONCURRENCY_LAST_WRITE);
SAME(PBX_ANY_CONSISTENCY, CONSISTENCY_UNSPECIFIED);
SAME(PBX_EVENTUAL, CONSISTENCY_EVENTUAL);
SAME(PBX_STRONG, CONSISTENCY_STRONG);

pbx_get_request get_request_in(const dapr_components_state_types_get_request_t *request, scratch *scratch) {
    return (pbx_get_request){
        .key = text_in(request->key),
        .consistency = (pbx_consistency)request->consistency,
        .metadata = metadata_in(&request->metadata, scratch),
    };
}

pbx_set_request set_request_in(const dapr_components_state_types_set_request_t *request, scratch *scratch) {
    return (pbx_set_request){
        .key = text_in(request->key),
        .value = BYTES_IN(request->value),
        .content_type = OPTION_IN(request->content_type),
        .etag = OPTION_IN(request->etag),
        .concurrency = (pbx_concurrency)request->concurrency,
        .consistency = (pbx_consistency)request->consistency,
        .metadata = metadata_in(&request->metadata, scratch),
    };
}

pbx_delete_request delete_request_in(const dapr_components_state_types_delete_request_t *request,
                                     scratch *scratch) {
    return (pbx_delete_request){
        .key = text_in(request->key),
        .etag = OPTION_IN(request->etag),
        .concurrency = (pbx_concurrency)request->concurrency,
        .consistency = (pbx_consistency)request->consistency,
        .metadata = metadata_in(&request->metadata, scratch),
    };
}

dapr_components_state_types_item_t item_out(pbx_item *item) {
    dapr_components_state_types_item_t out;
    SET_BYTES(out.value, item->value);
    SET_OPTION(out.etag, item->etag);
    SET_OPTION(out.content_type, item->content_type);
    out.metadata = metadata_out(&item->metadata);
    return out;
}

bool state_error_out(bool done, pbx_error *error, dapr_components_state_types_state_error_t *out) {
    if (done) {
        pbx_error_clear(error);
        return false;
    }
    switch (error->kind) {
    case PBX_ETAG_MISMATCH:
        out->tag = DAPR_COMPONENTS_STATE_TYPES_STATE_ERROR_ETAG_MISMATCH;
        out->val.etag_mismatch = text_out(&error->message);
        break;
    case PBX_ETAG_INVALID:
        out->tag = DAPR_COMPONENTS_STATE_TYPES_STATE_ERROR_ETAG_INVALID;
        out->val.etag_invalid = text_out(&error->message);
        break;
    case PBX_ROW_MISMATCH:
        out->tag = DAPR_COMPONENTS_STATE_TYPES_STATE_ERROR_ROW_MISMATCH;
        out->val.row_mismatch.expected = error->expected;
        out->val.row_mismatch.affected = error->affected;
        break;
    case PBX_APP_ERROR:
        out->tag = DAPR_COMPONENTS_STATE_TYPES_STATE_ERROR_APP_ERROR;
        out->val.app_error = (dapr_components_state_types_app_error_t){
            .code = code_out(error->code),
            .http_status = error->http_status,
            .tag = text_out(&error->tag),
            .reason = text_out(&error->reason),
            .domain = text_out(&error->domain),
            .message = text_out(&error->message),
        };
        break;
    default:
        out->tag = DAPR_COMPONENTS_STATE_TYPES_STATE_ERROR_OTHER;
        error_out(false, error, &out->val.other);
    }
    pbx_error_clear(error);
    return true;
}
