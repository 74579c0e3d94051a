// What all building blocks share: texts, bytes, metadata, and why a call failed.
//
// One rule of ownership holds everywhere. What a function of yours is given are views: they are good until it
// returns, and it frees nothing. To keep something, copy it (`pbx_text_keep`). What you hand to a function of
// this library it copies before it returns, so a view of your own memory will do, or of the stack.
#ifndef PLUGBOX_BASE_H
#define PLUGBOX_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PBX_PRINTF(format, first) __attribute__((__format__(__printf__, format, first)))
#else
#define PBX_PRINTF(format, first)
#endif

// ---- Memory

// As malloc, realloc and calloc, but never NULL: out of memory ends the instance, and the host starts a new
// one.
void *pbx_alloc(size_t size);
void *pbx_realloc(void *memory, size_t size);
void *pbx_zeroed(size_t size);

// Makes room for one more in an array that doubles: `PBX_GROW(array, count, capacity)`.
#define PBX_GROW(array, count, capacity) ((array) = pbx_grow((array), (count), &(capacity), sizeof *(array)))
void *pbx_grow(void *array, size_t count, size_t *capacity, size_t size);

// ---- Views

// UTF-8, of a length: no NUL ends it, and one may be inside. What is absent has no data; what is empty has.
typedef struct pbx_text {
    const char *data;
    size_t size;
} pbx_text;

// Any bytes. What is empty may have no data.
typedef struct pbx_bytes {
    const uint8_t *data;
    size_t size;
} pbx_bytes;

// What is absent.
#define PBX_NONE ((pbx_text){NULL, 0})

// A literal as a view: `PBX_TEXT("application/json")`.
#define PBX_TEXT(literal) ((pbx_text){"" literal, sizeof(literal) - 1})

// For printf and `pbx_fail`: `"no key " PBX_FMT, PBX_ARG(key)`.
#define PBX_FMT "%.*s"
#define PBX_ARG(text) ((int)(text).size), ((text).data ? (text).data : "")

// A view of a C string; of NULL, what is absent.
pbx_text pbx_text_of(const char *string);
static inline bool pbx_text_is_some(pbx_text text) {
    return text.data != NULL;
}
bool pbx_text_equal(pbx_text a, pbx_text b);
// By code points: below, at or above zero, as strcmp.
int pbx_text_compare(pbx_text a, pbx_text b);
pbx_bytes pbx_text_bytes(pbx_text text);

// Whole decimal numbers, strictly: nothing around them, and nothing that does not fit. A minus is for the
// first alone.
bool pbx_text_to_i64(pbx_text text, int64_t *number);
bool pbx_text_to_u64(pbx_text text, uint64_t *number);

// Copies of your own, until you drop them. A NUL stands after each, for C functions that want one. Absent
// stays absent.
pbx_text pbx_text_keep(pbx_text text);
pbx_bytes pbx_bytes_keep(pbx_bytes bytes);
void pbx_text_drop(pbx_text *kept);
void pbx_bytes_drop(pbx_bytes *kept);

// ---- Metadata

typedef struct pbx_property {
    pbx_text name;
    pbx_text value;
} pbx_property;

// Names and values. A name comes once; the order means nothing.
typedef struct pbx_metadata {
    const pbx_property *entries;
    size_t count;
} pbx_metadata;

// The value of a name, or what is absent.
pbx_text pbx_metadata_find(pbx_metadata metadata, const char *name);
pbx_metadata pbx_metadata_keep(pbx_metadata metadata);
void pbx_metadata_drop(pbx_metadata *kept);

// ---- Bytes that grow

// Begins as `{0}`. There is always a NUL after `size`, once there is anything.
typedef struct pbx_buffer {
    char *data;
    size_t size;
    size_t capacity;
} pbx_buffer;

void pbx_buffer_add(pbx_buffer *buffer, const void *data, size_t size);
void pbx_buffer_add_text(pbx_buffer *buffer, pbx_text text);
void pbx_buffer_printf(pbx_buffer *buffer, const char *format, ...) PBX_PRINTF(2, 3);
pbx_text pbx_buffer_text(const pbx_buffer *buffer);
void pbx_buffer_clear(pbx_buffer *buffer);

// ---- Why a call failed

// The status codes of gRPC, but for OK. The contract says what each means.
typedef enum pbx_code {
    PBX_UNKNOWN,
    PBX_INVALID_ARGUMENT,
    PBX_NOT_FOUND,
    PBX_ALREADY_EXISTS,
    PBX_FAILED_PRECONDITION,
    PBX_ABORTED,
    PBX_OUT_OF_RANGE,
    PBX_PERMISSION_DENIED,
    PBX_UNAUTHENTICATED,
    PBX_RESOURCE_EXHAUSTED,
    PBX_UNIMPLEMENTED,
    PBX_UNAVAILABLE,
    PBX_DEADLINE_EXCEEDED,
    PBX_DATA_LOSS,
    PBX_CANCELLED,
    PBX_INTERNAL,
} pbx_code;

// Begins as `{0}`. You get a pointer to one wherever a call can fail; only the tests of a guest look inside.
typedef struct pbx_error {
    enum {
        PBX_NO_ERROR,
        PBX_OTHER,
        PBX_ETAG_MISMATCH,
        PBX_ETAG_INVALID,
        PBX_ROW_MISMATCH,
        PBX_APP_ERROR,
    } kind;
    pbx_code code;
    pbx_text message;
    // Of a row mismatch.
    uint64_t expected, affected;
    // Of an error for the application.
    uint16_t http_status;
    pbx_text tag, reason, domain;
} pbx_error;

// Says why the call fails. It always answers false, so that it ends a function: `return pbx_fail(error, …)`.
// The first failure of a call is the one that counts. Put no secret in the message.
bool pbx_fail(pbx_error *error, pbx_code code, const char *format, ...) PBX_PRINTF(3, 4);
void pbx_error_clear(pbx_error *error);

// ---- Lists of names, such as features

typedef struct pbx_names {
    pbx_text *names;
    size_t count, capacity;
} pbx_names;

void pbx_names_add(pbx_names *names, const char *name);
void pbx_names_clear(pbx_names *names);

#ifdef __cplusplus
}
#endif

#endif
