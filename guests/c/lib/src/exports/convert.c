// Between the generated types and the library's own, for what all blocks share.
#include <stdlib.h>

#include "convert.h"

void *scratch_alloc(scratch *scratch, size_t size) {
    PBX_GROW(scratch->blocks, scratch->count, scratch->capacity);
    return scratch->blocks[scratch->count++] = pbx_zeroed(size);
}

void scratch_free(scratch *scratch) {
    for (size_t i = 0; i < scratch->count; i++)
        free(scratch->blocks[i]);
    free(scratch->blocks);
}

pbx_metadata metadata_in(const dapr_components_types_metadata_t *metadata, scratch *scratch) {
    if (!metadata->len)
        return (pbx_metadata){NULL, 0};
    pbx_property *entries = scratch_alloc(scratch, metadata->len * sizeof *entries);
    for (size_t i = 0; i < metadata->len; i++)
        entries[i] = (pbx_property){text_in(metadata->ptr[i].f0), text_in(metadata->ptr[i].f1)};
    return (pbx_metadata){entries, metadata->len};
}

guest_string_t text_out(pbx_text *kept) {
    pbx_text text = *kept;
    if (!text.size)
        pbx_text_drop(&text);
    *kept = PBX_NONE;
    return (guest_string_t){(uint8_t *)text.data, text.size};
}

uint8_t *bytes_out(pbx_bytes *kept) {
    pbx_bytes bytes = *kept;
    if (!bytes.size)
        pbx_bytes_drop(&bytes);
    *kept = (pbx_bytes){NULL, 0};
    return (uint8_t *)bytes.data;
}

dapr_components_types_metadata_t metadata_out(pbx_metadata *kept) {
    dapr_components_types_metadata_t out = {NULL, kept->count};
    if (kept->count) {
        pbx_property *entries = (pbx_property *)kept->entries;
        out.ptr = pbx_alloc(kept->count * sizeof *out.ptr);
        for (size_t i = 0; i < kept->count; i++)
            out.ptr[i] =
                (guest_tuple2_string_string_t){text_out(&entries[i].name), text_out(&entries[i].value)};
        free(entries);
    }
    *kept = (pbx_metadata){NULL, 0};
    return out;
}

guest_string_t *names_out(pbx_names *names) {
    guest_string_t *out = names->count ? pbx_alloc(names->count * sizeof *out) : NULL;
    for (size_t i = 0; i < names->count; i++)
        out[i] = text_out(&names->names[i]);
    free(names->names);
    *names = (pbx_names){0};
    return out;
}

void explain(pbx_error *error) {
    pbx_fail(error, PBX_UNKNOWN,
             "the guest's function failed without saying why: it answered false without pbx_fail");
}

dapr_components_types_code_t code_out(pbx_code code) {
    // By name: the order is the contract's own affair.
    static const dapr_components_types_code_t codes[] = {
        [PBX_INVALID_ARGUMENT] = DAPR_COMPONENTS_TYPES_CODE_INVALID_ARGUMENT,
        [PBX_NOT_FOUND] = DAPR_COMPONENTS_TYPES_CODE_NOT_FOUND,
        [PBX_ALREADY_EXISTS] = DAPR_COMPONENTS_TYPES_CODE_ALREADY_EXISTS,
        [PBX_FAILED_PRECONDITION] = DAPR_COMPONENTS_TYPES_CODE_FAILED_PRECONDITION,
        [PBX_ABORTED] = DAPR_COMPONENTS_TYPES_CODE_ABORTED,
        [PBX_OUT_OF_RANGE] = DAPR_COMPONENTS_TYPES_CODE_OUT_OF_RANGE,
        [PBX_PERMISSION_DENIED] = DAPR_COMPONENTS_TYPES_CODE_PERMISSION_DENIED,
        [PBX_UNAUTHENTICATED] = DAPR_COMPONENTS_TYPES_CODE_UNAUTHENTICATED,
        [PBX_RESOURCE_EXHAUSTED] = DAPR_COMPONENTS_TYPES_CODE_RESOURCE_EXHAUSTED,
        [PBX_UNIMPLEMENTED] = DAPR_COMPONENTS_TYPES_CODE_UNIMPLEMENTED,
        [PBX_UNAVAILABLE] = DAPR_COMPONENTS_TYPES_CODE_UNAVAILABLE,
        [PBX_DEADLINE_EXCEEDED] = DAPR_COMPONENTS_TYPES_CODE_DEADLINE_EXCEEDED,
        [PBX_DATA_LOSS] = DAPR_COMPONENTS_TYPES_CODE_DATA_LOSS,
        [PBX_CANCELLED] = DAPR_COMPONENTS_TYPES_CODE_CANCELLED,
        [PBX_INTERNAL] = DAPR_COMPONENTS_TYPES_CODE_INTERNAL,
        [PBX_UNKNOWN] = DAPR_COMPONENTS_TYPES_CODE_UNKNOWN,
    };
    return (size_t)code < sizeof codes / sizeof *codes ? codes[code] : DAPR_COMPONENTS_TYPES_CODE_UNKNOWN;
}

bool error_out(bool done, pbx_error *error, dapr_components_types_error_t *out) {
    if (done) {
        pbx_error_clear(error);
        return false;
    }
    explain(error);
    out->code = code_out(error->code);
    out->message = text_out(&error->message);
    pbx_error_clear(error);
    return true;
}

bool left_out(pbx_error *error, const char *name) {
    return pbx_fail(error, PBX_UNIMPLEMENTED, "this guest has no function %s", name);
}
