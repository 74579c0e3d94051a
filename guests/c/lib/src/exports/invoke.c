// The exports of `invoke`.
#include "convert.h"
#include "plugbox/app.h"

static const pbx_app *const app = &plugbox_app;

static pbx_text verb(dapr_app_invocation_types_verb_t verb) {
    // By name: the order is the contract's own affair.
    static const char *const verbs[] = {
        [DAPR_APP_INVOCATION_TYPES_VERB_GET] = "GET",
        [DAPR_APP_INVOCATION_TYPES_VERB_HEAD] = "HEAD",
        [DAPR_APP_INVOCATION_TYPES_VERB_POST] = "POST",
        [DAPR_APP_INVOCATION_TYPES_VERB_PUT] = "PUT",
        [DAPR_APP_INVOCATION_TYPES_VERB_DELETE] = "DELETE",
        [DAPR_APP_INVOCATION_TYPES_VERB_CONNECT] = "CONNECT",
        [DAPR_APP_INVOCATION_TYPES_VERB_OPTIONS] = "OPTIONS",
        [DAPR_APP_INVOCATION_TYPES_VERB_TRACE] = "TRACE",
        [DAPR_APP_INVOCATION_TYPES_VERB_PATCH] = "PATCH",
    };
    return pbx_text_of(verb < sizeof verbs / sizeof *verbs ? verbs[verb] : NULL);
}

// Headers are what metadata are, by another name.
static dapr_components_types_metadata_t pairs(dapr_app_invocation_types_headers_t headers) {
    return (dapr_components_types_metadata_t){headers.ptr, headers.len};
}

// The generated free leaves these out where other interfaces have such types too (wit-bindgen 0.61). What is
// empty or absent it does not free a second time.
static void free_parts(exports_dapr_app_invoke_request_t *request) {
    guest_list_u8_free(&request->data);
    request->data.len = 0;
    guest_option_string_t *options[] = {&request->content_type, &request->type_url, &request->http.val.query};
    for (size_t i = 0; i < sizeof options / sizeof *options - !request->http.is_some; i++) {
        guest_option_string_free(options[i]);
        options[i]->is_some = false;
    }
    dapr_components_types_metadata_t headers = pairs(request->headers);
    dapr_components_types_metadata_free(&headers);
    request->headers.len = 0;
}

bool exports_dapr_app_invoke_handle(exports_dapr_app_invoke_request_t *request,
                                    exports_dapr_app_invoke_response_t *ret,
                                    exports_dapr_app_invoke_status_t *err) {
    scratch scratch = {0};
    dapr_components_types_metadata_t headers = pairs(request->headers);
    bool http = request->http.is_some;
    pbx_call call = {
        .method = text_in(request->method),
        .data = BYTES_IN(request->data),
        .content_type = OPTION_IN(request->content_type),
        .type_url = OPTION_IN(request->type_url),
        .verb = http ? verb(request->http.val.verb) : PBX_NONE,
        .query = http ? OPTION_IN(request->http.val.query) : PBX_NONE,
        .headers = metadata_in(&headers, &scratch),
    };
    pbx_replied replied = {0};
    pbx_error error = {0};
    bool done = app->invoke ? app->invoke(&call, &replied, &error) : left_out(&error, "invoke");
    scratch_free(&scratch);
    free_parts(request);
    exports_dapr_app_invoke_request_free(request);
    dapr_components_types_error_t why;
    if (error_out(done, &error, &why)) {
        pbx_replied_clear(&replied);
        *err = (exports_dapr_app_invoke_status_t){.code = why.code, .message = why.message};
        return false;
    }
    SET_BYTES(ret->data, replied.reply.data);
    SET_OPTION(ret->content_type, replied.reply.content_type);
    SET_OPTION(ret->type_url, replied.reply.type_url);
    headers = metadata_out(&replied.reply.headers);
    ret->headers = (dapr_app_invocation_types_headers_t){headers.ptr, headers.len};
    return true;
}
