// JSON values.
#include <math.h>
#include <string.h>

#include "json.h"

// What is compared is gone through by recursion, which the stack bounds.
enum { DEEPEST = 128 };

static bool is_too_deep(pbx_bytes text) {
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (in_string && byte == '\\')
            i++;
        else if (byte == '"')
            in_string = !in_string;
        else if (!in_string && (byte == '[' || byte == '{')) {
            if (++depth > DEEPEST)
                return true;
        } else if (!in_string && (byte == ']' || byte == '}') && depth)
            depth--;
    }
    return false;
}

yyjson_doc *json_read(pbx_bytes text) {
    // Without the flag for reading in place the reader does not write into what it reads.
    return is_too_deep(text) ? NULL : yyjson_read((const char *)text.data, text.size, YYJSON_READ_NOFLAG);
}

struct json json_integer(int64_t integer) {
    // Negated without a step over the least number.
    uint64_t size = integer < 0 ? (uint64_t)(-(integer + 1)) + 1 : (uint64_t)integer;
    return (struct json){JSON_NUMBER,
                         .number = {.is_integer = true, .is_negative = integer < 0, .size = size}};
}

struct json json_real(double real) {
    return (struct json){JSON_NUMBER, .number = {.real = real}};
}

struct json json_of(yyjson_val *value) {
    switch (value ? yyjson_get_type(value) : YYJSON_TYPE_NONE) {
    case YYJSON_TYPE_NULL:
        return (struct json){.kind = JSON_NULL};
    case YYJSON_TYPE_BOOL:
        return (struct json){JSON_BOOLEAN, .boolean = yyjson_get_bool(value)};
    case YYJSON_TYPE_NUM:
        if (yyjson_is_real(value))
            return json_real(yyjson_get_real(value));
        if (yyjson_is_sint(value))
            return json_integer(yyjson_get_sint(value));
        return (struct json){JSON_NUMBER, .number = {.is_integer = true, .size = yyjson_get_uint(value)}};
    case YYJSON_TYPE_STR:
        return (struct json){JSON_STRING, .text = {yyjson_get_str(value), yyjson_get_len(value)}};
    case YYJSON_TYPE_ARR:
        return (struct json){JSON_ARRAY, .tree = value};
    case YYJSON_TYPE_OBJ:
        return (struct json){JSON_OBJECT, .tree = value};
    default:
        return (struct json){.kind = JSON_MISSING};
    }
}

struct json json_find(yyjson_val *document, pbx_text path) {
    yyjson_val *value = document;
    const char *name = path.data, *end = path.data + path.size;
    for (;;) {
        const char *dot = memchr(name, '.', (size_t)(end - name));
        value = yyjson_obj_getn(value, name, (size_t)((dot ? dot : end) - name));
        if (!value || !dot)
            return json_of(value);
        name = dot + 1;
    }
}

static int compare_sizes(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

static int compare_mixed(struct json_number integer, double real) {
    // Past what any integer here can be.
    if (real >= 18446744073709551616.0)
        return -1;
    if (real <= -18446744073709551616.0)
        return 1;
    bool is_negative = real < 0;
    if (!integer.size)
        return is_negative ? 1 : -(real > 0);
    if (integer.is_negative != is_negative)
        return is_negative ? 1 : -1;
    double size = fabs(real), whole = trunc(size);
    int order = compare_sizes(integer.size, (uint64_t)whole);
    if (!order)
        order = -(size > whole);
    return is_negative ? -order : order;
}

int json_compare_numbers(struct json_number a, struct json_number b) {
    if (a.is_integer && b.is_integer) {
        if (a.is_negative != b.is_negative)
            return a.is_negative ? -1 : 1;
        int order = compare_sizes(a.size, b.size);
        return a.is_negative ? -order : order;
    }
    if (a.is_integer)
        return compare_mixed(a, b.real);
    if (b.is_integer)
        return -compare_mixed(b, a.real);
    return (a.real > b.real) - (a.real < b.real);
}

static bool equal_arrays(yyjson_val *a, yyjson_val *b) {
    if (yyjson_arr_size(a) != yyjson_arr_size(b))
        return false;
    yyjson_arr_iter of_a, of_b;
    yyjson_arr_iter_init(a, &of_a);
    yyjson_arr_iter_init(b, &of_b);
    for (yyjson_val *one; (one = yyjson_arr_iter_next(&of_a));)
        if (!json_equal(json_of(one), json_of(yyjson_arr_iter_next(&of_b))))
            return false;
    return true;
}

static bool equal_objects(yyjson_val *a, yyjson_val *b) {
    if (yyjson_obj_size(a) != yyjson_obj_size(b))
        return false;
    yyjson_obj_iter of_a, of_b;
    yyjson_obj_iter_init(a, &of_a);
    yyjson_obj_iter_init(b, &of_b);
    for (yyjson_val *name; (name = yyjson_obj_iter_next(&of_a));) {
        yyjson_val *other = yyjson_obj_iter_getn(&of_b, yyjson_get_str(name), yyjson_get_len(name));
        if (!other || !json_equal(json_of(yyjson_obj_iter_get_val(name)), json_of(other)))
            return false;
    }
    return true;
}

bool json_compare(struct json a, struct json b, int *order) {
    *order = 0;
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case JSON_NULL:
        return true;
    case JSON_BOOLEAN:
        *order = a.boolean - b.boolean;
        return true;
    case JSON_NUMBER:
        *order = json_compare_numbers(a.number, b.number);
        return true;
    case JSON_STRING:
        *order = pbx_text_compare(a.text, b.text);
        return true;
    case JSON_ARRAY:
        return equal_arrays(a.tree, b.tree);
    case JSON_OBJECT:
        return equal_objects(a.tree, b.tree);
    default:
        return false;
    }
}

bool json_equal(struct json a, struct json b) {
    int order;
    return json_compare(a, b, &order) && order == 0;
}
