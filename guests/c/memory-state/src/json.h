// JSON values: how they are found by path and compared.
#ifndef JSON_H
#define JSON_H

#include <plugbox/base.h>
#include <yyjson.h>

// The kinds in their order.
enum json_kind { JSON_NULL, JSON_BOOLEAN, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT, JSON_MISSING };

struct json_number {
    bool is_integer;
    // Of an integer; its size goes to that of an unsigned number of 64 bits, whatever its sign.
    bool is_negative;
    uint64_t size;
    // Of any other number.
    double real;
};

struct json {
    enum json_kind kind;
    union {
        bool boolean;
        struct json_number number;
        pbx_text text;
        yyjson_val *tree;
    };
};

// A document, or NULL for what is not JSON or nests deeper than 128 levels.
yyjson_doc *json_read(pbx_bytes text);
// The value, or what is missing for NULL.
struct json json_of(yyjson_val *value);
struct json json_integer(int64_t integer);
struct json json_real(double real);

// The field at a path like `person.address.city`. Arrays have no fields. A name that has a dot in itself
// cannot be written.
struct json json_find(yyjson_val *document, pbx_text path);

// How two values stand to each other: below, at or above zero. False where neither is equal to, before or
// after the other.
//
// Numbers compare by value, texts by their characters' code points, and false is before true. Arrays, and
// objects, can be equal and have no order. Values of different kinds have nothing to do with each other.
bool json_compare(struct json a, struct json b, int *order);
// Whether two values are the same: `1` and `1.0` are.
bool json_equal(struct json a, struct json b);
// Compares by value and exactly: no integer is rounded to a float first.
int json_compare_numbers(struct json_number a, struct json_number b);

#endif
