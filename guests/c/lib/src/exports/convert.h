// Between the generated types and the library's own. What comes in becomes views of it; what goes out is
// moved, not copied.
#ifndef PLUGBOX_CONVERT_H
#define PLUGBOX_CONVERT_H

#include "guest.h"
#include "plugbox/base.h"

// ---- In

// Memory for one call.
typedef struct scratch {
    void **blocks;
    size_t count, capacity;
} scratch;

void *scratch_alloc(scratch *scratch, size_t size);
void scratch_free(scratch *scratch);

// What is empty has data, so that it is not taken for what is absent.
static inline pbx_text text_in(guest_string_t text) {
    return (pbx_text){text.len ? (const char *)text.ptr : "", text.len};
}

// These two types are not in every world.
#define BYTES_IN(bytes) ((pbx_bytes){(bytes).ptr, (bytes).len})
#define OPTION_IN(option) ((option).is_some ? text_in((option).val) : PBX_NONE)

pbx_metadata metadata_in(const dapr_components_types_metadata_t *metadata, scratch *scratch);

// ---- Out

// Nothing frees what is empty, so it takes no memory.
guest_string_t text_out(pbx_text *kept);
uint8_t *bytes_out(pbx_bytes *kept);
dapr_components_types_metadata_t metadata_out(pbx_metadata *kept);
guest_string_t *names_out(pbx_names *names);
dapr_components_types_code_t code_out(pbx_code code);
// The parts of a failure of a function that answered `done`. True where there is one.
bool error_out(bool done, pbx_error *error, dapr_components_types_error_t *out);

#define SET_BYTES(out, kept) ((out).len = (kept).size, (out).ptr = bytes_out(&(kept)))
#define SET_OPTION(out, kept) ((out).is_some = pbx_text_is_some(kept), (out).val = text_out(&(kept)))
#define SET_NAMES(out, kept) ((out)->len = (kept).count, (out)->ptr = names_out(&(kept)))

// What a function that is left out does.
bool left_out(pbx_error *error, const char *name);
// What a failure is without, when a function answers false and no more.
void explain(pbx_error *error);

#endif
