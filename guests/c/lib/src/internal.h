// What the library's own files share.
#ifndef PLUGBOX_INTERNAL_H
#define PLUGBOX_INTERNAL_H

#include <stdarg.h>

#include "plugbox/base.h"

// A copy as `pbx_text_keep` makes one, in which what is not UTF-8 has become U+FFFD. The host ends a guest
// that answers with any other text, and in C one comes about easily: a value in a message, a text that is cut
// to a length.
pbx_text pbx_text_clean(pbx_text text);
pbx_text pbx_text_clean_printf(const char *format, va_list arguments);
pbx_metadata pbx_metadata_clean(pbx_metadata metadata);

bool pbx_fail_as(pbx_error *error, int kind, pbx_code code, const char *format, va_list arguments);

#endif
