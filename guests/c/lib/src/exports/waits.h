// What a pull waits for.
#ifndef PLUGBOX_WAITS_H
#define PLUGBOX_WAITS_H

#include "convert.h"
#include "plugbox/pub_sub.h"

// The pollables are an array of `*count`, or NULL for none.
wasi_io_poll_own_pollable_t *waits_out(pbx_waits *waits, size_t *count, guest_option_u64_t *again_in);

#endif
