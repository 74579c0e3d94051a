// Bytes that grow, and lists of names.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static void reserve(pbx_buffer *buffer, size_t more) {
    if (more < buffer->capacity - buffer->size)
        return;
    size_t capacity = buffer->capacity ? buffer->capacity : 64;
    while (capacity - buffer->size <= more)
        // What cannot be had is asked for, and ends the instance.
        capacity = capacity > SIZE_MAX / 2 ? SIZE_MAX : capacity * 2;
    buffer->data = pbx_realloc(buffer->data, capacity);
    buffer->capacity = capacity;
}

void pbx_buffer_add(pbx_buffer *buffer, const void *data, size_t size) {
    reserve(buffer, size);
    if (size)
        memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    buffer->data[buffer->size] = '\0';
}

void pbx_buffer_add_text(pbx_buffer *buffer, pbx_text text) {
    pbx_buffer_add(buffer, text.data, text.size);
}

void pbx_buffer_printf(pbx_buffer *buffer, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    if (size > 0) {
        reserve(buffer, (size_t)size);
        vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, again);
        buffer->size += (size_t)size;
    }
    va_end(again);
    va_end(arguments);
}

pbx_text pbx_buffer_text(const pbx_buffer *buffer) {
    return buffer->data ? (pbx_text){buffer->data, buffer->size} : PBX_TEXT("");
}

void pbx_buffer_clear(pbx_buffer *buffer) {
    free(buffer->data);
    *buffer = (pbx_buffer){0};
}

void pbx_names_add(pbx_names *names, const char *name) {
    PBX_GROW(names->names, names->count, names->capacity);
    names->names[names->count++] = pbx_text_clean(pbx_text_of(name));
}

void pbx_names_clear(pbx_names *names) {
    for (size_t i = 0; i < names->count; i++)
        pbx_text_drop(&names->names[i]);
    free(names->names);
    *names = (pbx_names){0};
}
