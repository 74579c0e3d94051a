// What a pull waits for.
#include "waits.h"

wasi_io_poll_own_pollable_t *waits_out(pbx_waits *waits, size_t *count, guest_option_u64_t *again_in) {
    *again_in = (guest_option_u64_t){waits->has_timer, waits->timer};
    *count = waits->count;
    wasi_io_poll_own_pollable_t *out = *count ? pbx_alloc(*count * sizeof *out) : NULL;
    for (size_t i = 0; i < waits->count; i++)
        out[i].__handle = waits->pollables[i];
    pbx_waits_clear(waits);
    return out;
}
