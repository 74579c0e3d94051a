// Memory that is there, or the end.
#include <stdio.h>
#include <stdlib.h>

#include "plugbox/base.h"

static void *checked(void *memory) {
    if (!memory) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *pbx_alloc(size_t size) {
    return checked(malloc(size ? size : 1));
}

void *pbx_realloc(void *memory, size_t size) {
    return checked(realloc(memory, size ? size : 1));
}

void *pbx_zeroed(size_t size) {
    return checked(calloc(1, size ? size : 1));
}

void *pbx_grow(void *array, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity)
        return array;
    size_t more = *capacity ? *capacity * 2 : 4;
    if (more > SIZE_MAX / 2 / size)
        checked(NULL);
    *capacity = more;
    return pbx_realloc(array, more * size);
}
