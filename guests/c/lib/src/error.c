// Why a call failed.
#include "internal.h"
#include "plugbox/state_store.h"

bool pbx_fail_as(pbx_error *error, int kind, pbx_code code, const char *format, va_list arguments) {
    if (error->kind != PBX_NO_ERROR)
        return false;
    *error = (pbx_error){.code = code, .message = pbx_text_clean_printf(format, arguments)};
    error->kind = kind;
    return false;
}

#define FAIL(kind, code)                                                                                     \
    do {                                                                                                     \
        va_list arguments;                                                                                   \
        va_start(arguments, format);                                                                         \
        pbx_fail_as(error, kind, code, format, arguments);                                                   \
        va_end(arguments);                                                                                   \
        return false;                                                                                        \
    } while (0)

bool pbx_fail(pbx_error *error, pbx_code code, const char *format, ...) {
    FAIL(PBX_OTHER, code);
}

bool pbx_fail_etag_mismatch(pbx_error *error, const char *format, ...) {
    FAIL(PBX_ETAG_MISMATCH, PBX_ABORTED);
}

bool pbx_fail_etag_invalid(pbx_error *error, const char *format, ...) {
    FAIL(PBX_ETAG_INVALID, PBX_INVALID_ARGUMENT);
}

bool pbx_fail_row_mismatch(pbx_error *error, uint64_t expected, uint64_t affected) {
    if (error->kind == PBX_NO_ERROR)
        *error = (pbx_error){
            .kind = PBX_ROW_MISMATCH, .code = PBX_INTERNAL, .expected = expected, .affected = affected};
    return false;
}

// A text that the contract wants: never absent.
static pbx_text given(const char *string) {
    return pbx_text_clean(pbx_text_of(string ? string : ""));
}

bool pbx_fail_for_app(pbx_error *error, const pbx_app_error *why) {
    if (error->kind == PBX_NO_ERROR)
        *error = (pbx_error){.kind = PBX_APP_ERROR,
                             .code = why->code,
                             .http_status = why->http_status,
                             .tag = given(why->tag),
                             .reason = given(why->reason),
                             .domain = given(why->domain),
                             .message = given(why->message)};
    return false;
}

void pbx_error_clear(pbx_error *error) {
    pbx_text_drop(&error->message);
    pbx_text_drop(&error->tag);
    pbx_text_drop(&error->reason);
    pbx_text_drop(&error->domain);
    *error = (pbx_error){0};
}
